-- What the running application may write: the columns its use cases write. Balances are left to the ledger's functions,
-- roles and the identity of keys to functions of their own. A table whose use cases come later is read only.

-- migrate:up
grant usage on schema public to niaga_app;
grant select on all tables in schema public to niaga_app;
grant usage on all sequences in schema public to niaga_app;

grant insert (username, pwd, otp_login), update (pwd, disabled, token, token_expires_at, otp_login) on user_login
  to niaga_app;
grant insert, update (email, first_name, last_name, profile_img, gender, date_of_birth, phone_number, agent, agent_id,
  referral_applied_status, email_verified_at, marketing_opt_in, erased_at) on user_info to niaga_app;
-- A row begins with nothing; what it shows the ledger writes.
grant insert (username) on user_balance to niaga_app;
grant insert, update, delete on address_list to niaga_app;
grant insert, update on counter to niaga_app;
grant insert, update (status), delete on point_mutation to niaga_app;
grant insert, update (attempts, consumed_at), delete on otp_tracker to niaga_app;
grant insert, update on app_setting to niaga_app;
grant select, insert, delete on audit.audit_anchors to niaga_app;

-- migrate:down
revoke all on audit.audit_anchors from niaga_app;
revoke all on all sequences in schema public from niaga_app;
revoke all on all tables in schema public from niaga_app;
revoke usage on schema public from niaga_app;
