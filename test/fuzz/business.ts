/** One of the systems that are attacked, and who is in it. */
import type { Database } from '../../src/postgres/database.ts'
import type { Random } from '../random.ts'

export interface Actor {
  readonly name: string
  /** Of whom the system knows; nobody else may do anything in it. */
  readonly id?: number | string
  readonly headers: Readonly<Record<string, string>>
  /** May read what belongs to others. */
  readonly seesAll: boolean
}

/** With its databases. */
export interface Business {
  /** "/quickcart/" */
  readonly prefix: string
  readonly db: Database
  readonly audits: Database
  readonly actors: readonly Actor[]
  /** Words of Ayu's or Sari's, by what they are: no answer to anybody contains them who may not see all. */
  readonly canaries: ReadonlyMap<string, string>
  /** No answer to anybody. */
  readonly sealed: ReadonlyMap<string, string>
  /** Stand in no audit row, queue or cache. */
  readonly secrets: ReadonlyMap<string, string>
  /** Ids, invoices and codes that exist, by the name of the field that asks for them: "id", or "topups/id". */
  known(name: string, random: Random): unknown
  /** Before a batch: what would make everything after it refused. */
  restore(): Promise<void>
}
