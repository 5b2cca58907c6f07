/** What the public endpoints accept, and the gateway's words for what they do not. */
import Type, { type StaticEncode, type TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { SimulatorRefusal } from '../../simulation/refusal.ts'
import { METHODS, PAYOUT_CHANNELS } from './channels.ts'
import type { NewSimulatedInvoice } from './invoices.ts'
import type { NewSimulatedPayout } from './payouts.ts'

const text = (maxLength: number) => Type.String({ minLength: 1, maxLength })
const optional = Type.Optional

const invoiceBody = Compile(
  Type.Object({
    external_id: text(255),
    amount: Type.Number({ exclusiveMinimum: 0 }),
    payer_email: optional(text(255)),
    description: optional(text(1000)),
    invoice_duration: optional(Type.Integer({ minimum: 1, maximum: 31_536_000 })),
    success_redirect_url: optional(text(255)),
    failure_redirect_url: optional(text(255)),
    currency: optional(Type.Enum(['IDR'])),
    payment_methods: optional(Type.Array(text(40), { maxItems: 50 })),
    metadata: optional(Type.Record(Type.String(), Type.Unknown())),
  }),
)

const payoutBody = Compile(
  Type.Object({
    reference_id: text(255),
    channel_code: text(60),
    channel_properties: Type.Object({ account_number: text(100), account_holder_name: text(100) }),
    amount: Type.Integer({ minimum: 1 }),
    description: optional(text(255)),
    currency: Type.Enum(['IDR']),
  }),
)

const DAY_SECONDS = 86_400
const MAX_TRANSFER = 1_000_000_000

/** @throws SimulatorRefusal 400 */
export function readNewInvoice(body: unknown): NewSimulatedInvoice {
  const asked = checked(invoiceBody, body)
  if (!Number.isInteger(asked.amount)) {
    throw new SimulatorRefusal(400, 'API_VALIDATION_ERROR', 'amount of IDR has no decimals')
  }
  const unknown = asked.payment_methods?.find((method) => !METHODS.includes(method))
  if (unknown) throw new SimulatorRefusal(400, 'UNAVAILABLE_PAYMENT_METHOD_ERROR', `${unknown} is not active`)
  return {
    externalId: asked.external_id,
    amount: asked.amount,
    payerEmail: asked.payer_email ?? '',
    description: asked.description ?? '',
    validSeconds: asked.invoice_duration ?? DAY_SECONDS,
    methods: asked.payment_methods ?? [],
    metadata: asked.metadata ?? {},
    ...(asked.success_redirect_url ? { successUrl: asked.success_redirect_url } : {}),
    ...(asked.failure_redirect_url ? { failureUrl: asked.failure_redirect_url } : {}),
  }
}

/** @throws SimulatorRefusal 400 */
export function readNewPayout(body: unknown): NewSimulatedPayout {
  const asked = checked(payoutBody, body)
  const { account_number: accountNumber, account_holder_name: accountHolderName } = asked.channel_properties
  if (!PAYOUT_CHANNELS.has(asked.channel_code)) {
    throw new SimulatorRefusal(
      400,
      'CHANNEL_CODE_NOT_SUPPORTED_ERROR',
      `${asked.channel_code} is not supported`,
    )
  }
  if (!/^\d{6,20}$/.test(accountNumber)) {
    throw new SimulatorRefusal(400, 'RECIPIENT_ACCOUNT_NUMBER_ERROR', 'account_number has 6 to 20 digits')
  }
  if (asked.amount > MAX_TRANSFER) {
    throw new SimulatorRefusal(400, 'MAXIMUM_TRANSFER_LIMIT_ERROR', 'The amount is above the transfer limit')
  }
  return {
    referenceId: asked.reference_id,
    channelCode: asked.channel_code,
    accountNumber,
    accountHolderName,
    amount: asked.amount,
    currency: asked.currency,
    description: asked.description ?? '',
  }
}

function checked<T extends TSchema>(
  validator: ReturnType<typeof Compile<T>>,
  body: unknown,
): StaticEncode<T> {
  if (validator.Check(body)) return body
  const [first] = validator.Errors(body)
  const reason = first ? `${first.instancePath.slice(1) || 'body'} ${first.message}` : 'not valid'
  throw new SimulatorRefusal(400, 'API_VALIDATION_ERROR', reason)
}
