/** Exports on disk: one file per request, for its owner's eyes and a day. */
import type { Store } from '../store.ts'

const FILE = /^(\d{1,18})\./

export function exportFile(id: bigint): string {
  return `${id}.json`
}

/** Removes files of exports that are not `live`: ended, or left behind by a process that died. Answers how many. */
export async function removeOthers({ exports }: Store, live: ReadonlySet<bigint>): Promise<number> {
  const dead = (await exports.list()).filter((name) => {
    const id = FILE.exec(name)?.[1]
    return id !== undefined && !live.has(BigInt(id))
  })
  for (const name of dead) await exports.remove(name)
  return dead.length
}
