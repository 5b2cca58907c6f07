/** What all commands of `niaga userstate` work with. */
import { type Caller, systemCaller } from '../../../kernel/caller.ts'
import type { Database } from '../../../postgres/database.ts'
import { walletDatabase } from '../../../systems/userstate/databases.ts'
import { withOpenDatabase } from '../../databases.ts'

/** Acts with the owner's rights, as nobody's admin. */
export const operator: Caller = { ...systemCaller, correlationId: 'cli' }

export async function withWallets(work: (db: Database) => Promise<void>): Promise<void> {
  await withOpenDatabase('platform', walletDatabase.name, work)
}
