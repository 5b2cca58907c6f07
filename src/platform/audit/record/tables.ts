/** The tables of db_audits. Generated from its catalog by `npm run generate`: never edit. */
import type { Uuid } from '../../../kernel/ids.ts'

export type AuditLogsActorType = 'user' | 'admin' | 'system'

export interface AuditLogsRow {
  id: bigint
  timestamp: Date
  actor_id: bigint | null
  actor_type: AuditLogsActorType
  entity_type: string
  entity_id: string
  action: string
  before_state: unknown | null
  after_state: unknown | null
  context: unknown | null
  ip_address: string | null
  event_id: Uuid
  subject_id: bigint | null
  payload_salt: string | null
  payload_hash: string
  prev_hash: string
  row_hash: string
  anonymized_at: Date | null
}
