-- What the use cases that speak to many, or carry messages between people, may write; how a broadcast is counted.
-- niaga:require functions/keep_broadcast.sql
-- niaga:accept index-blocks-writes because no shop is older than this file: the table is empty or small
-- niaga:accept validates-under-lock because no shop is older than this file: the table is empty or small

-- migrate:up
grant insert (user_id, direction, admin_id, body, photo_file_id, in_reply_to, created_at)
  on support_messages to niaga_app;
grant insert (chat_id, title, added_by, created_at), update (title), delete on notification_groups to niaga_app;
grant insert (kind, body, created_by, created_at, updated_at),
  update (status, total_count, sent_count, failed_count) on broadcasts to niaga_app;

-- What people were sent is what the admins read when they sent it.
CREATE TRIGGER keep_broadcast BEFORE UPDATE ON broadcasts
FOR EACH ROW WHEN ((old.kind, old.body, old.created_by) IS DISTINCT FROM (new.kind, new.body, new.created_by))
EXECUTE FUNCTION keep_broadcast();
ALTER TABLE broadcasts ADD CONSTRAINT broadcasts_body_fits CHECK (length(body) BETWEEN 1 AND 4096);

-- A broadcast's counts, and whether anything of it is still to be sent.
CREATE INDEX telegram_outbox_broadcast ON telegram_outbox (ref_id, status) WHERE ref_type = 'broadcast';
-- Vouchers of one state, newest first.
CREATE INDEX vouchers_by_state ON vouchers (is_used, id DESC);

-- migrate:down
DROP INDEX vouchers_by_state;
DROP INDEX telegram_outbox_broadcast;
ALTER TABLE broadcasts DROP CONSTRAINT broadcasts_body_fits;
DROP TRIGGER keep_broadcast ON broadcasts;
DROP FUNCTION keep_broadcast();
revoke insert (kind, body, created_by, created_at, updated_at),
  update (status, total_count, sent_count, failed_count) on broadcasts from niaga_app;
revoke insert (chat_id, title, added_by, created_at), update (title), delete on notification_groups from niaga_app;
revoke insert (user_id, direction, admin_id, body, photo_file_id, in_reply_to, created_at)
  on support_messages from niaga_app;
