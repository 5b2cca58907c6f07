import type { Caller } from '../../../kernel/caller.ts'
import { isDomainError } from '../../../kernel/errors.ts'
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
    try {
      await settings.set(tx, key, value, caller.id ?? null)
    } catch (error) {
      if (isDomainError(error, 'validation_failed')) throw fail('setting_invalid', error.details)
      throw error
    }
    const problem = rangeProblem({ ...settings.all(), [key]: value })
    if (problem !== undefined) throw fail('setting_invalid', { reason: problem })
  })
  // The notification comes a moment later; whoever changed it must not read the old value.
  await settings.reload()
}
