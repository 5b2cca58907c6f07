-- Everything that is said over Telegram, and to whom.
-- niaga:require functions/notify_telegram_outbox.sql

-- migrate:up
CREATE TABLE notification_groups (
  chat_id BIGINT PRIMARY KEY CHECK (chat_id < 0),
  title VARCHAR(255),
  added_by BIGINT NOT NULL REFERENCES users (id),
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);
CREATE TRIGGER audit_trigger AFTER INSERT OR UPDATE OR DELETE ON notification_groups
FOR EACH ROW EXECUTE FUNCTION log_audit_event();

CREATE TABLE support_messages (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id BIGINT NOT NULL REFERENCES users (id),
  direction VARCHAR(10) NOT NULL CHECK (direction IN ('to_admin','to_user')),
  admin_id BIGINT REFERENCES users (id),
  body TEXT NOT NULL,
  photo_file_id VARCHAR(255),
  in_reply_to BIGINT REFERENCES support_messages (id),
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  CHECK ((direction = 'to_user') = (admin_id IS NOT NULL))
);
CREATE INDEX idx_support_messages_user_id ON support_messages (user_id, created_at DESC);

CREATE TABLE broadcasts (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind VARCHAR(10) NOT NULL DEFAULT 'message' CHECK (kind IN ('message','giveaway')),
  body TEXT NOT NULL,
  created_by BIGINT NOT NULL REFERENCES users (id),
  status VARCHAR(10) NOT NULL DEFAULT 'draft' CHECK (status IN ('draft','sending','done','cancelled')),
  total_count INT NOT NULL DEFAULT 0 CHECK (total_count >= 0),
  sent_count INT NOT NULL DEFAULT 0 CHECK (sent_count >= 0),
  failed_count INT NOT NULL DEFAULT 0 CHECK (failed_count >= 0),
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  CHECK (sent_count + failed_count <= total_count)
);
CREATE INDEX idx_broadcasts_status ON broadcasts (status);

CREATE TRIGGER update_timestamp BEFORE UPDATE ON broadcasts
FOR EACH ROW EXECUTE FUNCTION update_timestamp();
CREATE TRIGGER audit_trigger AFTER INSERT OR UPDATE OR DELETE ON broadcasts
FOR EACH ROW EXECUTE FUNCTION log_audit_event();
select niaga.declare_lifecycle('broadcasts', 'status', '{draft}',
  '{"draft": ["sending", "cancelled"], "sending": ["done", "cancelled"]}');

-- Calls to Telegram that must be made, written with what caused them; their texts are rendered when sent.
CREATE TABLE telegram_outbox (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  chat_id BIGINT NOT NULL,
  method VARCHAR(50) NOT NULL,
  payload JSONB NOT NULL,
  ref_type VARCHAR(20),
  ref_id VARCHAR(50),
  dedupe_key VARCHAR(100) UNIQUE,
  priority SMALLINT NOT NULL DEFAULT 5,
  status VARCHAR(10) NOT NULL DEFAULT 'queued' CHECK (status IN ('queued','sending','sent','failed')),
  attempts INT NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  next_attempt_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  message_id BIGINT,
  error TEXT,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  sent_at TIMESTAMPTZ,
  CHECK ((status = 'sent') = (sent_at IS NOT NULL))
);
CREATE INDEX idx_telegram_outbox_due ON telegram_outbox (priority, next_attempt_at, id) WHERE status = 'queued';
CREATE INDEX idx_telegram_outbox_sending ON telegram_outbox (next_attempt_at) WHERE status = 'sending';
CREATE INDEX idx_telegram_outbox_message ON telegram_outbox (chat_id, message_id) WHERE message_id IS NOT NULL;
CREATE INDEX idx_telegram_outbox_ref ON telegram_outbox (ref_type, ref_id) WHERE ref_type IS NOT NULL;
-- A chat reads its messages in order: the sender asks for each whether something comes before it.
CREATE INDEX telegram_outbox_open ON telegram_outbox (chat_id, priority, id) WHERE status IN ('queued','sending');

CREATE TRIGGER notify_telegram_outbox AFTER INSERT ON telegram_outbox
FOR EACH STATEMENT EXECUTE FUNCTION notify_telegram_outbox();
select niaga.declare_lifecycle('telegram_outbox', 'status', '{queued}',
  '{"queued": ["sending", "failed"], "sending": ["sent", "queued", "failed"]}');

-- migrate:down
select niaga.undeclare_lifecycle('telegram_outbox', 'status');
select niaga.undeclare_lifecycle('broadcasts', 'status');
DROP TABLE telegram_outbox;
DROP TABLE broadcasts;
DROP TABLE support_messages;
DROP TABLE notification_groups;
DROP FUNCTION notify_telegram_outbox();
