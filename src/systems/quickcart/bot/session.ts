/**
 * Where a conversation stands: key `session:{user_id}` (QuickCart, §7.6). It names products and pages, never
 * amounts, QR texts or goods, and may be lost at any time: whoever loses it starts over from a menu.
 */
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { oneOf } from '../../../platform/http/schemas.ts'
import type { UserId } from '../accounts/user-id.ts'
import type { Store } from '../store.ts'

const LIFETIME_SECONDS = 86_400

const Context = Type.Object({
  product_id: Type.Optional(Type.Integer()),
  quantity: Type.Optional(Type.Integer()),
  voucher_code: Type.Optional(Type.String()),
  /** The refund that is being rejected. */
  refund_id: Type.Optional(Type.String()),
  /** The one message whose buttons belong to this cart. */
  message_id: Type.Optional(Type.Integer()),
  /** Until that is known: the message that asked for it, which every later one comes after. */
  after_message_id: Type.Optional(Type.Integer()),
  /** What of the profile is being changed. */
  field: Type.Optional(oneOf(['name', 'whatsapp', 'email'])),
  /** The album whose first photo was taken. */
  media_group_id: Type.Optional(Type.String()),
})

const SessionSchema = Type.Object({
  flow: oneOf(['onboarding', 'ordering', 'deposit', 'account_edit', 'contact_admin', 'admin', 'privacy']),
  state: oneOf([
    'name',
    'whatsapp',
    'email',
    'selecting_quantity',
    'awaiting_voucher',
    'awaiting_payment',
    'awaiting_amount',
    'awaiting_value',
    'awaiting_reason',
    'awaiting_message',
    'message_sent',
    'awaiting_broadcast',
    'confirming',
  ]),
  context: Context,
  /** The update that wrote it: handled again after a crash, that update changes nothing any more. */
  update_id: Type.Integer(),
  expires: Type.String(),
})

export type Session = Static<typeof SessionSchema>
export type SessionContext = Static<typeof Context>
/** What a handler decides; the rest is filled in when it is stored. */
export type NextSession = Pick<Session, 'flow' | 'state' | 'context'>

export async function loadSession(store: Store, user: UserId): Promise<Session | undefined> {
  const stored = await store.kv.get(sessionKey(user))
  return stored === undefined ? undefined : parse(stored)
}

/** The next text would be taken for an answer. */
export function asks({ flow, state }: Session): boolean {
  return flow !== 'ordering' || state === 'awaiting_voucher'
}

/** Replaces the session as a whole. */
export async function saveSession(
  store: Store,
  user: UserId,
  updateId: number,
  { flow, state, context }: NextSession,
): Promise<void> {
  const expires = new Date(store.clock.now().getTime() + LIFETIME_SECONDS * 1000).toISOString()
  const session: Session = { flow, state, context, update_id: updateId, expires }
  await store.kv.set(sessionKey(user), JSON.stringify(session), LIFETIME_SECONDS)
}

export async function dropSession(store: Store, user: UserId): Promise<void> {
  await store.kv.delete([sessionKey(user)])
}

function sessionKey(user: UserId): string {
  return `session:${user}`
}

/** One of an older version, or a damaged one, counts as none. */
function parse(stored: string): Session | undefined {
  try {
    const session: unknown = JSON.parse(stored)
    return Value.Check(SessionSchema, session) ? session : undefined
  } catch {
    return undefined
  }
}
