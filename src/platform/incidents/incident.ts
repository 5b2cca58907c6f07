/** What is wrong right now: people hear of its beginning and of its end once, over restarts and by one process of many. */
import { sql } from '../../postgres/sql.ts'
import type { Tx } from '../../postgres/transaction.ts'

/** What a look found: `unknown` until something has shown how it is. Another mark of the same incident is news. */
export type Finding =
  | 'well'
  | 'unknown'
  | { readonly mark: string; readonly facts?: Readonly<Record<string, unknown>> }

/**
 * Something is wrong. `mark`: what exactly; where another mark comes to a known incident people are told again, but not
 * within ten minutes. Answers a name that no other telling has, or undefined where there is nothing to tell.
 */
export async function openIncident(tx: Tx, name: string, mark: string): Promise<string | undefined> {
  const row = await tx.maybeOne<{ telling: string }>(sql`
    insert into niaga.incident as i (name, mark, since, told_at) values (${name}, ${mark}, niaga.now(), niaga.now())
      on conflict (name) do update set mark = excluded.mark, told_at = excluded.told_at
        where i.mark <> excluded.mark and i.told_at <= niaga.now() - interval '10 minutes'
      returning i.name || ':' || (extract(epoch from i.told_at) * 1000)::bigint as telling`)
  return row?.telling
}

/** It is over. Answers a name for the telling, or undefined where nobody knew of an incident. */
export async function closeIncident(tx: Tx, name: string): Promise<string | undefined> {
  const row = await tx.maybeOne<{ telling: string }>(sql`
    delete from niaga.incident i where i.name = ${name}
      returning i.name || ':' || (extract(epoch from i.since) * 1000)::bigint as telling`)
  return row?.telling
}
