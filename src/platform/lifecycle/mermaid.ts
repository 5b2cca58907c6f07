/** A declared lifecycle as the diagram in the docs. */
import type { Db } from '../../postgres/database.ts'
import { sql } from '../../postgres/sql.ts'

export interface Lifecycle {
  readonly table: string
  readonly column: string
  readonly initial: readonly string[]
  /** Followers of each state; a state without any is final. */
  readonly transitions: Readonly<Record<string, readonly string[]>>
}

/** Every lifecycle that the database enforces, by table and column. */
export async function readLifecycles(db: Db): Promise<Lifecycle[]> {
  return await db.many<Lifecycle>(sql`
    select table_name::text as "table", column_name::text as "column", initial, transitions
    from niaga.lifecycle order by table_name, column_name`)
}

/** Mermaid `stateDiagram-v2`. */
export function mermaid({ initial, transitions }: Lifecycle): string {
  const steps = Object.entries(transitions).flatMap(([from, followers]) =>
    followers.map((to) => `  ${from === '' ? '[*]' : from} --> ${to}`),
  )
  const states = new Set([...initial, ...Object.values(transitions).flat()])
  const finals = [...states].filter((state) => (transitions[state] ?? []).length === 0)
  return [
    'stateDiagram-v2',
    // A column that may be null begins with no state.
    ...initial.filter((state) => state !== '').map((state) => `  [*] --> ${state}`),
    ...steps,
    ...finals.map((state) => `  ${state} --> [*]`),
  ].join('\n')
}
