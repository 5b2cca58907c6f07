-- Points to balance, vouchers, closing an account: what the application may write for them.
-- niaga:require functions/points.sql
-- niaga:require functions/voucher.sql

-- migrate:up
grant insert on user_transaction, voucher_redemption, deactivate_reason to niaga_app;
grant insert, update (value, max_discount, kind, min_amount, quota, redeemed_count, per_user_limit, payee, is_onapps, active,
  starts_at, ends_at) on voucher to niaga_app;
grant update (reactivated_at, reactivated_by) on deactivate_reason to niaga_app;
grant update (enabled, disabled_reason) on fcm to niaga_app;

-- migrate:down
-- They speak of types of the tables that go next.
DROP FUNCTION redeem_voucher(text, text);
DROP FUNCTION lock_voucher(text, text);
DROP FUNCTION grant_points(text, enum_point_mutation_type, numeric, text, text, enum_point_mutation_status, text);
revoke update (enabled, disabled_reason) on fcm from niaga_app;
revoke update (reactivated_at, reactivated_by) on deactivate_reason from niaga_app;
revoke insert, update (value, max_discount, kind, min_amount, quota, redeemed_count, per_user_limit, payee, is_onapps, active,
  starts_at, ends_at) on voucher from niaga_app;
revoke insert on user_transaction, voucher_redemption, deactivate_reason from niaga_app;
