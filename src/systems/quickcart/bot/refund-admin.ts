/** The staff's side of refunds (QuickCart, UC 14 and §7.3): deciding, the formula, warranty claims. */
import { isDomainError } from '../../../kernel/errors.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { approveRefund, rejectRefund } from '../refunds/decide-refund.ts'
import { formulaText, readFormula } from '../refunds/formula.ts'
import { recordClaim } from '../refunds/record-claim.ts'
import { html, lines } from '../telegram/html.ts'
import { problemText } from '../telegram/messages/problems.ts'
import { askRejection } from '../telegram/messages/refund.ts'
import { refuseSilently } from './admin.ts'
import { fields } from './admin-arguments.ts'
import type { AdminAction, AdminCommand, ButtonHandler, TextHandler } from './handlers.ts'
import type { Turn } from './turn.ts'

const INVOICE = /^TRX\d{8}[A-Z0-9]{6}$/

export const refundAdminCommands: readonly AdminCommand[] = [
  {
    command: 'setformula',
    description: 'lihat atau ubah rumus refund',
    syntax:
      '/setformula hari|m1|m2|m3|m4|m5 (pengali: minggu pertama, sesudahnya, 1-2, 3, lebih dari 3 klaim)',
    example: '/setformula 30|0.8|0.7|0.6|0.5|0.4',
    read: setFormula,
  },
  {
    command: 'claim',
    description: 'catat klaim garansi',
    syntax: '/claim invoice|nomor barang|catatan',
    example: '/claim TRX20260815K7Q2ZD|1|akun tidak bisa login',
    read: claim,
  },
]

/** Also pressed in notification groups. */
export const decisionButtons: readonly ButtonHandler[] = [
  { pattern: /^refund:approve:(\d{1,18})$/, run: approve },
  { pattern: /^refund:reject:(\d{1,18})$/, run: askReason },
]

/** The reason, where one was asked for. One that cannot be sent is said, and another may be written. */
export const rejectionText: TextHandler = async (turn, text) => {
  const { session, store, caller, user } = turn
  const refundId = session?.context.refund_id
  if (session?.state !== 'awaiting_reason' || refundId === undefined || user.role !== 'admin') return false
  turn.forget()
  try {
    await rejectRefund(store, caller, { refundId: BigInt(refundId), admin: user.id, reason: text })
  } catch (error) {
    if (!isDomainError(error, 'validation_failed') && !isDomainError(error, 'message_too_long')) throw error
    turn.remember(session)
    turn.say({ text: lines(problemText(error), askRejection(refundId).text) })
  }
  return true
}

/** The notice that follows changes the message everywhere, so that nothing is left to say here. */
async function approve(turn: Turn, [id = '']: readonly string[]): Promise<void> {
  const { store, caller, user } = turn
  if (user.role !== 'admin') return await refuseSilently(turn, 'refund:approve')
  try {
    const refundId = BigInt(id)
    await approveRefund(store, caller, { refundId, admin: user.id, idempotencyKey: `refund:${id}` })
    turn.answerPress(`Refund #${id} disetujui.`)
  } catch (error) {
    if (!isDomainError(error, 'refund_decided')) throw error
    turn.answerPress('Refund ini sudah diputuskan.')
  }
}

async function askReason(turn: Turn, [id = '']: readonly string[]): Promise<void> {
  if (turn.user.role !== 'admin') return await refuseSilently(turn, 'refund:reject')
  turn.answerPress('Tulis alasannya di chat pribadi dengan bot.')
  turn.remember({ flow: 'admin', state: 'awaiting_reason', context: { refund_id: id } })
  turn.say(askRejection(id))
}

function setFormula(argument: string): AdminAction | undefined {
  if (argument === '') {
    return {
      arguments: argument,
      run: async ({ store }) => ({
        text: html`Rumus refund: <code>${formulaText(store.settings.get('refund_formula'))}</code>`,
      }),
    }
  }
  const formula = readFormula(argument)
  if (!formula) return undefined
  return {
    target: { table: 'settings', id: 'refund_formula' },
    arguments: argument,
    async run({ store, caller, user }) {
      await inTransaction(store.db, caller, (tx) =>
        store.settings.set(tx, 'refund_formula', formula, user.id),
      )
      return { text: html`Rumus refund sekarang <code>${formulaText(formula)}</code>.` }
    },
  }
}

function claim(argument: string): AdminAction | undefined {
  const [invoice = '', item = '', note = ''] = fields(argument, 3) ?? []
  if (!INVOICE.test(invoice) || !/^\d{1,3}$/.test(item)) return undefined
  return {
    target: { table: 'orders', id: invoice },
    arguments: `${invoice}|${item}|${note.length} characters`,
    async run({ store, caller, user, updateId }) {
      const idempotencyKey = `update:${updateId}`
      await recordClaim(store, caller, { admin: user.id, invoice, item: Number(item), note, idempotencyKey })
      return { text: html`Klaim garansi untuk <code>${invoice}</code>, barang ${item}, dicatat.` }
    },
  }
}
