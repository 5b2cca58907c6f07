/** A database that carries nothing but the ground floors, for the tests of those. */
import { kernelErrors } from '../src/kernel/errors.ts'
import { auditComponent, auditRecordComponent, platformComponent } from '../src/platform/components.ts'
import { platformErrors } from '../src/platform/errors.ts'
import { jobsComponent } from '../src/platform/jobs/component.ts'
import type { DatabaseManifest } from '../src/postgres/manifest.ts'

export const platformDatabase: DatabaseManifest = {
  system: 'platform',
  name: 'platform',
  urlVariables: [],
  components: [jobsComponent, platformComponent, auditComponent],
  errors: { ...kernelErrors, ...platformErrors },
}

/** A permanent audit, as QuickCart's documents describe it; the relay and the verification know its table. */
export const auditTargetDatabase: DatabaseManifest = {
  system: 'platform',
  name: 'audit_target',
  urlVariables: [],
  components: [platformComponent, auditRecordComponent],
  errors: { ...kernelErrors, ...platformErrors },
}
