/** A user's points, and what services give and take (U15). */
import type { Caller } from '../../../kernel/caller.ts'
import { decodeCursor, type Page, toPage } from '../../../kernel/cursor.ts'
import { fail as kernelFail } from '../../../kernel/errors.ts'
import { idempotent } from '../../../platform/idempotency/idempotent.ts'
import type { Db } from '../../../postgres/database.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { PointMutationRow } from '../databases/userstate/tables.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import { readWallet } from '../wallet/read-wallet.ts'

export type MutationView = Pick<
  PointMutationRow,
  'id' | 'type' | 'reference_number' | 'src' | 'status' | 'account_name' | 'created_at' | 'available_at'
> & {
  /** "12.5" */
  readonly amount: string
}

export interface PointsView {
  readonly balance: string
  readonly held: string
  readonly earned: string
  readonly redeemed: string
}

/** The document's sums over what is complete, and what is held beside them. */
export async function readPoints(store: Store, username: string): Promise<PointsView> {
  const [{ points, pointsHeld }, sums] = await Promise.all([
    readWallet(store, username),
    store.db.one<{ earned: string; redeemed: string }>(sql`
      select trim_scale(coalesce(sum(amount) filter (where type = 'EARN'), 0))::text as earned,
        trim_scale(coalesce(sum(amount) filter (where type = 'REDEEM'), 0))::text as redeemed
      from point_mutation where username = ${username} and status = 'COMPLETE'`),
  ])
  return { balance: points, held: pointsHeld, ...sums }
}

const columns = sql`id, type, trim_scale(amount)::text as amount, reference_number, src, status, account_name, created_at,
  available_at`

/** Newest first. @throws bad_request for a wrong cursor */
export async function listMutations(
  { db }: Store,
  username: string,
  { cursor, limit }: { readonly cursor?: string; readonly limit: number },
): Promise<Page<MutationView>> {
  const before = cursor === undefined ? 2_147_483_647 : decodeCursor(cursor, ['number'] as const)[0]
  const rows = await db.many<MutationView>(sql`
    select ${columns} from point_mutation where username = ${username} and id < ${before}::bigint
    order by id desc limit ${limit + 1}`)
  return toPage(
    rows,
    limit,
    ({ id }) => [id],
    (row) => row,
  )
}

export async function findMutation(db: Db, id: number): Promise<MutationView> {
  return await db.one<MutationView>(sql`select ${columns} from point_mutation where id = ${id}`)
}

/**
 * Whole points become balance, once per key. Answers the mutation, the transaction and the balance after it.
 * @throws amount_out_of_range, insufficient_points, wallet_limit_exceeded, idempotency_conflict
 */
export async function redeemPoints(
  store: Store,
  caller: Caller,
  { username, points, key }: { readonly username: string; readonly points: number; readonly key: string },
): Promise<{ readonly mutation: number; readonly transaction: string; readonly balance: string }> {
  return await inTransaction(store.db, caller, (tx) =>
    idempotent(tx, { scope: `redeem_points:${username}`, key, request: { points } }, async () => {
      const made = await tx.one<{ mutation: number; transaction: string }>(
        sql`select mutation, transaction::text from redeem_points(${username}, ${points})`,
      )
      const { balance } = await tx.one<{ balance: string }>(
        sql`select balance::text from user_balance where username = ${username}`,
      )
      return { ...made, balance }
    }),
  )
}

export interface GrantPoints {
  readonly username: string
  readonly type: 'EARN' | 'REDEEM'
  /** "12.5" */
  readonly amount: string
  readonly referenceNumber: string
  readonly src: 'PROMO' | 'TRANSACTION'
  readonly status: 'PENDING' | 'COMPLETE'
  readonly holder: string
  readonly key: string
}

/** @throws not_found, account_disabled, amount_out_of_range, duplicate_reference, insufficient_points */
export async function grantPoints(store: Store, caller: Caller, input: GrantPoints): Promise<MutationView> {
  const { key, holder, ...request } = input
  const { username, type, amount, referenceNumber, src, status } = request
  const id = await inTransaction(store.db, caller, (tx) =>
    idempotent(tx, { scope: `grant_points:${holder}`, key, request }, async () => {
      const made = await tx.one<{ id: number }>(sql`
        select grant_points(${username}, ${type}, ${amount}, ${referenceNumber}, ${src}, ${status}, ${holder}) as id`)
      return made.id
    }),
  )
  return await findMutation(store.db, id)
}

interface OwnGrant {
  readonly id: number
  readonly holder: string
}

/** Again is a no-op. @throws not_found for another service's */
export async function completeGrant(
  store: Store,
  caller: Caller,
  { id, holder }: OwnGrant,
): Promise<MutationView> {
  return await inTransaction(store.db, caller, async (tx) => {
    const found = await tx.run(sql`
      update point_mutation set status = 'COMPLETE'
        where id = ${id} and account_name = ${holder} and src in ('PROMO', 'TRANSACTION')`)
    if (found === 0) throw kernelFail('not_found')
    return await findMutation(tx, id)
  })
}

/** What waits is taken back. @throws not_found for another service's, mutation_not_pending */
export async function withdrawGrant(store: Store, caller: Caller, { id, holder }: OwnGrant): Promise<void> {
  await inTransaction(store.db, caller, async (tx) => {
    const found = await tx.maybeOne<{ status: string }>(sql`
      select status from point_mutation
        where id = ${id} and account_name = ${holder} and src in ('PROMO', 'TRANSACTION') for update`)
    if (!found) throw kernelFail('not_found')
    if (found.status !== 'PENDING') throw fail('mutation_not_pending')
    await tx.run(sql`delete from point_mutation where id = ${id}`)
  })
}
