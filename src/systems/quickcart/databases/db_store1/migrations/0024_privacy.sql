-- People's rights over their data: what the shop writes about their requests, and what keeps an erased person erased.
-- niaga:require functions/pseudonymise_event.sql
-- niaga:require functions/refuse_erased_author.sql
-- niaga:accept index-blocks-writes because no shop is older than this file: the table is empty or small
-- niaga:accept validates-under-lock because no shop is older than this file: the table is empty or small

-- migrate:up
grant insert (user_id, kind, requested_at), update (status, export_file, completed_at, download_until, error)
  on privacy_requests to niaga_app;
create index privacy_requests_user_id on privacy_requests (user_id);
-- The downloads that end.
create index privacy_requests_download_until on privacy_requests (download_until) where export_file is not null;

-- Whatever comes late, a profile that was just being edited too: an erased row carries no personal field.
ALTER TABLE users ADD CONSTRAINT users_erased_is_blank CHECK (erased_at IS NULL
  OR (name = 'Deleted user' AND num_nonnulls(username, email, whatsapp_number) = 0));

-- A message that is just being written waits for the erasure, and is refused.
CREATE TRIGGER refuse_erased_author BEFORE INSERT ON support_messages
FOR EACH ROW EXECUTE FUNCTION refuse_erased_author();

-- Rows of changes are pseudonymised where they are written (log_audit_event); events are here.
CREATE TRIGGER pseudonymise_event BEFORE INSERT ON audit.outbox
FOR EACH ROW WHEN (new.before_state IS NULL AND new.after_state IS NULL AND new.action <> 'anonymize')
EXECUTE FUNCTION pseudonymise_event();

-- migrate:down
-- It knows the row type of users, and that table could not go.
drop function if exists check_erasable(users);
DROP TRIGGER pseudonymise_event ON audit.outbox;
DROP FUNCTION pseudonymise_event();
DROP TRIGGER refuse_erased_author ON support_messages;
DROP FUNCTION refuse_erased_author();
ALTER TABLE users DROP CONSTRAINT users_erased_is_blank;
drop index privacy_requests_download_until;
drop index privacy_requests_user_id;
revoke insert (user_id, kind, requested_at), update (status, export_file, completed_at, download_until, error)
  on privacy_requests from niaga_app;
