/** What control routes accept. Unknown fields are refused: a misspelt fault would be a test that proves nothing. */
import Type, { type Static, type StaticEncode, type TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { SimulatorRefusal } from './refusal.ts'
import type { Delivery, WebhookScript } from './webhook-sender.ts'

export const strict = { additionalProperties: false }

/** How webhooks are sent. */
export const scriptFields = {
  copies: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  delay_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: 86_400_000 })),
  drop: Type.Optional(Type.Boolean()),
  hold: Type.Optional(Type.Boolean()),
  token: Type.Optional(Type.Enum(['good', 'bad', 'none'])),
}
const scriptBody = Type.Object(scriptFields, strict)

export const readScript = readerOf(scriptBody)
export const readRelease = readerOf(
  Type.Object({ order: Type.Optional(Type.Enum(['as_sent', 'reversed'])) }, strict),
)

/** @throws SimulatorRefusal 400 that names the first wrong field */
export function readerOf<T extends TSchema>(schema: T): (body: unknown) => StaticEncode<T> {
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
  const { delay_ms, copies, drop, hold, token } = given
  return {
    ...(copies === undefined ? {} : { copies }),
    ...(delay_ms === undefined ? {} : { delayMs: delay_ms }),
    ...(drop === undefined ? {} : { drop }),
    ...(hold === undefined ? {} : { hold }),
    ...(token === undefined ? {} : { token }),
  }
}

export function scriptView({ delayMs, ...script }: WebhookScript): object {
  return { ...script, delay_ms: delayMs }
}

export function deliveryView({ state, attempts, lastStatus }: Delivery<WebhookScript>): object {
  return { state, attempts, last_status: lastStatus ?? null }
}
