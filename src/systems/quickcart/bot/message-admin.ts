/** Messages and those who hear them, from the chat (QuickCart, §7.3). Of a text the record keeps its length alone. */
import type { Message as TelegramMessage } from 'grammy/types'
import { rupiah, wholeMoney } from '../../../kernel/money.ts'
import { addGroup } from '../groups/add-group.ts'
import { removeGroup } from '../groups/remove-group.ts'
import { writeToUser } from '../support/write-to-user.ts'
import { html, lines } from '../telegram/html.ts'
import { broadcastQuestion } from '../telegram/messages/broadcast.ts'
import { answerSent } from '../telegram/messages/support.ts'
import { giveAway } from '../vouchers/give-away.ts'
import { fields, readUserId } from './admin-arguments.ts'
import { previewBroadcast } from './broadcast.ts'
import type { AdminAction, AdminCommand } from './handlers.ts'

const GROUP = /^-[1-9]\d{0,15}$/
const NUMBER = /^\d{1,9}$/

export const messageCommands: readonly AdminCommand[] = [
  {
    command: 'pm',
    description: 'kirim pesan ke seorang pengguna',
    syntax: '/pm id_pengguna|pesan',
    example: '/pm 100000001|Pesananmu sudah kami perbaiki.',
    read: writePrivately,
  },
  {
    command: 'broadcast',
    description: 'kirim pesan ke semua orang',
    syntax: '/broadcast teks',
    example: '/broadcast Promo akhir pekan: semua produk diskon 10%!',
    read: broadcast,
  },
  {
    command: 'giveaway',
    description: 'bagikan voucher ke semua orang',
    syntax: '/giveaway nominal|jumlah',
    example: '/giveaway 10000|10',
    read: giveaway,
  },
  {
    command: 'whitelist',
    description: 'grup menerima notifikasi',
    syntax: '/whitelist id_grup',
    example: '/whitelist -1001234567890',
    read: (argument) => group(argument, whitelist),
  },
  {
    command: 'rm',
    description: 'grup berhenti menerima notifikasi',
    syntax: '/rm id_grup',
    example: '/rm -1001234567890',
    read: (argument) => group(argument, unlist),
  },
]

function writePrivately(argument: string, { photo }: TelegramMessage): AdminAction | undefined {
  const split = argument.indexOf('|')
  const user = readUserId(argument.slice(0, Math.max(split, 0)))
  const body = argument.slice(split + 1).trim()
  const largest = photo?.at(-1)
  if (user === undefined || (body === '' && !largest)) return undefined
  return {
    targetUser: user,
    arguments: `${body.length} characters`,
    async run({ store, caller, updateId }) {
      await writeToUser(store, caller, {
        userId: user,
        body,
        ...(largest ? { photoFileId: largest.file_id } : {}),
        idempotencyKey: `update:${updateId}`,
      })
      return answerSent(String(user))
    },
  }
}

function broadcast(argument: string, { photo, document }: TelegramMessage): AdminAction | undefined {
  if (photo || document) return undefined
  return {
    arguments: `${argument.length} characters`,
    async run(turn) {
      if (argument === '') {
        turn.remember({ flow: 'admin', state: 'awaiting_broadcast', context: {} })
        return broadcastQuestion()
      }
      const { id, question } = await previewBroadcast(turn, argument)
      return { ...question, target: { table: 'broadcasts', id: String(id) } }
    },
  }
}

function giveaway(argument: string): AdminAction | undefined {
  const [amount = '', count = ''] = fields(argument, 2) ?? []
  if (!NUMBER.test(amount) || !NUMBER.test(count)) return undefined
  return {
    arguments: argument,
    async run({ store, caller, updateId }) {
      const value = wholeMoney('IDR', BigInt(amount))
      const given = await giveAway(store, caller, {
        amount: value,
        count: Number(count),
        idempotencyKey: `update:${updateId}`,
      })
      return {
        text: lines(
          html`🎁 <b>${given.codes.length} voucher senilai ${rupiah(value)}</b> sedang dikirim ke semua orang:`,
          ...given.codes.map((code) => html`<code>${code}</code>`),
        ),
        target: { table: 'broadcasts', id: String(given.broadcast) },
      }
    },
  }
}

function group(argument: string, run: (chatId: bigint) => AdminAction['run']): AdminAction | undefined {
  if (!GROUP.test(argument)) return undefined
  return {
    target: { table: 'notification_groups', id: argument },
    arguments: argument,
    run: run(BigInt(argument)),
  }
}

function whitelist(chatId: bigint): AdminAction['run'] {
  return async ({ store, caller }) => {
    const isNew = await addGroup(store, caller, { chatId })
    return {
      text: isNew
        ? html`Grup <code>${String(chatId)}</code> menerima notifikasi mulai sekarang.`
        : html`Grup <code>${String(chatId)}</code> sudah menerima notifikasi.`,
    }
  }
}

function unlist(chatId: bigint): AdminAction['run'] {
  return async ({ store, caller }) => {
    await removeGroup(store, caller, chatId)
    return { text: html`Grup <code>${String(chatId)}</code> tidak menerima notifikasi lagi.` }
  }
}
