/** A user's addresses (U10). The rules about the primary one are SQL functions. */
import type { Caller } from '../../../kernel/caller.ts'
import { decodeCursor, type Page, toPage } from '../../../kernel/cursor.ts'
import { fail as kernelFail } from '../../../kernel/errors.ts'
import { invalidFields } from '../../../platform/http/validation.ts'
import type { Db } from '../../../postgres/database.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction, type Tx } from '../../../postgres/transaction.ts'
import type { AddressListRow } from '../databases/userstate/tables.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'

const MOST = 50
const MOST_BYTES = 8 * 1024

export interface AddressInput {
  readonly recipient: string
  readonly phone: string
  readonly category?: string | null
  readonly address_input: string
  readonly province: string
  readonly district: string
  readonly city: string
  readonly urban: string
  readonly post_id: string
  readonly osas_log_id?: number
  readonly primary?: boolean
  readonly address?: Readonly<Record<string, unknown>>
}

export type AddressView = Omit<AddressListRow, 'username'>

const columns = sql`address_id, recipient, phone, category, address_input, province, district, city, urban, post_id,
  osas_log_id, primary_address, address, created_at, updated_at`

/** Newest first. @throws bad_request for a wrong cursor */
export async function listAddresses(
  { db }: Store,
  username: string,
  { cursor, limit }: { readonly cursor?: string; readonly limit: number },
): Promise<Page<AddressView>> {
  const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : decodeCursor(cursor, ['number'] as const)[0]
  const rows = await db.many<AddressView>(sql`
    select ${columns} from address_list where username = ${username} and address_id < ${before}
    order by address_id desc limit ${limit + 1}`)
  return toPage(
    rows,
    limit,
    (row) => [Number(row.address_id)],
    (row) => row,
  )
}

/** @throws not_found, also for somebody else's */
export async function findAddress(db: Db, username: string, id: string): Promise<AddressView> {
  const found = await db.maybeOne<AddressView>(sql`
    select ${columns} from address_list where address_id = ${id} and username = ${username}`)
  if (!found) throw kernelFail('not_found')
  return found
}

/** The first one is the primary one. @throws address_limit, validation_failed */
export async function createAddress(
  store: Store,
  caller: Caller,
  username: string,
  input: AddressInput,
): Promise<AddressView> {
  const address = formatted(input, input.address ?? {})
  return await inTransaction(store.db, caller, async (tx) => {
    await lock(tx, username)
    const { count } = await tx.one<{ count: number }>(
      sql`select count(*)::int4 as count from address_list where username = ${username}`,
    )
    if (count >= MOST) throw fail('address_limit', { limit: MOST })
    const { id } = await tx.one<{ id: string }>(sql`
      insert into address_list (username, recipient, phone, category, address_input, province, district, city, urban,
          post_id, osas_log_id, primary_address, address, created_at, updated_at)
        values (${username}, ${input.recipient}, ${input.phone}, ${input.category ?? null}, ${input.address_input},
          ${input.province}, ${input.district}, ${input.city}, ${input.urban}, ${input.post_id},
          ${input.osas_log_id ?? 0}, ${count === 0}, ${sql.json(address)}, niaga.now(), niaga.now())
        returning address_id::text as id`)
    if (input.primary) await makePrimaryIn(tx, username, id)
    return await findAddress(tx, username, id)
  })
}

/** What is left out stays. @throws not_found, primary_required, validation_failed */
export async function updateAddress(
  store: Store,
  caller: Caller,
  username: string,
  id: string,
  change: Partial<AddressInput>,
): Promise<AddressView> {
  return await inTransaction(store.db, caller, async (tx) => {
    await lock(tx, username)
    const old = await findAddress(tx, username, id)
    if (change.primary === false && old.primary_address) throw fail('primary_required')
    const next = { ...old, ...change }
    const isMoved = PLACE.some((key) => change[key] !== undefined)
    const given = change.address ?? (isMoved ? withoutFormatted(old.address) : old.address)
    const address = formatted(next, isRecord(given) ? given : {})
    await tx.run(sql`
      update address_list set recipient = ${next.recipient}, phone = ${next.phone}, category = ${next.category ?? null},
          address_input = ${next.address_input}, province = ${next.province}, district = ${next.district},
          city = ${next.city}, urban = ${next.urban}, post_id = ${next.post_id}, osas_log_id = ${next.osas_log_id ?? 0},
          address = ${sql.json(address)}
        where address_id = ${id}`)
    if (change.primary) await makePrimaryIn(tx, username, id)
    return await findAddress(tx, username, id)
  })
}

/** @throws not_found */
export async function makePrimary(
  store: Store,
  caller: Caller,
  username: string,
  id: string,
): Promise<AddressView> {
  return await inTransaction(store.db, caller, async (tx) => {
    await makePrimaryIn(tx, username, id)
    return await findAddress(tx, username, id)
  })
}

/** @throws not_found */
export async function removeAddress(
  store: Store,
  caller: Caller,
  username: string,
  id: string,
): Promise<void> {
  await inTransaction(store.db, caller, (tx) => tx.one(sql`select remove_address(${username}, ${id})`))
}

const PLACE = ['address_input', 'urban', 'district', 'city', 'province', 'post_id'] as const

/** `formatted` is joined from the parts where the client has none. @throws validation_failed */
function formatted(
  parts: Pick<AddressInput, (typeof PLACE)[number]>,
  address: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const all =
    typeof address.formatted === 'string' && address.formatted !== ''
      ? address
      : { ...address, formatted: PLACE.map((key) => parts[key]).join(', ') }
  if (Buffer.byteLength(JSON.stringify(all)) > MOST_BYTES)
    throw invalidFields([{ field: 'address', reason: `must not exceed ${MOST_BYTES} bytes` }])
  return all
}

function withoutFormatted(address: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(address)) return {}
  const { formatted: _, ...rest } = address
  return rest
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

async function lock(tx: Tx, username: string): Promise<void> {
  await tx.one(sql`select lock_addresses(${username})`)
}

async function makePrimaryIn(tx: Tx, username: string, id: string): Promise<void> {
  await tx.one(sql`select make_primary(${username}, ${id})`)
}
