import type { Caller } from '../../../kernel/caller.ts'
import { isDomainError } from '../../../kernel/errors.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import { rangeProblem } from '../settings.ts'
import type { Store } from '../store.ts'

/** @throws not_found, setting_invalid */
export async function changeSetting(
  { db, settings }: Pick<Store, 'db' | 'settings'>,
  caller: Caller,
  key: string,
  value: unknown,
): Promise<void> {
  await inTransaction(db, caller, async (tx) => {
    // One change at a time: two that fit what is there may not fit each other.
    await tx.run(sql`select pg_advisory_xact_lock(hashtext('userstate.settings'))`)
    try {
      await settings.set(tx, key, value, caller.id ?? null)
    } catch (error) {
      if (isDomainError(error, 'validation_failed')) throw fail('setting_invalid', error.details)
      throw error
    }
    // As the table has them: somebody else's change may not have been heard of yet.
    const rows = await tx.many<{ key: string; value: unknown }>(sql`select key, value from app_setting`)
    const stored = Object.fromEntries(rows.map((row) => [row.key, row.value]))
    const problem = rangeProblem({ ...settings.all(), ...stored })
    if (problem !== undefined) throw fail('setting_invalid', { reason: problem })
  })
  // The notification comes a moment later; whoever changed it must not read the old value.
  await settings.reload()
}
