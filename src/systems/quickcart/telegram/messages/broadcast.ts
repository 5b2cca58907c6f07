/** Messages to everybody, and what admins see of them. */
import { type Money, rupiah } from '../../../../kernel/money.ts'
import type { Broadcast } from '../../broadcasts/broadcast.queries.ts'
import { type Html, html, lines } from '../html.ts'
import { button, type Message } from '../message.ts'
import { grouped, timeInWib } from './wording.ts'

/** A voucher's code on a line of its own. */
const CODE = /^[A-Z0-9]{8}$/

/** What everybody reads: the text as it was written, nothing in it is markup. Codes can be copied with one tap. */
export function broadcastMessage({ kind, body }: Pick<Broadcast, 'kind' | 'body'>): Message {
  if (kind === 'message') return { text: html`${body}` }
  const shown = body
    .split('\n')
    .map((line): Html => (CODE.test(line) ? html`<code>${line}</code>` : html`${line}`))
  return { text: lines(...shown) }
}

/** The plain text of a giveaway (QuickCart, UC 17): at most 100 codes, far below what a message takes. */
export function giveawayText(giveaway: {
  readonly amount: Money<'IDR'>
  readonly codes: readonly string[]
  readonly expiresAt: Date
}): string {
  const { amount, codes, expiresAt } = giveaway
  const many = codes.length > 1
  return [
    `🎁 Giveaway! ${many ? `${codes.length} voucher` : 'Voucher'} senilai ${rupiah(amount)}`,
    '',
    many ? 'Siapa cepat dia dapat, satu kode untuk satu pesanan:' : 'Siapa cepat dia dapat:',
    ...codes,
    '',
    'Pakai kodenya saat checkout, tombol Gunakan Voucher.',
    `Berlaku sampai ${timeInWib(expiresAt)}.`,
  ].join('\n')
}

/** Below the text as people will see it. */
export function broadcastPreview(id: bigint, reachable: number): Message {
  return {
    text: html`👆 Begini broadcast akan terlihat. Kirim ke <b>${grouped(reachable)}</b> orang?`,
    buttons: [
      [button('📣 Kirim Broadcast', `broadcast:confirm:${id}`), button('Batalkan', `broadcast:cancel:${id}`)],
    ],
  }
}

const states: Readonly<Record<Broadcast['status'], string>> = {
  draft: 'Belum dikirim',
  sending: '📣 Sedang dikirim',
  done: '✅ Selesai dikirim',
  cancelled: '🚫 Dibatalkan',
}

/** While it is on its way it can be stopped; pressed again, the buttons tell how far it is. */
export function broadcastStatus(broadcast: Broadcast): Message {
  const { id, status, total_count: total, sent_count: sent, failed_count: failed } = broadcast
  return {
    text: lines(
      html`<b>${states[status]}</b>`,
      html`Terkirim ${grouped(sent)} dari ${grouped(total)}, gagal ${grouped(failed)}.`,
    ),
    buttons:
      status === 'sending'
        ? [[button('🔄 Perbarui', `broadcast:confirm:${id}`), button('Hentikan', `broadcast:cancel:${id}`)]]
        : [],
  }
}

export function broadcastQuestion(): Message {
  return {
    text: lines(
      html`Ketik teks broadcast.`,
      html`Sebelum dikirim, kamu melihatnya dulu. /cancel untuk batal.`,
    ),
  }
}
