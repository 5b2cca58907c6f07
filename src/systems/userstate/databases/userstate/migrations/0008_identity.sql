-- Codes, referrals, staff and keys: what the application may do of it, and what only functions may.
-- niaga:require functions/api_key.sql
-- niaga:require functions/referral.sql
-- niaga:require functions/staff_role.sql

-- migrate:up
grant insert, update (status, qualified_transaction_id) on referral_history to niaga_app;
grant update (last_used_at) on api_key to niaga_app;
-- Whoever may call them is judged by whom they name: an admin.
revoke execute on function grant_role(text, text, text) from public;
revoke execute on function revoke_role(text, text, text) from public;
revoke execute on function create_api_key(text, text, text, text[], timestamptz, text) from public;
revoke execute on function revoke_api_key(text, text) from public;
grant execute on function grant_role(text, text, text) to niaga_app;
grant execute on function revoke_role(text, text, text) to niaga_app;
grant execute on function create_api_key(text, text, text, text[], timestamptz, text) to niaga_app;
grant execute on function revoke_api_key(text, text) to niaga_app;

-- migrate:down
DROP FUNCTION revoke_api_key(text, text);
DROP FUNCTION create_api_key(text, text, text, text[], timestamptz, text);
DROP FUNCTION revoke_role(text, text, text);
DROP FUNCTION grant_role(text, text, text);
revoke update (last_used_at) on api_key from niaga_app;
revoke insert, update (status, qualified_transaction_id) on referral_history from niaga_app;
