import type { Violation } from '../../ledger/ledger.ts'
import { json, printRows } from './output.ts'

/** What contradicts itself, or `healthy` where nothing does; exit code 1 where something does. */
export function printViolations(
  violations: readonly (Violation & { readonly database: string })[],
  healthy: string,
  asJson: boolean | undefined,
): void {
  if (violations.length > 0) process.exitCode = 1
  if (violations.length === 0 && !asJson) console.log(healthy)
  else {
    printRows(
      violations,
      {
        database: (v) => v.database,
        violation: (v) => v.violation,
        subject: (v) => v.subject,
        details: (v) => json(v.details),
      },
      asJson,
    )
  }
}
