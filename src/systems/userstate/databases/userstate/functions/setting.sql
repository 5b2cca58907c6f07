-- A setting's value; the documented default where nobody has set it. settings.ts carries the same defaults.
create or replace function public.setting(p_key text) returns jsonb
language plpgsql stable set search_path = '' as $$
begin
  return coalesce(
    (select s.value from public.app_setting s where s.key = p_key),
    ('{"otp.ttl_seconds": 300, "otp.max_attempts": 5, "otp.resend_seconds": 60, "otp.max_per_hour": 5,
      "auth.login_max_failures": 10, "wallet.max_balance": 20000000, "topup.min": 10000, "topup.max": 20000000,
      "topup.invoice_seconds": 86400, "payment.min": 1, "payment.hold_minutes": 30, "payment.hold_max_minutes": 10080,
      "payout.min": 10000, "payout.max": 20000000, "payout.daily_max": 50000000, "payout.fee": 0,
      "payout.otp_required": true, "points.signup_bonus": 0, "points.earn_amount": 10000, "points.earn_delay_days": 0,
      "points.value": 100, "points.min_redeem": 10, "points.service_max": 100000, "referral.bonus_referrer": 100,
      "referral.bonus_referred": 50, "referral.apply_days": 30, "referral.expire_days": 90, "referral.min_amount": 0,
      "mail.receipts": true, "privacy.erase_days": 30}'::jsonb) -> p_key);
end
$$;

-- A setting that is a whole number.
create or replace function public.setting_number(p_key text) returns integer
language sql stable set search_path = '' as $$
  select (public.setting(p_key) #>> '{}')::integer
$$;
