/** What the control routes accept beside what every simulated gateway does. */
import Type, { type Static } from 'typebox'
import { MAX_WHOLE } from '../../amounts.ts'
import { readerOf, scriptFields, strict, toScript } from '../../simulation/control-bodies.ts'
import type { PakasirWebhookScript } from './webhooks.ts'

const optional = Type.Optional
const script = { ...scriptFields, signature: optional(Type.Enum(['none', 'good', 'bad'])) }
const amount = optional(Type.Integer({ minimum: 1, maximum: MAX_WHOLE }))
const whole = Type.Integer({ minimum: 0, maximum: MAX_WHOLE })

const scriptBody = Type.Object(script, strict)
const payBody = Type.Object(
  {
    amount,
    after_ms: optional(Type.Integer({ minimum: 0, maximum: 86_400_000 })),
    force: optional(Type.Boolean()),
    webhook: optional(scriptBody),
  },
  strict,
)
const webhookBody = Type.Object({ ...script, amount }, strict)
const settingsBody = Type.Object(
  {
    tariff: optional(
      Type.Array(
        Type.Object(
          {
            up_to: Type.Union([whole, Type.Null()]),
            per_mille: Type.Integer({ minimum: 0, maximum: 1000 }),
            fixed: whole,
            rounding: Type.Enum(['floor', 'half_up', 'ceil']),
          },
          strict,
        ),
        { minItems: 1 },
      ),
    ),
    fee_deviation: optional(Type.Integer({ minimum: -300, maximum: 1_000_000 })),
    validity_seconds: optional(Type.Integer({ minimum: 1, maximum: 31_536_000 })),
  },
  strict,
)

export const readPay = readerOf(payBody)
export const readWebhook = readerOf(webhookBody)
export const readSettings = readerOf(settingsBody)
const readScriptBody = readerOf(scriptBody)

export function readScript(body: unknown): Partial<PakasirWebhookScript> {
  return toPakasirScript(readScriptBody(body))
}

/** From the wire's names to ours; absent fields stay absent. */
export function toPakasirScript(given: Static<typeof scriptBody>): Partial<PakasirWebhookScript> {
  const { signature, ...rest } = given
  return { ...toScript(rest), ...(signature === undefined ? {} : { signature }) }
}
