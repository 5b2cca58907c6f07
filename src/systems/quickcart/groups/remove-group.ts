import type { Caller } from '../../../kernel/caller.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import { deleteGroup } from './group.queries.ts'

/** The group is told nothing any more (QuickCart, /rm). @throws group_not_found */
export async function removeGroup(store: Store, caller: Caller, chatId: bigint): Promise<void> {
  const wasThere = await inTransaction(store.db, caller, (tx) => deleteGroup(tx, chatId))
  if (!wasThere) throw fail('group_not_found')
}
