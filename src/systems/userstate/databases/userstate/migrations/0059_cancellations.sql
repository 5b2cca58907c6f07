-- Whoever gives up what waits for the gateway ends it there first, and the gateway tells of that end at once: its callback
-- must not call it expired before we have called it cancelled.

-- migrate:up
alter table user_transaction add column cancel_asked_at timestamptz;
grant update (cancel_asked_at) on user_transaction to niaga_app;

-- migrate:down
revoke update (cancel_asked_at) on user_transaction from niaga_app;
alter table user_transaction drop column cancel_asked_at;
