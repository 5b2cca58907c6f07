import type { Caller } from '../../../kernel/caller.ts'
import { invalidFields } from '../../../platform/http/validation.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { settingProblems } from '../settings.ts'
import type { Store } from '../store.ts'

/**
 * Stores a setting; every process hears of it at once (QuickCart, §6).
 * @throws not_found for a key that is none, validation_failed where the value does not fit it or the others
 */
export async function changeSetting(
  store: Store,
  caller: Caller,
  key: string,
  value: unknown,
): Promise<void> {
  const { settings } = store
  const by = caller.type === 'admin' && caller.id !== undefined ? BigInt(caller.id) : null
  await inTransaction(store.db, caller, async (tx) => {
    await settings.set(tx, key, value, by)
    const problems = settingProblems({ ...settings.all(), [key]: value })
    if (problems.length > 0) throw invalidFields(problems)
  })
  // The notification comes a moment later; whoever changed it must not read the old value.
  await settings.reload()
}
