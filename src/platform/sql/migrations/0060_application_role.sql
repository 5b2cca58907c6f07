-- What the running application may do here (src/postgres/application-role.ts makes the role). Whatever changes rights,
-- mints API keys or declares lifecycles stays with the owner.

-- migrate:up
grant usage on schema niaga to niaga_app;
grant select, update on niaga.clock to niaga_app;
grant select, insert, delete on niaga.idempotency to niaga_app;
grant select, insert, update on niaga.inbox, niaga.cron to niaga_app;
grant select, insert, update, delete on niaga.kv, niaga.kv_sorted_set to niaga_app;
grant select, insert, update (retired_at) on niaga.signing_key to niaga_app;
grant select, insert, update (revoked_at), delete on niaga.session to niaga_app;
grant select, insert, update (used_at) on niaga.refresh_token to niaga_app;
grant select, update (last_used_at) on niaga.api_key to niaga_app;

-- migrate:down
revoke all on all tables in schema niaga from niaga_app;
revoke usage on schema niaga from niaga_app;
