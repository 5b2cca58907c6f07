-- What reports may read (UserState, section 9: userstate_ro): every row, but neither what opens an account or a service nor
-- numbers of bank accounts. Columns are named where a table holds such a thing. The role belongs to the server: it stays
-- when a database goes, and logs in once an administrator says so. Safe to run again; false where the role is missing and
-- whoever migrates may make none.
create or replace function public.grant_reports() returns boolean
language plpgsql set search_path = '' as $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'userstate_ro') then
    begin
      create role userstate_ro nologin;
    exception
      -- Another database's migration made it at the same moment.
      when duplicate_object or unique_violation then null;
      when insufficient_privilege then
        raise warning 'the role userstate_ro is missing: let an administrator run "create role userstate_ro nologin", '
          'and the owner of this database "select grant_reports()"';
        return false;
    end;
  end if;
  grant usage on schema public to userstate_ro;
  grant select on public.address_list, public.app_setting, public.bank_channel, public.counter, public.deactivate_reason,
    public.fcm, public.marketing_campaign, public.marketing_offer, public.payment_types, public.payout,
    public.pg_stat_user_indexes, public.point_mutation, public.push_message, public.referral_history, public.user_balance,
    public.user_info, public.user_role, public.user_transaction, public.voucher, public.voucher_redemption,
    public.xendit_checkout_logs, public.xendit_payout_logs to userstate_ro;
  grant select (username, disabled, otp_login, token_expires_at, created_at, updated_at) on public.user_login
    to userstate_ro;
  grant select (id, username, purpose, attempts, ip, expires_at, consumed_at, created_at, updated_at) on public.otp_tracker
    to userstate_ro;
  grant select (holder, prefix, scopes, expires_at, revoked_at, last_used_at, created_at, updated_at) on public.api_key
    to userstate_ro;
  grant select (id, username, channel, account_last4, account_holder_name, active) on public.bank_account to userstate_ro;
  return true;
end
$$;
