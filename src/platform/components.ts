/** The ground floors that a database can be built on, next to the ledger. */
import type { SqlComponent } from '../postgres/manifest.ts'
import { AUDIT_RELAY_LOCK } from './audit/relay.ts'

/** Clock, lifecycles, idempotency, inbox, kv and access: schema `niaga`. */
export const platformComponent: SqlComponent = {
  name: 'platform',
  directory: new URL('./sql/', import.meta.url),
}

/** The audit outbox of a database whose changes are recorded elsewhere: schema `audit`. */
export const auditComponent: SqlComponent = {
  name: 'audit',
  directory: new URL('./audit/source/', import.meta.url),
  relayLock: AUDIT_RELAY_LOCK,
  restored: new URL('./audit/source/restored.sql', import.meta.url),
}

/** The permanent, hash-chained record that the outbox is carried into, in a database of its own. */
export const auditRecordComponent: SqlComponent = {
  name: 'db_audits',
  directory: new URL('./audit/record/', import.meta.url),
}
