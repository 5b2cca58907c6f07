import type { Caller } from '../../../kernel/caller.ts'
import { type UserId, userId } from './user-id.ts'

/** Who looks at an order or a deposit: its owner, an admin, or somebody for whom it is not there. */
export interface Viewer {
  readonly userId: UserId
  readonly isAdmin: boolean
}

export function viewerOf(caller: Caller): Viewer {
  return { userId: userId(caller.id ?? 0), isAdmin: caller.type === 'admin' }
}
