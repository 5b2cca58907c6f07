/** A known bug, and which people meet it. */
import type { FaultName } from './faults.ts'
import type { Sabotage } from './torture.ts'

export interface Mutation {
  readonly name: string
  readonly changes: readonly {
    /** Below src/. */
    readonly file: string
    /** Stands there exactly once. */
    readonly from: string
    readonly to: string
  }[]
  /** Done to the database besides. */
  readonly sabotage?: Sabotage
  readonly stories: readonly string[]
  readonly faults?: readonly FaultName[]
}
