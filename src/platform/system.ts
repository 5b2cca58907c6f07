/** The door of every system: what it is made of, and how the application opens it. */
import type { FastifyInstance } from 'fastify'
import type { Clock } from '../kernel/clock.ts'
import type { ErrorCatalogue } from '../kernel/errors.ts'
import type { Log } from '../kernel/log.ts'
import type { Database } from '../postgres/database.ts'
import type { DatabaseManifest } from '../postgres/manifest.ts'
import type { AuditVerification } from './audit/verify.ts'
import type { Environment, Variables } from './configuration.ts'
import type { Metrics } from './http/metrics.ts'
import type { CronEntry } from './jobs/cron.ts'
import type { Task } from './jobs/job.ts'

export interface SystemManifest {
  /** "quickcart", "quickcart-store2": the key in CLI, logs, metrics and tokens. */
  readonly name: string
  readonly title: string
  readonly about: string
  readonly databases: readonly DatabaseManifest[]
  readonly errors: ErrorCatalogue
  /** Names of files in the data folder that speak of what its databases hold; a restore sets them aside. */
  readonly files: readonly string[]
  /** What may be set in the environment. */
  readonly variables: Variables
  /**
   * What a start needs of the environment, beyond each variable by itself.
   * @throws ConfigurationError with all that is missing or contradicts itself
   */
  checkEnvironment?(environment: Environment): void
  /** Reads in the code behind `seed` and `open`, while there is something to wait for. */
  load(): Promise<unknown>
  /** Idempotent upserts; `demo` adds the documented demonstration set. */
  seed(context: SystemContext, options: { readonly demo: boolean }): Promise<void>
  /** Walks the permanent record of what happened; changes nothing. */
  verifyAudit(context: SystemContext): Promise<AuditVerification>
  /** Prepares everything, starts nothing. */
  open(context: SystemContext): Promise<RunningSystem>
}

export interface SystemContext {
  readonly environment: Environment
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  /** For files: exports, anchors. */
  readonly dataDirectory: string
  /** Where this server is reached from this machine, without a slash at the end. */
  readonly baseUrl: string
  /** The same for people's browsers and outside parties. */
  readonly publicUrl: string
  /** What the house itself wants done on the queue of the system's first database. */
  readonly houseWork: HouseWork
  /** One of the system's own databases, by its documented name. */
  database(name: string): Database
}

export interface HouseWork {
  readonly tasks: readonly Task[]
  readonly cron: readonly CronEntry[]
}

export interface RunningSystem {
  /** Adds the system's routes, in a scope of its own; its webhooks where the outside expects them. */
  routes(app: FastifyInstance): Promise<void>
  /** Starts workers, relays, bots. The server already listens. Where it throws it leaves nothing running: it is tried again. */
  start(): Promise<void>
  /** No new work; what runs is finished or given back. */
  stop(): Promise<void>
  /** For the front page; quick, from indexes or small tables. */
  overview(): Promise<Overview>
}

export interface OpenedSystem {
  readonly manifest: SystemManifest
  readonly running: RunningSystem
}

export interface Overview {
  /** How a newcomer tries the system, in order; absent where real outside parties are configured. */
  readonly tour?: readonly { readonly title: string; readonly text: string; readonly href?: string }[]
  /** "Orders": 12 */
  readonly counts: readonly { readonly label: string; readonly value: string }[]
  readonly accounts: readonly { readonly name: string; readonly balance: string }[]
  readonly audit?: { readonly verifiedUpTo: string; readonly ok: boolean; readonly waiting: number }
  /** Of a shop: the newest paid order, what it moved, and what the record says of it. */
  readonly trail?: Trail | 'none yet'
  readonly links: readonly { readonly label: string; readonly href: string; readonly about: string }[]
}

export interface Trail {
  /** "TRX20261121ABC123" */
  readonly title: string
  readonly transfers: readonly { readonly from: string; readonly to: string; readonly amount: string }[]
  /** Nothing in the whole ledger contradicts itself. */
  readonly ledgerOk: boolean
  readonly audit: readonly {
    readonly id: string
    readonly action: string
    readonly entity: string
    readonly at: Date
  }[]
  /** Every digest and link up to the newest of these rows is right. */
  readonly auditOk: boolean
}
