/** Where the heads of the audit chain are kept: in the data folder, outside of every database. */
import { join } from 'node:path'
import type { SystemContext } from '../../platform/system.ts'

export const ANCHOR_FILE = 'userstate-audit-anchors.jsonl'

export function anchorPath({ dataDirectory }: Pick<SystemContext, 'dataDirectory'>): string {
  return join(dataDirectory, ANCHOR_FILE)
}
