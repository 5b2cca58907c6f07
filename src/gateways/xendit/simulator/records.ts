/** What the simulated gateway knows: plain JSON, whole rupiah, instants in ms, so that it is kept as it is. */
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Codec } from '../../simulation/journal.ts'

const text = Type.String()
const whole = Type.Integer({ minimum: 0 })
const optional = Type.Optional

const InvoiceRecord = Type.Object({
  /** 24 hex digits. */
  id: text,
  externalId: text,
  amount: whole,
  currency: text,
  payerEmail: text,
  description: text,
  /** Those a payer may choose from; empty: all. */
  methods: Type.Array(text),
  successUrl: optional(text),
  failureUrl: optional(text),
  metadata: Type.Record(Type.String(), Type.Unknown()),
  status: Type.Enum(['PENDING', 'PAID', 'SETTLED', 'EXPIRED']),
  createdAt: whole,
  updatedAt: whole,
  expiresAt: whole,
  paidAt: optional(whole),
  paidAmount: optional(whole),
  /** The gateway's own, where it reports one. */
  fee: optional(whole),
  method: optional(text),
})

const PayoutRecord = Type.Object({
  /** "disb-…" */
  id: text,
  referenceId: text,
  idempotencyKey: text,
  /** Hash of the body that came with the key. */
  request: text,
  channelCode: text,
  accountNumber: text,
  accountHolderName: text,
  amount: whole,
  currency: text,
  description: text,
  status: text,
  failureCode: optional(text),
  createdAt: whole,
  updatedAt: whole,
})

export type SimulatedInvoice = Static<typeof InvoiceRecord>
export type SimulatedPayout = Static<typeof PayoutRecord>

const isInvoice = Compile(InvoiceRecord)
const isPayout = Compile(PayoutRecord)

export const invoiceCodec: Codec<SimulatedInvoice> = {
  key: ({ id }) => id,
  write: (invoice) => invoice,
  read: (record) => (isInvoice.Check(record) ? record : undefined),
}

export const payoutCodec: Codec<SimulatedPayout> = {
  key: ({ id }) => id,
  write: (payout) => payout,
  read: (record) => (isPayout.Check(record) ? record : undefined),
}
