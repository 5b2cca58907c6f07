/** What the control routes accept. Unknown fields are refused: a misspelt fault would be a test that proves nothing. */
import Type, { type Static, type StaticEncode, type TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { MAX_WHOLE } from '../amounts.ts'
import { ENDPOINTS, FAULT_KINDS } from './faults.ts'
import { SimulatorRefusal } from './transactions.ts'
import type { WebhookScript } from './webhook-sender.ts'

const strict = { additionalProperties: false }
const optional = Type.Optional
const script = {
  copies: optional(Type.Integer({ minimum: 1, maximum: 100 })),
  delay_ms: optional(Type.Integer({ minimum: 0, maximum: 86_400_000 })),
  drop: optional(Type.Boolean()),
  hold: optional(Type.Boolean()),
  token: optional(Type.Enum(['good', 'bad', 'none'])),
  signature: optional(Type.Enum(['none', 'good', 'bad'])),
}
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
const releaseBody = Type.Object({ order: optional(Type.Enum(['as_sent', 'reversed'])) }, strict)
const faultBody = Type.Object(
  {
    kind: Type.Enum([...FAULT_KINDS]),
    endpoint: optional(Type.Enum([...ENDPOINTS])),
    times: optional(Type.Integer({ minimum: 1 })),
  },
  strict,
)
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

export const readScript = reader(scriptBody)
export const readPay = reader(payBody)
export const readWebhook = reader(webhookBody)
export const readRelease = reader(releaseBody)
export const readFault = reader(faultBody)
export const readSettings = reader(settingsBody)

/** @throws SimulatorRefusal 400 that names the first wrong field */
function reader<T extends TSchema>(schema: T): (body: unknown) => StaticEncode<T> {
  const validator = Compile(schema)
  return (body) => {
    const given = body ?? {}
    if (validator.Check(given)) return given
    const [first] = validator.Errors(given)
    const reason = first ? `${first.instancePath || 'body'} ${first.message}` : 'not valid'
    throw new SimulatorRefusal(400, 'bad_request', reason)
  }
}

/** From the wire's names to ours; absent fields stay absent. */
export function toScript(given: Static<typeof scriptBody>): Partial<WebhookScript> {
  const { delay_ms, copies, drop, hold, token, signature } = given
  return {
    ...(copies === undefined ? {} : { copies }),
    ...(delay_ms === undefined ? {} : { delayMs: delay_ms }),
    ...(drop === undefined ? {} : { drop }),
    ...(hold === undefined ? {} : { hold }),
    ...(token === undefined ? {} : { token }),
    ...(signature === undefined ? {} : { signature }),
  }
}
