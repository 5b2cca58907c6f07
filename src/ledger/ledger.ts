/**
 * The ledger's SQL functions in TypeScript: one call each, in the caller's transaction when given its `Tx`.
 * Amounts are bigint minor units; what may go wrong is in errors.ts. README.md says what the words mean.
 */

import { systemCaller } from '../kernel/caller.ts'
import { decodeCursor, type Page, toPage } from '../kernel/cursor.ts'
import { fail as kernelFail } from '../kernel/errors.ts'
import type { Uuid } from '../kernel/ids.ts'
import type { Database, Db } from '../postgres/database.ts'
import { sql } from '../postgres/sql.ts'
import { inLongTransaction } from '../postgres/transaction.ts'

export interface Leg {
  readonly debit: string
  readonly credit: string
  readonly amount: bigint
  /** Where it differs from the journal's. */
  readonly kind?: string
}

interface Terms {
  /** The business key: the same one again with the same content is a no-op. */
  readonly reference: string
  readonly kind: string
  readonly metadata?: Readonly<Record<string, unknown>>
}

export interface Transfer extends Terms, Omit<Leg, 'kind'> {}
export interface Journal extends Terms {
  readonly legs: readonly Leg[]
}
export interface Hold extends Transfer {
  /** Absent: it stays until it is captured or released. */
  readonly expiresAt?: Date
}
export interface HoldJournal extends Journal {
  readonly expiresAt?: Date
}

export interface Account {
  readonly name: string
  readonly unit: string
  /** Minor units; null: any depth. Default 0. */
  readonly floor?: bigint | null
  readonly debitNormal?: boolean
  /** The name holds something a person chose. */
  readonly personal?: boolean
  readonly striped?: boolean
}

/** Opens the account; again on the same terms is a no-op. */
export async function openAccount(db: Db, account: Account): Promise<bigint> {
  const { floor = 0n, debitNormal = false, personal = false, striped = null } = account
  const { id } = await db.one<{ id: bigint }>(sql`
    select ledger.open_account(${account.name}, ${account.unit}, ${floor}, ${debitNormal}, ${personal}, ${striped}) as id`)
  return id
}

export async function setFloor(db: Db, account: string, floor: bigint | null): Promise<void> {
  await db.one(sql`select ledger.set_floor(${account}, ${floor})`)
}

export async function post(
  db: Db,
  { reference, debit, credit, amount, kind, metadata }: Transfer,
): Promise<Uuid> {
  const { id } = await db.one<{ id: Uuid }>(
    sql`select ledger.post(${reference}, ${debit}, ${credit}, ${amount}, ${kind}, ${json(metadata)}) as id`,
  )
  return id
}

/** All legs or none; legs of zero are left out. */
export async function postJournal(db: Db, { reference, legs, kind, metadata }: Journal): Promise<Uuid> {
  const { debits, credits, amounts, kinds } = columns(legs)
  const { id } = await db.one<{ id: Uuid }>(sql`
    select ledger.post_journal(${reference}, ledger.legs(${debits}, ${credits}, ${amounts}, ${kinds}), ${kind},
      ${json(metadata)}) as id`)
  return id
}

export interface BatchItem extends Transfer {
  /** Neighbours with the same number are posted all or not at all. */
  readonly link?: number
}

export type BatchResult =
  | { readonly id: Uuid; readonly outcome: 'posted' | 'replayed' }
  | {
      readonly id: Uuid
      readonly outcome: 'refused'
      readonly error: string
      readonly details: Readonly<Record<string, unknown>> | null
    }

/** Up to 5,000 transfers in one call; each has its result, in order. */
export async function postBatch(db: Db, items: readonly BatchItem[]): Promise<BatchResult[]> {
  const { debits, credits, amounts } = columns(items)
  return await db.many<BatchResult>(sql`
    select id, outcome, error, details from ledger.post_batch(
      ${items.map((item) => item.reference)}, ${debits}, ${credits}, ${amounts}, ${items.map((item) => item.kind)},
      ${items.map((item) => json(item.metadata))}, ${items.map((item) => item.link ?? null)}) order by item`)
}

export async function hold(db: Db, { expiresAt, ...transfer }: Hold): Promise<Uuid> {
  const { reference, debit, credit, amount, kind, metadata } = transfer
  const { id } = await db.one<{ id: Uuid }>(sql`
    select ledger.hold(${reference}, ${debit}, ${credit}, ${amount}, ${kind}, ${json(metadata)}, ${expiresAt ?? null}) as id`)
  return id
}

/** Linked holds: captured or released together. */
export async function holdJournal(db: Db, journal: HoldJournal): Promise<Uuid> {
  const { debits, credits, amounts, kinds } = columns(journal.legs)
  const { id } = await db.one<{ id: Uuid }>(sql`
    select ledger.hold_journal(${journal.reference}, ledger.legs(${debits}, ${credits}, ${amounts}, ${kinds}),
      ${journal.kind}, ${json(journal.metadata)}, ${journal.expiresAt ?? null}) as id`)
  return id
}

/** Posts what is held, or these amounts of it, one per leg; the rest is released. */
export async function capture(db: Db, reference: string, ...amounts: bigint[]): Promise<Uuid> {
  const { id } = await db.one<{ id: Uuid }>(
    sql`select ledger.capture_legs(${reference}, ${amounts.length > 0 ? amounts : null}) as id`,
  )
  return id
}

/** Answers false where it was already released or had expired. */
export async function release(db: Db, reference: string): Promise<boolean> {
  const { done } = await db.one<{ done: boolean }>(sql`select ledger.release(${reference}) as done`)
  return done
}

/** For a job: releases what is overdue, up to `limit` references, and answers how many it were. */
export async function expireHolds(db: Db, limit = 500): Promise<number> {
  const { expired } = await db.one<{ expired: number }>(sql`select ledger.expire_holds(${limit}) as expired`)
  return expired
}

export async function balance(db: Db, account: string): Promise<bigint> {
  const row = await db.one<{ balance: bigint }>(sql`select ledger.balance(${account}) as balance`)
  return row.balance
}

export async function balanceAt(db: Db, account: string, at: Date): Promise<bigint> {
  const row = await db.one<{ balance: bigint }>(sql`select ledger.balance_at(${account}, ${at}) as balance`)
  return row.balance
}

export interface Entry {
  readonly seq: bigint
  readonly posted_at: Date
  readonly transfer: Uuid
  readonly reference: string
  readonly leg: number
  readonly kind: string
  readonly counterpart: string
  /** What it did to the account, and what was there then. */
  readonly amount: bigint
  readonly balance: bigint
  readonly metadata: unknown
}

/** An account's entries, newest first. */
export async function statement(
  db: Db,
  account: string,
  { limit = 50, cursor }: { readonly limit?: number; readonly cursor?: string } = {},
): Promise<Page<Entry>> {
  const [seq, before] = cursor === undefined ? [null, null] : decodeCursor(cursor, ['string', 'string'])
  if (seq !== null && !(isBigint(seq) && isBigint(before))) {
    throw kernelFail('bad_request', { reason: 'the cursor is not valid' })
  }
  const rows = await db.many<Entry>(sql`
    select * from ledger.statement(${account}, ${limit + 1}, ${seq}, ${before})`)
  return toPage(
    rows,
    limit,
    (row) => [String(row.seq), String(row.balance - row.amount)],
    (row) => row,
  )
}

export interface JournalLine {
  readonly id: Uuid
  readonly leg: number
  readonly posted_at: Date
  readonly kind: string
  readonly debit: string
  readonly credit: string
  readonly unit: string
  readonly amount: bigint
  readonly metadata: unknown
}

/** The transfers posted under a reference; none where there is nothing. */
export async function journal(db: Db, reference: string): Promise<JournalLine[]> {
  return await db.many<JournalLine>(sql`select * from ledger.journal(${reference})`)
}

export interface AccountBalance {
  readonly name: string
  readonly unit: string
  readonly balance: bigint
  readonly held: bigint
  /** Above the floor; null: any depth. */
  readonly available: bigint | null
}

/** The system's own accounts (not those of people), by name. */
export async function systemAccounts(db: Db): Promise<AccountBalance[]> {
  return await db.many<AccountBalance>(sql`
    select name, unit, balance, held, available from ledger.account_balance where not personal order by name`)
}

export interface Violation {
  readonly violation: string
  readonly subject: string
  readonly details: Readonly<Record<string, unknown>>
}

/** Everything that is not as it must be; empty in health. Reads every transfer. */
export async function verify(database: Database): Promise<Violation[]> {
  return await inLongTransaction(database, systemCaller, (tx) =>
    tx.many<Violation>(sql`select * from ledger.verify()`),
  )
}

function columns(legs: readonly Leg[]) {
  return {
    debits: legs.map((leg) => leg.debit),
    credits: legs.map((leg) => leg.credit),
    amounts: legs.map((leg) => leg.amount),
    kinds: legs.map((leg) => leg.kind ?? null),
  }
}

function json(metadata: Terms['metadata']): string | null {
  return metadata ? sql.json(metadata) : null
}

function isBigint(text: string | null): boolean {
  return text !== null && /^-?\d{1,18}$/.test(text)
}
