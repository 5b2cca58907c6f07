/** Where a shop keeps the heads of its audit chain: in the data folder, outside of every database. */
import { join } from 'node:path'
import type { SystemContext } from '../../platform/system.ts'
import type { StoreIdentity } from './stores/store-identity.ts'

export function anchorFileName({ fileSuffix }: StoreIdentity): string {
  return `quickcart${fileSuffix}-audit-anchors.jsonl`
}

export function anchorPath(
  identity: StoreIdentity,
  { dataDirectory }: Pick<SystemContext, 'dataDirectory'>,
): string {
  return join(dataDirectory, anchorFileName(identity))
}
