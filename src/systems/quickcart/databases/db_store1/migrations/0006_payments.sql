-- Top-ups of the balance, and the gateway's transaction behind each QRIS order or top-up.

-- migrate:up
CREATE TABLE deposits (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  invoice_id VARCHAR(20) UNIQUE NOT NULL,
  user_id BIGINT NOT NULL REFERENCES users (id),
  -- What is credited; the fee comes on top.
  amount DECIMAL(15,2) NOT NULL CHECK (amount > 0),
  payment_fee DECIMAL(15,2) NOT NULL CHECK (payment_fee >= 0),
  total_bill DECIMAL(15,2) NOT NULL,
  status VARCHAR(10) NOT NULL DEFAULT 'pending' CHECK (status IN ('pending','paid','expired','cancelled')),
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  CHECK (total_bill = amount + payment_fee)
);
CREATE INDEX idx_deposits_user_id ON deposits (user_id, created_at DESC);
CREATE INDEX idx_deposits_status ON deposits (status);
CREATE UNIQUE INDEX uq_deposits_one_pending_per_user ON deposits (user_id) WHERE status = 'pending';

CREATE TRIGGER update_timestamp BEFORE UPDATE ON deposits
FOR EACH ROW EXECUTE FUNCTION update_timestamp();
CREATE TRIGGER audit_trigger AFTER INSERT OR UPDATE OR DELETE ON deposits
FOR EACH ROW EXECUTE FUNCTION log_audit_event();
CREATE TRIGGER retention_guard BEFORE DELETE ON deposits
FOR EACH ROW WHEN (old.status = 'paid') EXECUTE FUNCTION retain_financial_record();
select niaga.declare_lifecycle('deposits', 'status', '{pending}',
  '{"pending": ["paid", "expired", "cancelled"]}');

CREATE TABLE payments (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  invoice_id VARCHAR(20) UNIQUE NOT NULL,
  order_id INT UNIQUE REFERENCES orders (id),
  deposit_id BIGINT UNIQUE REFERENCES deposits (id),
  user_id BIGINT NOT NULL REFERENCES users (id),
  gateway VARCHAR(20) NOT NULL DEFAULT 'pakasir',
  -- The net amount that the gateway is told; it adds its fee itself.
  amount DECIMAL(15,2) NOT NULL CHECK (amount > 0),
  fee DECIMAL(15,2) NOT NULL CHECK (fee >= 0),
  total_payment DECIMAL(15,2) NOT NULL,
  status VARCHAR(20) NOT NULL DEFAULT 'creating' CHECK (status IN
    ('creating','awaiting','completed','expired','cancelled','failed','late_completed')),
  settled_as VARCHAR(20) CHECK (settled_as IN ('order','deposit','late_credit')),
  qr_string TEXT,
  checkout_url TEXT,
  expires_at TIMESTAMPTZ NOT NULL,
  gateway_expires_at TIMESTAMPTZ,
  completed_at TIMESTAMPTZ,
  last_checked_at TIMESTAMPTZ,
  last_error TEXT,
  -- The message that shows the QR.
  chat_id BIGINT,
  message_id BIGINT,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  CHECK (num_nonnulls(order_id, deposit_id) = 1),
  CHECK (total_payment = amount + fee),
  CHECK ((status IN ('completed','late_completed')) = (settled_as IS NOT NULL)),
  CHECK (qr_string IS NULL OR status = 'awaiting')
);
CREATE INDEX idx_payments_open ON payments (expires_at) WHERE status IN ('creating','awaiting');
CREATE INDEX idx_payments_user_id ON payments (user_id, created_at DESC);
CREATE INDEX idx_payments_status ON payments (status);

CREATE TRIGGER update_timestamp BEFORE UPDATE ON payments
FOR EACH ROW EXECUTE FUNCTION update_timestamp();
CREATE TRIGGER audit_trigger AFTER INSERT OR UPDATE OR DELETE ON payments
FOR EACH ROW EXECUTE FUNCTION log_audit_event();
CREATE TRIGGER retention_guard BEFORE DELETE ON payments
FOR EACH ROW WHEN (old.status IN ('completed', 'late_completed')) EXECUTE FUNCTION retain_financial_record();
select niaga.declare_lifecycle('payments', 'status', '{creating}', '{
  "creating": ["awaiting", "failed", "completed", "expired", "cancelled"],
  "awaiting": ["completed", "expired", "cancelled"],
  "expired": ["late_completed"],
  "cancelled": ["late_completed"],
  "failed": ["late_completed"]}');

-- migrate:down
select niaga.undeclare_lifecycle('payments', 'status');
select niaga.undeclare_lifecycle('deposits', 'status');
DROP TABLE payments;
DROP TABLE deposits;
