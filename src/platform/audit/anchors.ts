/** Heads of the audit chain, kept outside of the databases too: whoever rewrites those cannot rewrite these. */
import { createReadStream } from 'node:fs'
import { appendFile, mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import type { Log } from '../../kernel/log.ts'
import { type Sql, sql } from '../../postgres/sql.ts'

/** The row that was last when it was written, and how many rows there were up to it. */
export interface Anchor {
  readonly audit_id: bigint
  readonly row_hash: string
  readonly row_count: bigint
}

/** The table of the same beside the outbox; a document that has it says where. */
export function anchorTable(schema = 'public'): Sql {
  return sql.id(schema, 'audit_anchors')
}

/** One line a minute keeps a year's file below 100 MB, and a minute's rows are still in the shop's own anchors. */
const INTERVAL_MS = 60_000

export interface AnchorFile {
  /** Written at once, or with the next one when the last line is younger than a minute. */
  note(anchor: Anchor): Promise<void>
  /** Writes what was held back. */
  close(): Promise<void>
}

export function anchorFile(path: string, log: Log): AnchorFile {
  let pending: Anchor | undefined
  let writtenAt = Number.NEGATIVE_INFINITY

  async function write(): Promise<void> {
    if (!pending) return
    const { audit_id, row_hash, row_count } = pending
    const line = { audit_id: String(audit_id), row_hash, row_count: String(row_count) }
    await mkdir(dirname(path), { recursive: true })
    // A crash may have left half a line; the first line of a process starts on one of its own.
    const start = writtenAt === Number.NEGATIVE_INFINITY ? '\n' : ''
    await appendFile(path, `${start}${JSON.stringify({ ...line, at: new Date().toISOString() })}\n`)
    log.info(line, 'audit chain head')
    pending = undefined
    writtenAt = performance.now()
  }

  return {
    async note(anchor) {
      pending = anchor
      if (performance.now() - writtenAt >= INTERVAL_MS) await write()
    },
    close: write,
  }
}

/** The anchors that a file holds at this moment, handed out in its order. None where there is no file. */
export async function anchorsSoFar(path: string): Promise<{ upTo(id: bigint): Promise<Anchor[]> }> {
  const size = await stat(path)
    .then((file) => file.size)
    .catch(absent)
  const anchors = readAnchors(path, size)
  let next: Anchor | undefined
  return {
    async upTo(id) {
      const found: Anchor[] = []
      for (;;) {
        next ??= (await anchors.next()).value ?? undefined
        if (!next || next.audit_id > id) return found
        found.push(next)
        next = undefined
      }
    },
  }
}

function absent(error: NodeJS.ErrnoException): number {
  if (error.code === 'ENOENT') return 0
  throw error
}

/** Lines that a crash cut short are passed over. */
async function* readAnchors(path: string, size: number): AsyncGenerator<Anchor, undefined> {
  if (size === 0) return
  for await (const line of createInterface({
    input: createReadStream(path, { encoding: 'utf8', end: size - 1 }),
  })) {
    const anchor = parseAnchor(line)
    if (anchor) yield anchor
  }
}

function parseAnchor(line: string): Anchor | undefined {
  const match = /^{"audit_id":"(\d+)","row_hash":"([0-9a-f]{64})","row_count":"(\d+)",/.exec(line)
  const [, id, hash, count] = match ?? []
  if (!id || !hash || !count) return undefined
  return { audit_id: BigInt(id), row_hash: hash, row_count: BigInt(count) }
}
