/**
 * Keeps the simulated gateway's transactions over a restart: a real gateway does not forget a payment because
 * the shop was killed. One line per change, the last line of an order counts.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { type Money, wholeMoney } from '../../../kernel/money.ts'
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

export interface Journal {
  /** In order of creation. */
  load(): SimulatedTransaction[]
  append(transaction: SimulatedTransaction): void
}

export function openJournal(file: string): Journal {
  mkdirSync(dirname(file), { recursive: true })
  return {
    load: () => {
      const latest = new Map(read(file).map((each) => [each.orderId, each]))
      // Rewritten at each start, so that it grows with the transactions and not with their changes.
      writeFileSync(`${file}.new`, [...latest.values()].map(toLine).join(''))
      renameSync(`${file}.new`, file)
      return [...latest.values()]
    },
    append: (transaction) => appendFileSync(file, toLine(transaction)),
  }
}

function read(file: string): SimulatedTransaction[] {
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8').split('\n').flatMap(fromLine)
}

function toLine(transaction: SimulatedTransaction): string {
  const whole = (money: Money<'IDR'>) => Number(money / 100n)
  const record = {
    ...transaction,
    amount: whole(transaction.amount),
    fee: whole(transaction.fee),
    total: whole(transaction.total),
    reportedAmount: whole(transaction.reportedAmount),
    createdAt: transaction.createdAt.getTime(),
    expiresAt: transaction.expiresAt.getTime(),
    completedAt: transaction.completedAt?.getTime() ?? null,
  }
  return `${JSON.stringify(record)}\n`
}

/** Nothing for a line that a kill cut in half. */
function fromLine(text: string): SimulatedTransaction[] {
  const record = parse(text)
  if (!line.Check(record)) return []
  return [
    {
      ...record,
      amount: wholeMoney('IDR', record.amount),
      fee: wholeMoney('IDR', record.fee),
      total: wholeMoney('IDR', record.total),
      reportedAmount: wholeMoney('IDR', record.reportedAmount),
      createdAt: new Date(record.createdAt),
      expiresAt: new Date(record.expiresAt),
      completedAt: record.completedAt === null ? undefined : new Date(record.completedAt),
    },
  ]
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
