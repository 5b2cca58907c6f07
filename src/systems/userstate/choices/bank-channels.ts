/** Banks and e-wallets to be paid out to (UserState, section 2 and U24). */
import type { Caller } from '../../../kernel/caller.ts'
import { decodeCursor, type Page, toPage } from '../../../kernel/cursor.ts'
import type { Db } from '../../../postgres/database.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction, type Tx } from '../../../postgres/transaction.ts'
import type { BankChannelRow } from '../databases/userstate/tables.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'

export type Channel = Omit<BankChannelRow, 'active' | 'xendit_code'>

const offered = sql.raw('c.id, c.code, c.type, c.currency, c.description, c.alias')

/** By code; `search` finds codes, names and other names. */
export async function selectChannels(db: Db, currency: string, search: string | null): Promise<Channel[]> {
  return await db.many<Channel>(sql`
    select ${offered} from bank_channel c
    where c.active and c.currency = ${currency} and (${search}::text is null
      or strpos(lower(concat_ws(',', c.code, c.description, c.alias)), lower(${search}::text)) > 0)
    order by c.code, c.id limit 500`)
}

/** It stays the bank it is until the end of the transaction: `put_bank_channel` waits. */
export async function holdActiveChannel(tx: Tx, id: number): Promise<Channel | undefined> {
  await tx.run(
    sql`select pg_advisory_xact_lock_shared(hashtextextended('bank_channel ' || ${id}::integer, 0))`,
  )
  return await tx.maybeOne<Channel>(
    sql`select ${offered} from bank_channel c where c.id = ${id} and c.active`,
  )
}

/** All of them, by number. @throws bad_request for a wrong cursor */
export async function listBankChannels(
  { db }: Store,
  { cursor, limit }: { readonly cursor?: string; readonly limit: number },
): Promise<Page<BankChannelRow>> {
  const after = cursor === undefined ? null : decodeCursor(cursor, ['number'] as const)[0]
  const rows = await db.many<BankChannelRow>(sql`
    select * from bank_channel where ${after}::bigint is null or id > ${after}::bigint order by id limit ${limit + 1}`)
  return toPage(
    rows,
    limit,
    ({ id }) => [id],
    (row) => row,
  )
}

/** @throws not_found */
export async function findBankChannel(db: Db, id: number): Promise<BankChannelRow> {
  const found = await db.maybeOne<BankChannelRow>(sql`select * from bank_channel where id = ${id}`)
  if (!found) throw fail('not_found')
  return found
}

/** Made or replaced as a whole. */
export async function putBankChannel(
  store: Store,
  caller: Caller,
  channel: BankChannelRow,
): Promise<BankChannelRow> {
  const { id, code, type, currency, description, alias, active, xendit_code: xenditCode } = channel
  return await inTransaction(store.db, caller, async (tx) => {
    await tx.one(sql`
      select put_bank_channel(${id}, ${code}, ${type}, ${currency}, ${description}, ${alias}, ${active}, ${xenditCode})`)
    return await findBankChannel(tx, id)
  })
}
