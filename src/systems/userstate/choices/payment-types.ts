/** Ways to pay (UserState, section 2 and U24). */
import type { Caller } from '../../../kernel/caller.ts'
import { decodeCursor, type Page, toPage } from '../../../kernel/cursor.ts'
import type { Db } from '../../../postgres/database.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { PaymentTypesRow } from '../databases/userstate/tables.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'

/** What is offered, oldest first. */
export async function selectOfferedTypes(db: Db): Promise<Pick<PaymentTypesRow, 'id' | 'name'>[]> {
  return await db.many(sql`select t.id, t.name from payment_types t where t.status order by t.id limit 500`)
}

/** All of them, oldest first. @throws bad_request for a wrong cursor */
export async function listPaymentTypes(
  { db }: Store,
  { cursor, limit }: { readonly cursor?: string; readonly limit: number },
): Promise<Page<PaymentTypesRow>> {
  const after = cursor === undefined ? 0 : decodeCursor(cursor, ['number'] as const)[0]
  const rows = await db.many<PaymentTypesRow>(sql`
    select * from payment_types where id > ${after}::bigint order by id limit ${limit + 1}`)
  return toPage(
    rows,
    limit,
    ({ id }) => [id],
    (row) => row,
  )
}

export interface PaymentTypeTerms {
  readonly name: string
  /** Whether it is offered. */
  readonly status: boolean
  /** The gateway's names of it; none: anything. */
  readonly xendit_methods: readonly string[]
}

/** @throws payment_type_exists */
export async function createPaymentType(
  store: Store,
  caller: Caller,
  { name, status, xendit_methods: methods }: PaymentTypeTerms,
): Promise<PaymentTypesRow> {
  return await inTransaction(store.db, caller, async (tx) => {
    const made = await tx.maybeOne<PaymentTypesRow>(sql`
      insert into payment_types (name, status, xendit_methods, created_at, updated_at)
        values (${name}, ${status}, ${methods}, niaga.now(), niaga.now()) returning *`)
    // A repeated one is left out, as the documented statements expect it.
    if (!made) throw fail('payment_type_exists')
    return made
  })
}

/** @throws not_found, payment_type_exists */
export async function changePaymentType(
  store: Store,
  caller: Caller,
  id: number,
  { name = null, status = null, xendit_methods: methods = null }: Nullable<PaymentTypeTerms>,
): Promise<PaymentTypesRow> {
  return await inTransaction(store.db, caller, async (tx) => {
    const changed = await tx.maybeOne<PaymentTypesRow>(sql`
      update payment_types t set name = coalesce(${name}, t.name), status = coalesce(${status}::boolean, t.status),
        xendit_methods = coalesce(${methods}::text[], t.xendit_methods)
      where t.id = ${id} returning *`)
    if (!changed) throw fail('not_found')
    return changed
  })
}

type Nullable<T> = { readonly [K in keyof T]?: T[K] | null }
