/** How a transaction is written down over a restart. */
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { type Money, wholeMoney } from '../../../kernel/money.ts'
import type { Codec } from '../../simulation/journal.ts'
import type { SimulatedTransaction } from './transactions.ts'

const amount = Type.Integer({ minimum: 0 })
const line = Compile(
  Type.Object({
    orderId: Type.String(),
    amount,
    fee: amount,
    total: amount,
    reportedAmount: amount,
    qrString: Type.String(),
    state: Type.Enum(['pending', 'completed', 'canceled']),
    createdAt: Type.Integer(),
    expiresAt: Type.Integer(),
    completedAt: Type.Union([Type.Integer(), Type.Null()]),
  }),
)

export const transactionCodec: Codec<SimulatedTransaction> = {
  key: ({ orderId }) => orderId,
  write: (transaction) => {
    const whole = (money: Money<'IDR'>) => Number(money / 100n)
    return {
      ...transaction,
      amount: whole(transaction.amount),
      fee: whole(transaction.fee),
      total: whole(transaction.total),
      reportedAmount: whole(transaction.reportedAmount),
      createdAt: transaction.createdAt.getTime(),
      expiresAt: transaction.expiresAt.getTime(),
      completedAt: transaction.completedAt?.getTime() ?? null,
    }
  },
  read: (record) => {
    if (!line.Check(record)) return undefined
    return {
      ...record,
      amount: wholeMoney('IDR', record.amount),
      fee: wholeMoney('IDR', record.fee),
      total: wholeMoney('IDR', record.total),
      reportedAmount: wholeMoney('IDR', record.reportedAmount),
      createdAt: new Date(record.createdAt),
      expiresAt: new Date(record.expiresAt),
      completedAt: record.completedAt === null ? undefined : new Date(record.completedAt),
    }
  },
}
