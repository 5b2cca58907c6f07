-- People: customers, resellers, admins. The id is the Telegram user id.
-- niaga:require functions/update_timestamp.sql
-- niaga:require functions/log_audit_event.sql
-- niaga:require functions/normalize_contact.sql

-- migrate:up
CREATE TABLE users (
  id BIGINT PRIMARY KEY,
  name VARCHAR(255) NOT NULL,
  username VARCHAR(255) UNIQUE,
  email VARCHAR(255) UNIQUE,
  whatsapp_number VARCHAR(20),
  member_status VARCHAR(10) NOT NULL DEFAULT 'customer'
    CHECK (member_status IN ('customer','reseller','admin')),
  bank_id VARCHAR(10) UNIQUE NOT NULL CHECK (bank_id ~ '^[0-9]{6}$'),
  -- A projection of the ledger account user.{id}: nothing else writes it.
  account_balance DECIMAL(15,2) NOT NULL DEFAULT 0.00 CHECK (account_balance >= 0),
  is_banned BOOLEAN NOT NULL DEFAULT false,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  -- Since when Telegram refuses our messages to them; cleared by their next message to us.
  blocked_bot_at TIMESTAMPTZ,
  erased_at TIMESTAMPTZ,
  -- Stands for the person in the permanent audit after their erasure.
  erased_as BIGINT UNIQUE CHECK (erased_as < 0),
  CHECK ((erased_at IS NULL) = (erased_as IS NULL))
);
CREATE INDEX idx_users_member_status ON users (member_status);
CREATE INDEX idx_users_bank_id ON users (bank_id);
CREATE INDEX idx_users_email ON users (email) WHERE email IS NOT NULL;

CREATE TRIGGER normalize_contact BEFORE INSERT OR UPDATE OF username, email, whatsapp_number ON users
FOR EACH ROW EXECUTE FUNCTION normalize_contact();
CREATE TRIGGER update_timestamp BEFORE UPDATE ON users
FOR EACH ROW EXECUTE FUNCTION update_timestamp();
CREATE TRIGGER audit_trigger AFTER INSERT OR UPDATE OR DELETE ON users
FOR EACH ROW EXECUTE FUNCTION log_audit_event();

select niaga.declare_lifecycle('users', 'member_status', '{customer}',
  '{"customer": ["reseller", "admin"], "reseller": ["customer", "admin"], "admin": ["customer"]}');

-- migrate:down
select niaga.undeclare_lifecycle('users', 'member_status');
DROP TABLE users;
DROP FUNCTION normalize_contact();
DROP FUNCTION log_audit_event();
DROP FUNCTION update_timestamp();
