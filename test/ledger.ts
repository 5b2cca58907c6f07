/** A database that carries the ledger alone, for its own tests and benchmarks. */
import { kernelErrors } from '../src/kernel/errors.ts'
import { ledgerComponent } from '../src/ledger/component.ts'
import { ledgerErrors } from '../src/ledger/errors.ts'
import type { DatabaseManifest } from '../src/postgres/manifest.ts'

export const ledgerDatabase: DatabaseManifest = {
  system: 'ledger',
  name: 'ledger',
  urlVariables: [],
  components: [ledgerComponent],
  errors: { ...kernelErrors, ...ledgerErrors },
}
