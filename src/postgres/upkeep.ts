/** Looking after tables and their indexes, with the owner's rights and none of the pools' limits; nobody waits for it. */
import pg from 'pg'
import { connected } from './session.ts'

export interface UpkeepTelling {
  /** Before each table. */
  readonly onTable?: (table: string) => void
  /** Gives up between two tables, and in the middle of one. */
  readonly signal?: AbortSignal
}

/** Dead rows away, statistics anew. */
export async function vacuum(url: string, tables: readonly string[], telling: UpkeepTelling = {}) {
  await eachTable(url, tables, telling, async (client, table) => {
    await client.query(`vacuum (analyze) public.${pg.escapeIdentifier(table)}`)
  })
}

/** Indexes made anew beside the old ones. What a run before this one left half made goes first. */
export async function reindex(url: string, tables: readonly string[], telling: UpkeepTelling = {}) {
  await eachTable(url, tables, telling, async (client, table) => {
    const { rows } = await client.query<{ name: string }>(
      `select i.indexrelid::regclass::text as name from pg_index i join pg_class c on c.oid = i.indexrelid
       where i.indrelid = $1::regclass and not i.indisvalid and c.relname ~ '_cc(new|old)[0-9]*$'`,
      [`public.${pg.escapeIdentifier(table)}`],
    )
    for (const { name } of rows) await client.query(`drop index concurrently ${name}`)
    await client.query(`reindex table concurrently public.${pg.escapeIdentifier(table)}`)
  })
}

async function eachTable(
  url: string,
  tables: readonly string[],
  { onTable, signal }: UpkeepTelling,
  work: (client: pg.Client, table: string) => Promise<void>,
): Promise<void> {
  const client = await connected(url, 'niaga upkeep')
  const giveUp = () => void client.end()
  signal?.addEventListener('abort', giveUp)
  try {
    for (const table of tables) {
      signal?.throwIfAborted()
      onTable?.(table)
      await work(client, table)
    }
  } finally {
    signal?.removeEventListener('abort', giveUp)
    await client.end()
  }
}
