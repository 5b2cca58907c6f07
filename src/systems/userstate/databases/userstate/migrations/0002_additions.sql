-- Tables that the document needs and does not have: staff rights, settings, vouchers, payouts, campaigns, pushes, and the
-- document logs where no MongoDB keeps them.
-- niaga:accept validates-under-lock because only a database that is being adopted has offers, and nothing of ours uses it yet

-- migrate:up
CREATE TABLE user_role (
  username VARCHAR(255) NOT NULL REFERENCES user_login (username),
  role VARCHAR(32) NOT NULL CHECK (role IN ('admin','finance','support','marketing')),
  granted_by VARCHAR(255) REFERENCES user_login (username),
  created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (username, role)
);

CREATE TABLE app_setting (
  key VARCHAR(64) PRIMARY KEY,
  value JSONB NOT NULL,
  description TEXT,
  updated_by VARCHAR(255) REFERENCES user_login (username),
  updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TRIGGER settings_changed AFTER INSERT OR UPDATE OR DELETE ON app_setting
FOR EACH ROW EXECUTE FUNCTION niaga.settings_changed();

CREATE TABLE voucher (
  code VARCHAR(64) PRIMARY KEY CHECK (code = upper(code)),
  kind VARCHAR(16) NOT NULL CHECK (kind IN ('BALANCE','POINTS','DISCOUNT_FIXED','DISCOUNT_PERCENT')),
  value INTEGER NOT NULL CHECK (value > 0),
  max_discount INTEGER CHECK (max_discount IS NULL OR max_discount > 0),
  min_amount INTEGER NOT NULL DEFAULT 0 CHECK (min_amount >= 0),
  quota INTEGER CHECK (quota IS NULL OR quota >= 0),
  redeemed_count INTEGER NOT NULL DEFAULT 0 CHECK (redeemed_count >= 0),
  per_user_limit INTEGER NOT NULL DEFAULT 1 CHECK (per_user_limit >= 1),
  payee VARCHAR(255),
  is_onapps BOOLEAN NOT NULL DEFAULT false,
  active BOOLEAN NOT NULL DEFAULT true,
  starts_at TIMESTAMPTZ,
  ends_at TIMESTAMPTZ,
  created_by VARCHAR(255) REFERENCES user_login (username),
  created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CHECK (kind <> 'DISCOUNT_PERCENT' OR value <= 100),
  CONSTRAINT voucher_within_quota CHECK (quota IS NULL OR redeemed_count <= quota),
  CHECK (starts_at IS NULL OR ends_at IS NULL OR starts_at < ends_at)
);

CREATE TABLE payout (
  id BIGSERIAL PRIMARY KEY,
  username VARCHAR(255) NOT NULL REFERENCES user_login (username),
  transaction_id BIGINT NOT NULL UNIQUE REFERENCES user_transaction (id),
  bank_account_id INTEGER NOT NULL REFERENCES bank_account (id),
  reference_id VARCHAR(64) NOT NULL UNIQUE,
  xendit_payout_id VARCHAR(255) UNIQUE,
  channel_code VARCHAR(64) NOT NULL,
  account_last4 VARCHAR(4) NOT NULL,
  account_holder_name VARCHAR(100) NOT NULL,
  amount INTEGER NOT NULL CHECK (amount > 0),
  fee INTEGER NOT NULL DEFAULT 0 CHECK (fee >= 0),
  status VARCHAR(16) NOT NULL
    CHECK (status IN ('QUEUED','ACCEPTED','PENDING','SUCCEEDED','FAILED','CANCELLED','REVERSED')),
  failure_code VARCHAR(64),
  estimated_arrival_time TIMESTAMPTZ,
  attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  fee_hold_id UUID,
  completed_at TIMESTAMPTZ,
  created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE marketing_campaign (
  id BIGSERIAL PRIMARY KEY,
  name VARCHAR(255) NOT NULL,
  telp VARCHAR(255) NOT NULL,
  message VARCHAR(255) NOT NULL,
  audience JSONB NOT NULL CHECK (jsonb_typeof(audience) = 'object'),
  push BOOLEAN NOT NULL DEFAULT true,
  status VARCHAR(16) NOT NULL DEFAULT 'DRAFT'
    CHECK (status IN ('DRAFT','SCHEDULED','SENDING','SENT','CANCELLED')),
  scheduled_at TIMESTAMPTZ,
  recipients INTEGER NOT NULL DEFAULT 0,
  created_by VARCHAR(255) NOT NULL REFERENCES user_login (username),
  created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
);
ALTER TABLE marketing_offer ADD CONSTRAINT marketing_offer_campaign_id_fkey
  FOREIGN KEY (campaign_id) REFERENCES marketing_campaign (id);

CREATE TABLE push_message (
  id BIGSERIAL PRIMARY KEY,
  username VARCHAR(255) REFERENCES user_login (username),
  fcm_id VARCHAR(255) NOT NULL REFERENCES fcm (fcm_id),
  title VARCHAR(255) NOT NULL,
  body TEXT NOT NULL,
  data JSONB NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(data) = 'object'),
  dedupe_key VARCHAR(128) NOT NULL,
  status VARCHAR(16) NOT NULL DEFAULT 'QUEUED' CHECK (status IN ('QUEUED','SENT','FAILED','SKIPPED')),
  fcm_message_name VARCHAR(255),
  error_code VARCHAR(64),
  attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE xendit_checkout_logs (
  _id VARCHAR(24) PRIMARY KEY CHECK (_id ~ '^[0-9a-f]{24}$'),
  doc JSONB NOT NULL CHECK (jsonb_typeof(doc) = 'object'),
  created_at TIMESTAMPTZ NOT NULL,
  CHECK (doc ? 'id' AND doc ? 'status' AND doc ? 'created_at'),
  CHECK (doc ->> 'status' IN ('PENDING','PAID','EXPIRED','FAILED'))
);

CREATE TABLE xendit_payout_logs (
  _id VARCHAR(24) PRIMARY KEY CHECK (_id ~ '^[0-9a-f]{24}$'),
  doc JSONB NOT NULL CHECK (jsonb_typeof(doc) = 'object'),
  created_at TIMESTAMPTZ NOT NULL,
  CHECK (doc ? 'id' AND doc ? 'status' AND doc ? 'created_at'),
  CHECK (doc ->> 'status' IN ('PENDING','PROCESSING','COMPLETED','FAILED','CANCELLED'))
);

-- migrate:down
ALTER TABLE marketing_offer DROP CONSTRAINT marketing_offer_campaign_id_fkey;
DROP TABLE xendit_payout_logs, xendit_checkout_logs, push_message, marketing_campaign, payout, voucher, app_setting,
  user_role;
