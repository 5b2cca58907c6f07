/** What became of somebody's money, told on their devices (UserState, U13 and U18). The database asks for it. */
import { Type } from 'typebox'
import { defineJob, handle, type Task } from '../../../platform/jobs/job.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction, type Tx } from '../../../postgres/transaction.ts'
import type { Store } from '../store.ts'
import { rupiah } from '../wallet/amounts.ts'
import { type QueuedPush, queuePush } from './queue-push.ts'

const pushTell = defineJob(
  'push.tell',
  Type.Object({
    what: Type.Union([Type.Literal('payout'), Type.Literal('user_transaction')]),
    id: Type.String({ pattern: '^[0-9]+$' }),
    status: Type.String(),
  }),
)

interface Changed {
  readonly username: string
  readonly amount: number
  /** TOPUP, PAYMENT or REFUND; PAYOUT for a withdrawal. */
  readonly type: string
  /** Money for what was over. */
  readonly isLate: boolean
  readonly payee: string | null
}

export function tellTasks(store: Store): readonly Task[] {
  return [
    handle(pushTell, ({ what, id, status }, { caller }) =>
      inTransaction(store.db, caller, async (tx) => {
        const changed = await (what === 'payout' ? selectPayout(tx, id) : selectTransaction(tx, id))
        const text = changed && wordsFor(changed, status)
        if (!changed || !text) return
        const type = changed.type.toLowerCase()
        await queuePush(tx, [changed.username], {
          ...text,
          data: { type, id, status },
          event: `${type}:${id}:${status}`,
        })
      }),
    ),
  ]
}

async function selectTransaction(tx: Tx, id: string): Promise<Changed | undefined> {
  return await tx.maybeOne<Changed>(
    sql`select username, type, coalesce(src = 'XENDIT_LATE', false) as "isLate", payee,
        case type when 'TOPUP' then coalesce(amount_2::int, amount) else amount end as amount
      from user_transaction where id = ${id}`,
  )
}

async function selectPayout(tx: Tx, id: string): Promise<Changed | undefined> {
  return await tx.maybeOne<Changed>(
    sql`select username, amount, 'PAYOUT' as type, false as "isLate", null as payee from payout where id = ${id}`,
  )
}

function wordsFor(
  { type, amount, payee, isLate }: Changed,
  status: string,
): Pick<QueuedPush, 'title' | 'body'> | undefined {
  const sum = rupiah(amount)
  switch (`${type} ${status}`) {
    case 'TOPUP PAID':
      return {
        title: 'Saldo bertambah',
        body: isLate ? `${sum} yang terlambat dibayar sudah masuk ke saldo kamu.` : `Top up ${sum} berhasil.`,
      }
    case 'PAYMENT PAID':
      return { title: 'Pembayaran berhasil', body: `${sum} sudah dibayarkan ke ${payee}.` }
    case 'REFUND PAID':
      return { title: 'Dana dikembalikan', body: `${sum} dari ${payee} sudah masuk ke saldo kamu.` }
    case 'PAYOUT SUCCEEDED':
      return { title: 'Penarikan berhasil', body: `${sum} sudah dikirim ke rekening kamu.` }
    case 'PAYOUT FAILED':
      return { title: 'Penarikan gagal', body: `${sum} kembali tersedia di saldo kamu.` }
    case 'PAYOUT CANCELLED':
      return { title: 'Penarikan dibatalkan', body: `${sum} kembali tersedia di saldo kamu.` }
    case 'PAYOUT REVERSED':
      return { title: 'Penarikan dikembalikan bank', body: `${sum} sudah masuk lagi ke saldo kamu.` }
    default:
      return undefined
  }
}
