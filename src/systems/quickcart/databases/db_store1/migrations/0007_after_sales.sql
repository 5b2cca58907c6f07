-- Warranty claims, and refunds with the formula they were computed by.

-- migrate:up
CREATE TABLE warranty_claims (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_item_id INT NOT NULL REFERENCES order_items (id),
  note TEXT,
  recorded_by BIGINT NOT NULL REFERENCES users (id),
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);
CREATE INDEX idx_warranty_claims_order_item_id ON warranty_claims (order_item_id);

CREATE TRIGGER audit_trigger AFTER INSERT OR UPDATE OR DELETE ON warranty_claims
FOR EACH ROW EXECUTE FUNCTION log_audit_event();

CREATE TABLE refunds (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_id INT NOT NULL REFERENCES orders (id),
  user_id BIGINT NOT NULL REFERENCES users (id),
  base_amount DECIMAL(15,2) NOT NULL CHECK (base_amount >= 0),
  days_used INT NOT NULL CHECK (days_used >= 0),
  claims_count INT NOT NULL CHECK (claims_count >= 0),
  multiplier DECIMAL(4,2) NOT NULL CHECK (multiplier > 0) CHECK (multiplier <= 1),
  amount DECIMAL(15,2) NOT NULL CHECK (amount > 0),
  formula JSONB NOT NULL,
  status VARCHAR(10) NOT NULL DEFAULT 'requested' CHECK (status IN ('requested','paid','rejected')),
  decided_by BIGINT REFERENCES users (id),
  reason TEXT,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  CHECK (amount <= base_amount),
  CHECK ((status = 'requested') = (decided_by IS NULL))
);
CREATE UNIQUE INDEX uq_refunds_one_live_per_order ON refunds (order_id) WHERE status <> 'rejected';
CREATE INDEX idx_refunds_status ON refunds (status, created_at);
CREATE INDEX idx_refunds_user_id ON refunds (user_id);

CREATE TRIGGER update_timestamp BEFORE UPDATE ON refunds
FOR EACH ROW EXECUTE FUNCTION update_timestamp();
CREATE TRIGGER audit_trigger AFTER INSERT OR UPDATE OR DELETE ON refunds
FOR EACH ROW EXECUTE FUNCTION log_audit_event();
CREATE TRIGGER retention_guard BEFORE DELETE ON refunds
FOR EACH ROW WHEN (old.status = 'paid') EXECUTE FUNCTION retain_financial_record();
select niaga.declare_lifecycle('refunds', 'status', '{requested}', '{"requested": ["paid", "rejected"]}');

-- migrate:down
select niaga.undeclare_lifecycle('refunds', 'status');
DROP TABLE refunds;
DROP TABLE warranty_claims;
