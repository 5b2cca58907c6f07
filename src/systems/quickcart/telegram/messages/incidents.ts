/** What admins and notification groups are told when something is wrong, and when it is right again. */
import { type Html, html, lines } from '../html.ts'
import type { Message } from '../message.ts'
import type { Facts } from './staff.ts'

interface Words {
  readonly begun: (facts: Facts) => Html
  readonly over: Html
}

const incidents = {
  gateway: {
    begun: () =>
      lines(
        html`🚨 <b>Gateway pembayaran tidak menjawab.</b>`,
        html`Pesanan QRIS ditolak dulu; pembayaran dengan saldo tetap jalan.`,
      ),
    over: html`✅ <b>Gateway pembayaran menjawab lagi.</b>`,
  },
  rival: {
    begun: ({ description }) =>
      lines(
        html`🚨 <b>Ada program lain yang membaca pesan bot ini.</b>`,
        html`Matikan salah satunya; selama itu jawaban bot bisa terlambat.`,
        html`<code>${String(description)}</code>`,
      ),
    over: html`✅ <b>Bot kembali membaca pesannya sendiri.</b>`,
  },
  audit: {
    begun: () =>
      lines(
        html`⚠️ <b>Catatan audit tertunda lebih dari 5 menit.</b>`,
        html`Toko tetap berjualan; catatannya menyusul dan tidak ada yang hilang.`,
      ),
    over: html`✅ <b>Catatan audit sudah lengkap lagi.</b>`,
  },
  inbox: {
    begun: ({ count, database }) =>
      lines(
        html`⚠️ <b>${String(count)} kiriman menunggu diperiksa</b>: tidak cocok, tidak terkonfirmasi, atau gagal diproses.`,
        html`Lihat: <code>niaga inbox list --database ${String(database)} --attention</code>`,
      ),
    over: html`✅ <b>Tidak ada lagi kiriman yang menunggu diperiksa.</b>`,
  },
  jobs: {
    begun: ({ count, task, database }) =>
      lines(
        html`⚠️ <b>${String(count)} pekerjaan gagal sampai percobaan terakhir</b>, terakhir <code>${String(task)}</code>.`,
        html`Lihat: <code>niaga jobs list --database ${String(database)}</code>`,
      ),
    over: html`✅ <b>Tidak ada lagi pekerjaan yang gagal.</b>`,
  },
} as const satisfies Record<string, Words>

export type IncidentName = keyof typeof incidents

/** Undefined where nobody knows such an incident. */
export function incidentNotice(name: unknown, facts: Facts, isOver: boolean): Message | undefined {
  const words: Words | undefined = isIncident(name) ? incidents[name] : undefined
  return words && { text: isOver ? words.over : words.begun(facts) }
}

function isIncident(name: unknown): name is IncidentName {
  return typeof name === 'string' && Object.hasOwn(incidents, name)
}
