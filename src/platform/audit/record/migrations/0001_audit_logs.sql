-- The permanent audit: append-only and hash-chained, so that a change or a cut is found (audit_verify).
-- niaga:require functions/chain_audit_log.sql
-- niaga:require functions/keep_audit_log.sql

-- migrate:up
CREATE TABLE audit_logs (
  id BIGSERIAL PRIMARY KEY,
  timestamp TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  actor_id BIGINT,
  actor_type VARCHAR(20) NOT NULL CHECK (actor_type IN ('user','admin','system')),
  entity_type VARCHAR(50) NOT NULL,
  entity_id VARCHAR(50) NOT NULL,
  action VARCHAR(50) NOT NULL,
  before_state JSONB,
  after_state JSONB,
  context JSONB,
  ip_address INET,
  -- The outbox row it came from: relayed twice, written once.
  event_id UUID UNIQUE NOT NULL DEFAULT gen_random_uuid(),
  -- The person concerned, for their export and their erasure.
  subject_id BIGINT,
  -- The salt keeps a destroyed payload from being guessed back from its hash; anonymisation destroys it.
  payload_salt TEXT,
  payload_hash TEXT NOT NULL,
  prev_hash TEXT UNIQUE NOT NULL,
  row_hash TEXT UNIQUE NOT NULL,
  anonymized_at TIMESTAMPTZ,
  CHECK ((payload_salt IS NULL) = (anonymized_at IS NOT NULL))
);
CREATE INDEX idx_audit_logs_timestamp ON audit_logs (timestamp);
CREATE INDEX idx_audit_logs_entity ON audit_logs (entity_type, entity_id);
CREATE INDEX idx_audit_logs_actor ON audit_logs (actor_id);
CREATE INDEX idx_audit_logs_action ON audit_logs (action);
CREATE INDEX idx_audit_logs_subject ON audit_logs (subject_id) WHERE subject_id IS NOT NULL;

CREATE TRIGGER chain BEFORE INSERT ON audit_logs
FOR EACH ROW EXECUTE FUNCTION chain_audit_log();
CREATE TRIGGER keep_unchanged BEFORE UPDATE ON audit_logs
FOR EACH ROW EXECUTE FUNCTION keep_audit_log();
CREATE TRIGGER keep BEFORE DELETE OR TRUNCATE ON audit_logs
FOR EACH STATEMENT EXECUTE FUNCTION keep_audit_log();

-- migrate:down
DROP TABLE audit_logs;
DROP FUNCTION keep_audit_log();
DROP FUNCTION chain_audit_log();
