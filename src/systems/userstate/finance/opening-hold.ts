import type { Caller } from '../../../kernel/caller.ts'
import { capture, release } from '../../../ledger/ledger.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'

export interface WalletLeft {
  /** Whole rupiah. */
  readonly balance: bigint
  readonly held: bigint
}

/**
 * What a wallet was imported with in transaction was spent after all, or was not (UserState, M1). Again is a no-op.
 * @throws not_found where nothing was held, ledger_hold_closed where it ended the other way
 */
export async function closeOpeningHold(
  { db }: Pick<Store, 'db'>,
  caller: Caller,
  username: string,
  how: 'capture' | 'release',
): Promise<WalletLeft> {
  const reference = `opening_hold:${username}`
  return await inTransaction(db, caller, async (tx) => {
    // Before the ledger's accounts, as everywhere.
    await tx.run(sql`select from user_login where username = ${username} for no key update`)
    const was = await tx.maybeOne(sql`select from ledger.hold where reference = ${reference} limit 1`)
    if (!was) throw fail('not_found')
    if (how === 'capture') await capture(tx, reference)
    else await release(tx, reference)
    await tx.run(sql`select audit.emit(${how}, 'opening_hold', ${username})`)
    return await tx.one<WalletLeft>(
      sql`select balance, held from ledger.account_balance where name = ${`wallet:${username}`}`,
    )
  })
}
