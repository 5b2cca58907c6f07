/** What a database is made of, told by its system's manifest. */
import type { ErrorCatalogue } from '../kernel/errors.ts'

/**
 * A set of migrations with a history of its own: a ground floor (ledger, platform, audit) or a system's own
 * tables. `directory` holds `migrations/NNNN_name.sql` and, where it has any, `functions/*.sql`.
 */
export interface SqlComponent {
  readonly name: string
  readonly directory: URL
  /**
   * The advisory lock under which its rows are carried into another database of the system. A backup holds it while
   * it takes its snapshots, so that no row is between the two.
   */
  readonly relayLock?: string
  /** SQL file that is run when data was restored into it: what must not be as it was, because the server is another. */
  readonly restored?: URL
}

/** A component that brings its own migrator, such as the job queue. Must be safe to run again. */
export interface ForeignComponent {
  readonly name: string
  /** SQL file that says what the application's role may do with it; run after each installation. */
  readonly grants: URL
  /** Tables that its installation fills; a backup leaves them out. */
  readonly bookkeeping: readonly string[]
  /** As in `SqlComponent`. */
  readonly restored?: URL
  install(databaseUrl: string): Promise<void>
}

export type Component = SqlComponent | ForeignComponent

export function isSqlComponent(component: Component): component is SqlComponent {
  return 'directory' in component
}

/** Tables of schema public. */
export interface Upkeep {
  /** Weekly: dead rows away, statistics anew. */
  readonly vacuum: readonly string[]
  /** Monthly: indexes made anew, while everybody works on. */
  readonly reindex: readonly string[]
}

export interface DatabaseManifest {
  readonly system: string
  /** As documented: "db_store1". */
  readonly name: string
  /** Another name the document prints for it, `--service=auth-service`. */
  readonly service?: string
  /** Variables that may hold its URL besides `NIAGA_<NAME>_URL`, first one wins. */
  readonly urlVariables: readonly string[]
  /** The same, where the document names it in parts: host, port, user. */
  readonly urlOf?: (environment: Readonly<Record<string, string | undefined>>) => string | undefined
  /** The system works on without it for a while, so that a start does not fail where it is away. */
  readonly mayBeAway?: boolean
  /** In the order of installation; the system's own component comes last. */
  readonly components: readonly Component[]
  /** Tables that the document wants looked after beyond autovacuum; the house does it at night. */
  readonly upkeep?: Upkeep
  /** The catalogue its errors are translated into. */
  readonly errors: ErrorCatalogue
}

/** The system's own tables, on top of the ground floors. */
export function ownComponent(manifest: DatabaseManifest): SqlComponent {
  const own = manifest.components.at(-1)
  if (!own || !isSqlComponent(own)) throw new TypeError(`${manifest.name} has no migrations of its own`)
  return own
}
