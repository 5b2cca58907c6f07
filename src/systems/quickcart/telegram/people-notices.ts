/** Notices about people: names and addresses are read when they are sent, and stored in no message that waits. */
import { type Static, type TSchema, Type } from 'typebox'
import { Value } from 'typebox/value'
import { isDomainError } from '../../../kernel/errors.ts'
import { parseMoney } from '../../../kernel/money.ts'
import { oneOf } from '../../../platform/http/schemas.ts'
import { isAdmin } from '../accounts/find-users.ts'
import { type Profile, profileOf } from '../accounts/profile.ts'
import { userId } from '../accounts/user-id.ts'
import type { Store } from '../store.ts'
import { type Message, textPayload } from './message.ts'
import { balanceAdjusted, roleRaised, staffRoleChanged, userCard } from './messages/people.ts'
import { call, type Notices } from './notice.ts'
import type { OutboxRow } from './outbox.queries.ts'
import { type Sent, skipped } from './sent.ts'

// Payloads as set_member_status and adjust_balance write them, and /info.
const Role = Type.Object({ role: oneOf(['customer', 'reseller', 'admin']) })
const Person = Type.Object({ user_id: Type.Integer() })
const PersonWithRole = Type.Object({ ...Role.properties, ...Person.properties })
const Adjustment = Type.Object({ change: Type.String(), balance: Type.String() })

export const peopleNotices: Notices = {
  role_raised: (store, row) => say(store, row, roleRaised(Value.Parse(Role, row.payload).role)),
  balance_adjusted(store, row) {
    const { change, balance } = Value.Parse(Adjustment, row.payload)
    return say(store, row, balanceAdjusted(parseMoney('IDR', change), parseMoney('IDR', balance)))
  },
  staff_role_changed: aboutSomebody(PersonWithRole, (user, { role }) => staffRoleChanged(user, role)),
  user_card: aboutSomebody(Person, userCard),
}

/** For admins alone, also where the role was lost while the message waited. */
function aboutSomebody<T extends TSchema>(
  schema: T,
  message: (user: Profile, payload: Static<T>) => Message,
): Notices[string] {
  return async (store, row) => {
    if (!(await isAdmin(store, userId(row.chat_id)))) return skipped('the reader is no admin')
    const user = await find(store, BigInt(Value.Parse(Person, row.payload).user_id))
    if (!user) return skipped('the person is gone')
    return await say(store, row, message(user, Value.Parse(schema, row.payload)))
  }
}

async function find(store: Store, id: bigint): Promise<Profile | undefined> {
  try {
    return await profileOf(store, userId(id))
  } catch (error) {
    if (isDomainError(error, 'not_found')) return undefined
    throw error
  }
}

async function say(store: Store, row: OutboxRow, message: Message): Promise<Sent> {
  return await call(store, row, 'sendMessage', textPayload(message))
}
