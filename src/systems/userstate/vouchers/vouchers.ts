/** Vouchers of users (U16) and their administration. The rules are SQL functions. */
import type { Caller } from '../../../kernel/caller.ts'
import { decodeCursor, type Page, toPage } from '../../../kernel/cursor.ts'
import { idempotent } from '../../../platform/idempotency/idempotent.ts'
import { type Sql, sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { VoucherKind, VoucherRedemptionStatus, VoucherRow } from '../databases/userstate/tables.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'

export interface RedemptionView {
  readonly id: number
  readonly code: string
  readonly status: VoucherRedemptionStatus
  /** Rupiah or points it was worth. */
  readonly value: number | null
  readonly transaction_id: bigint | null
  readonly created_at: Date
}

const redemption = sql.raw('id, code, status, value, transaction_id, created_at')

/** What a voucher is, if this user could use it now. @throws voucher_unknown, voucher_inactive, … */
export async function previewVoucher(
  store: Store,
  caller: Caller,
  username: string,
  code: string,
): Promise<VoucherRow> {
  return await inTransaction(store.db, caller, (tx) =>
    tx.one<VoucherRow>(sql`select * from lock_voucher(${username}, ${code})`),
  )
}

/** Once per key. @throws what redeem_voucher refuses, idempotency_conflict */
export async function redeemVoucher(
  store: Store,
  caller: Caller,
  { username, code, key }: { readonly username: string; readonly code: string; readonly key: string },
): Promise<RedemptionView> {
  const id = await inTransaction(store.db, caller, (tx) =>
    idempotent(tx, { scope: `redeem_voucher:${username}`, key, request: { code } }, async () => {
      const made = await tx.one<{ id: number }>(sql`select redeem_voucher(${username}, ${code}) as id`)
      return made.id
    }),
  )
  return await store.db.one<RedemptionView>(sql`
    select ${redemption} from voucher_redemption where id = ${id}`)
}

/** Newest first. @throws bad_request for a wrong cursor */
export async function listRedemptions(
  { db }: Store,
  username: string,
  { cursor, limit }: { readonly cursor?: string; readonly limit: number },
): Promise<Page<RedemptionView>> {
  const before = cursor === undefined ? 2_147_483_647 : decodeCursor(cursor, ['number'] as const)[0]
  const rows = await db.many<RedemptionView>(sql`
    select ${redemption} from voucher_redemption
    where username = ${username} and id < ${before}::bigint order by id desc limit ${limit + 1}`)
  return toPage(
    rows,
    limit,
    ({ id }) => [id],
    (row) => row,
  )
}

/** By code. @throws bad_request for a wrong cursor */
export async function listVouchers(
  { db }: Store,
  { cursor, limit }: { readonly cursor?: string; readonly limit: number },
): Promise<Page<VoucherRow>> {
  const after = cursor === undefined ? '' : decodeCursor(cursor, ['string'] as const)[0]
  const rows = await db.many<VoucherRow>(
    sql`select * from voucher where code > ${after} order by code limit ${limit + 1}`,
  )
  return toPage(
    rows,
    limit,
    ({ code }) => [code],
    (row) => row,
  )
}

export interface VoucherTerms {
  readonly kind?: VoucherKind
  readonly value?: number
  readonly max_discount?: number | null
  readonly min_amount?: number
  readonly quota?: number | null
  readonly per_user_limit?: number
  readonly payee?: string | null
  readonly is_onapps?: boolean
  readonly active?: boolean
  readonly starts_at?: string | null
  readonly ends_at?: string | null
}

const TERMS = [
  'kind',
  'value',
  'max_discount',
  'min_amount',
  'quota',
  'per_user_limit',
  'payee',
  'is_onapps',
  'active',
  'starts_at',
  'ends_at',
] as const satisfies readonly (keyof VoucherTerms)[]

/** @throws voucher_exists, setting_invalid where the terms contradict each other */
export async function createVoucher(
  store: Store,
  caller: Caller,
  code: string,
  terms: VoucherTerms,
): Promise<VoucherRow> {
  const given = TERMS.filter((name) => terms[name] !== undefined)
  const columns = sql.join([sql`code`, sql`created_by`, ...given.map((name) => sql.id(name))], ', ')
  const values = sql.join(
    [sql`${code.toUpperCase()}`, sql`${caller.id ?? null}`, ...given.map((name) => value(terms[name]))],
    ', ',
  )
  return await inTransaction(store.db, caller, (tx) =>
    tx.one<VoucherRow>(sql`insert into voucher (${columns}) values (${values}) returning *`),
  )
}

/** Kind and value stay once it was used. @throws voucher_unknown, voucher_in_use, voucher_terms_invalid */
export async function changeVoucher(
  store: Store,
  caller: Caller,
  code: string,
  terms: VoucherTerms,
): Promise<VoucherRow> {
  return await inTransaction(store.db, caller, async (tx) => {
    const old = await tx.maybeOne<VoucherRow>(
      sql`select * from voucher where code = ${code.toUpperCase()} for no key update`,
    )
    if (!old) throw fail('voucher_unknown')
    const isOther =
      (terms.kind !== undefined && terms.kind !== old.kind) ||
      (terms.value !== undefined && terms.value !== old.value)
    if (isOther) {
      const used = await tx.maybeOne(sql`select from voucher_redemption where code = ${old.code} limit 1`)
      if (used) throw fail('voucher_in_use')
    }
    const given = TERMS.filter((name) => terms[name] !== undefined)
    if (given.length === 0) return old
    const changes = given.map((name) => sql`${sql.id(name)} = ${value(terms[name])}`)
    return await tx.one<VoucherRow>(sql`
      update voucher set ${sql.join(changes, ', ')} where code = ${old.code} returning *`)
  })
}

function value(given: string | number | boolean | null | undefined): Sql {
  return sql`${given ?? null}`
}
