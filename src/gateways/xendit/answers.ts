/** The gateway's answers: what is checked before any of it is believed (UserState, section 7.1). */
import Type, { type Static, type TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { type Money, money } from '../../kernel/money.ts'
import { MAX_WHOLE } from '../amounts.ts'

const optional = <T extends TSchema>(schema: T) => Type.Optional(Type.Union([schema, Type.Null()]))
/** U+0000 is nothing that a database could keep. */
const word = (maxLength: number) => Type.String({ minLength: 1, maxLength, pattern: '^[^\\u0000]*$' })
const amount = Type.Number({ minimum: 0, maximum: MAX_WHOLE })

const invoice = Type.Object({
  id: word(100),
  external_id: word(255),
  status: word(40),
  amount,
  currency: optional(word(3)),
  invoice_url: word(2000),
  expiry_date: word(40),
  created: word(40),
  paid_amount: optional(amount),
  paid_at: optional(word(40)),
  payment_method: optional(word(60)),
  payment_channel: optional(word(60)),
  fees_paid_amount: optional(amount),
  metadata: optional(Type.Record(Type.String(), Type.Unknown())),
})

const payout = Type.Object({
  id: word(100),
  reference_id: word(255),
  status: word(60),
  channel_code: word(60),
  channel_properties: optional(Type.Object({ account_number: optional(word(60)) })),
  amount,
  currency: word(3),
  created: word(40),
  failure_code: optional(word(100)),
})

const isInvoice = Compile(invoice)
const isInvoices = Compile(Type.Array(invoice))
const isPayout = Compile(payout)
const isPayouts = Compile(Type.Object({ data: Type.Array(payout) }))
const isBalance = Compile(Type.Object({ balance: Type.Number() }))

/** What the gateway sent, as it sent it: for logs. */
type Raw = Readonly<Record<string, unknown>>

export interface XenditInvoice {
  readonly id: string
  readonly externalId: string
  /** PENDING, PAID, SETTLED or EXPIRED; another word is one that this code does not know. */
  readonly status: string
  /** The figures are rupiah where the currency is IDR, which is for the caller to check. */
  readonly amount: Money<'IDR'>
  readonly paidAmount: Money<'IDR'> | null
  /** What the gateway kept for itself, where it says so. */
  readonly fee: Money<'IDR'> | null
  readonly currency: string
  /** Where the payer pays. */
  readonly url: string
  readonly expiresAt: Date
  readonly createdAt: Date
  readonly paidAt: Date | null
  readonly paymentMethod: string | null
  readonly paymentChannel: string | null
  /** What we sent with it. */
  readonly metadata: Readonly<Record<string, unknown>>
  readonly raw: Raw
}

export interface XenditPayout {
  /** "disb-…" */
  readonly id: string
  readonly referenceId: string
  /** ACCEPTED, REQUESTED, PENDING…, SUCCEEDED, FAILED, CANCELLED, REVERSED, …; a word this code may not know. */
  readonly status: string
  readonly failureCode: string | null
  /** "ID_BCA" */
  readonly channelCode: string
  /** Of the account's number, where the gateway tells it. */
  readonly last4: string | null
  readonly amount: Money<'IDR'>
  readonly currency: string
  readonly createdAt: Date
  readonly raw: Raw
}

/** Each reader answers undefined where the answer is not what the protocol promises. */
export type Reader<T> = (answer: unknown) => T | undefined

export const readInvoice: Reader<XenditInvoice> = (answer) =>
  isInvoice.Check(answer) ? toInvoice(answer) : undefined

export const readInvoices: Reader<XenditInvoice[]> = (answer) =>
  isInvoices.Check(answer) ? allOrNone(answer.map(toInvoice)) : undefined

export const readPayout: Reader<XenditPayout> = (answer) =>
  isPayout.Check(answer) ? toPayout(answer) : undefined

export const readPayouts: Reader<XenditPayout[]> = (answer) =>
  isPayouts.Check(answer) ? allOrNone(answer.data.map(toPayout)) : undefined

export const readBalance: Reader<Money<'IDR'>> = (answer) =>
  isBalance.Check(answer) ? toMoney(answer.balance) : undefined

function toInvoice(answer: Static<typeof invoice>): XenditInvoice | undefined {
  const amount = toMoney(answer.amount)
  const paidAmount = toMoney(answer.paid_amount ?? null)
  const fee = toMoney(answer.fees_paid_amount ?? null)
  const expiresAt = toInstant(answer.expiry_date)
  const createdAt = toInstant(answer.created)
  if (amount === undefined || paidAmount === undefined || fee === undefined) return undefined
  if (!expiresAt || !createdAt) return undefined
  return {
    id: answer.id,
    externalId: answer.external_id,
    status: answer.status,
    amount,
    paidAmount,
    fee,
    currency: answer.currency ?? 'IDR',
    url: answer.invoice_url,
    expiresAt,
    createdAt,
    paidAt: toInstant(answer.paid_at ?? '') ?? null,
    paymentMethod: answer.payment_method ?? null,
    paymentChannel: answer.payment_channel ?? null,
    metadata: answer.metadata ?? {},
    raw: { ...answer },
  }
}

function toPayout(answer: Static<typeof payout>): XenditPayout | undefined {
  const amount = toMoney(answer.amount)
  const createdAt = toInstant(answer.created)
  if (amount === undefined || !createdAt) return undefined
  return {
    id: answer.id,
    referenceId: answer.reference_id,
    status: answer.status,
    failureCode: answer.failure_code ?? null,
    channelCode: answer.channel_code,
    last4: answer.channel_properties?.account_number?.slice(-4) ?? null,
    amount,
    currency: answer.currency,
    createdAt,
    raw: { ...answer },
  }
}

function allOrNone<T>(items: readonly (T | undefined)[]): T[] | undefined {
  const good = items.filter((item) => item !== undefined)
  return good.length === items.length ? good : undefined
}

/** Undefined for a figure with more than two decimals. */
function toMoney(figure: number): Money<'IDR'> | undefined
function toMoney(figure: number | null): Money<'IDR'> | null | undefined
function toMoney(figure: number | null): Money<'IDR'> | null | undefined {
  if (figure === null) return null
  const minor = Math.round(figure * 100)
  return Math.abs(minor - figure * 100) < 1e-4 ? money('IDR', BigInt(minor)) : undefined
}

function toInstant(text: string): Date | undefined {
  const instant = new Date(text)
  return Number.isNaN(instant.getTime()) ? undefined : instant
}
