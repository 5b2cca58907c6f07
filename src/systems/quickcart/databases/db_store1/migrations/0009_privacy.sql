-- Requests of people about their own data, and the audit chain's heads as the shop saw them.

-- migrate:up
CREATE TABLE privacy_requests (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id BIGINT REFERENCES users (id) ON DELETE SET NULL,
  kind VARCHAR(10) NOT NULL CHECK (kind IN ('export','erasure')),
  status VARCHAR(12) NOT NULL DEFAULT 'requested'
    CHECK (status IN ('requested','processing','done','rejected')),
  forfeited_amount DECIMAL(15,2) NOT NULL DEFAULT 0.00 CHECK (forfeited_amount >= 0),
  export_file JSONB,
  requested_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  completed_at TIMESTAMPTZ,
  download_until TIMESTAMPTZ,
  error TEXT
);
CREATE UNIQUE INDEX uq_privacy_requests_open ON privacy_requests (user_id, kind)
  WHERE status IN ('requested','processing');

CREATE TRIGGER audit_trigger AFTER INSERT OR UPDATE OR DELETE ON privacy_requests
FOR EACH ROW EXECUTE FUNCTION log_audit_event();
select niaga.declare_lifecycle('privacy_requests', 'status', '{requested}',
  '{"requested": ["processing", "rejected"], "processing": ["done"]}');

-- A head that the relay wrote into the audit database; if it is missing there, the tail was cut off.
CREATE TABLE audit_anchors (
  audit_id BIGINT PRIMARY KEY,
  row_hash TEXT NOT NULL CHECK (row_hash ~ '^[0-9a-f]{64}$'),
  row_count BIGINT NOT NULL CHECK (row_count > 0),
  anchored_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);

-- migrate:down
select niaga.undeclare_lifecycle('privacy_requests', 'status');
DROP TABLE audit_anchors;
DROP TABLE privacy_requests;
