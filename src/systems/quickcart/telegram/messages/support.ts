/** Messages between customers and staff (QuickCart, UC 15). */
import type { SupportMessage } from '../../support/support.queries.ts'
import { type Html, html, lines } from '../html.ts'
import { button, type Message } from '../message.ts'
import { shortened } from './wording.ts'

/** The heading of a copy stays short, so that the customer's words fit below it. */
const MAX_NAME = 64

export function contactQuestion(): Message {
  return {
    text: lines(
      html`✍️ <b>Kirim pesan ke admin</b>`,
      html`Tulis pesanmu, atau kirim satu foto dengan keterangan.`,
      html`Jawaban admin datang di chat ini. /cancel untuk batal.`,
    ),
    buttons: [[button('Batalkan', 'menu:main')]],
  }
}

export function contactSent(): Message {
  return { text: html`✅ Pesanmu sudah sampai di admin. Jawabannya akan datang di chat ini.` }
}

export function contactUnreadable(): Message {
  return { text: html`Kirim teks atau satu foto. /cancel untuk batal.` }
}

/** To each of the staff; a Telegram reply to it goes back to the customer. */
export function supportCopy({ user_id: id, name, username, body }: SupportMessage): Html {
  const handle = username === null ? html`` : html` (@${username})`
  return lines(
    html`✉️ <b>Pesan dari ${shortened(name, MAX_NAME)}</b>${handle}`,
    html`Id: <code>${String(id)}</code> · balas pesan ini untuk menjawab`,
    ...(body === '' ? [] : [html``, html`${body}`]),
  )
}

/** To the customer. */
export function supportAnswer({ body }: SupportMessage): Html {
  return lines(html`💬 <b>Pesan dari admin</b>`, ...(body === '' ? [] : [html`${body}`]))
}

export function answerSent(name: string): Message {
  return { text: html`✅ Terkirim ke ${shortened(name, MAX_NAME)}.` }
}

/** To the admin who wrote it. */
export function answerFailed({ user_id: id, name }: SupportMessage, error: string): Message {
  return {
    text: html`🚨 Pesanmu ke ${shortened(name, MAX_NAME)} (<code>${String(id)}</code>) tidak terkirim: ${error}`,
  }
}

export function groupAdded(): Message {
  return {
    text: html`✅ Grup ini sekarang menerima notifikasi toko. Balas pesan pelanggan di sini untuk menjawab.`,
  }
}

export function groupLost(title: string | null, chatId: string, error: string): Message {
  return {
    text: lines(
      html`⚠️ Grup <b>${title ?? chatId}</b> tidak bisa dikirimi dan dikeluarkan dari notifikasi: ${error}`,
      html`Undang bot ke grup, lalu <code>/whitelist ${chatId}</code>.`,
    ),
  }
}

/** To an admin who brought the bot into a group. */
export function groupMet(title: string, chatId: bigint): Message {
  return {
    text: lines(
      html`Aku sekarang ada di grup <b>${title}</b>.`,
      html`Supaya grup itu menerima notifikasi: <code>/whitelist ${String(chatId)}</code>`,
    ),
  }
}
