-- Vouchers, and the pause between two redemptions of one person.
-- niaga:require functions/voucher_lifecycle.sql

-- migrate:up
CREATE TABLE vouchers (
  id SERIAL PRIMARY KEY,
  code VARCHAR(20) UNIQUE NOT NULL,
  amount DECIMAL(15,2) NOT NULL CHECK (amount > 0),
  created_by BIGINT NOT NULL REFERENCES users (id),
  is_used BOOLEAN NOT NULL DEFAULT false,
  used_by BIGINT REFERENCES users (id),
  used_at TIMESTAMPTZ,
  -- Free: null. Reserved: a pending order. Used: the paid one.
  order_id INT REFERENCES orders (id),
  expires_at TIMESTAMPTZ NOT NULL,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  CHECK (is_used OR (used_by IS NULL AND used_at IS NULL))
);
CREATE INDEX idx_vouchers_code ON vouchers (code);
CREATE INDEX idx_vouchers_used_by ON vouchers (used_by);
CREATE INDEX idx_vouchers_is_used ON vouchers (is_used);
CREATE INDEX idx_vouchers_expires_at ON vouchers (expires_at);
CREATE UNIQUE INDEX uq_vouchers_order_id ON vouchers (order_id) WHERE order_id IS NOT NULL;

CREATE TRIGGER audit_trigger AFTER INSERT OR UPDATE OR DELETE ON vouchers
FOR EACH ROW EXECUTE FUNCTION log_audit_event();
CREATE TRIGGER voucher_lifecycle BEFORE UPDATE ON vouchers
FOR EACH ROW WHEN ((old.order_id, old.is_used, old.used_by, old.used_at) IS DISTINCT FROM
  (new.order_id, new.is_used, new.used_by, new.used_at))
EXECUTE FUNCTION voucher_lifecycle();

CREATE TABLE voucher_usage_cooldown (
  id SERIAL PRIMARY KEY,
  user_id BIGINT NOT NULL REFERENCES users (id),
  last_voucher_used TIMESTAMPTZ NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL,
  CHECK (expires_at > last_voucher_used)
);
CREATE INDEX idx_voucher_cooldown_user_id ON voucher_usage_cooldown (user_id);
CREATE INDEX idx_voucher_cooldown_expires_at ON voucher_usage_cooldown (expires_at);

CREATE TRIGGER audit_trigger AFTER INSERT OR UPDATE OR DELETE ON voucher_usage_cooldown
FOR EACH ROW EXECUTE FUNCTION log_audit_event();

-- migrate:down
DROP TABLE voucher_usage_cooldown;
DROP TABLE vouchers;
DROP FUNCTION voucher_lifecycle();
