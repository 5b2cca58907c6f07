-- The documented indexes, word for word; then those that the document names without printing them, and ours.
-- niaga:accept hidden because it creates the printed indexes that are not there yet
-- niaga:accept index-blocks-writes because only a database that is being adopted has rows, and nothing of ours uses it yet

-- migrate:up
do $do$
declare
  v_statement text;
begin
  foreach v_statement in array array[
    $$CREATE INDEX idx_user_info_email ON user_info(email);$$,
    $$CREATE INDEX idx_user_info_referral_code ON user_info(referral_code);$$,
    $$CREATE INDEX idx_user_transaction_username ON user_transaction(username);$$,
    $$CREATE INDEX idx_user_transaction_status ON user_transaction(status);$$,
    $$CREATE INDEX idx_user_transaction_created_at ON user_transaction(created_at);$$,
    $$CREATE INDEX idx_point_mutation_username ON point_mutation(username);$$,
    $$CREATE INDEX idx_point_mutation_type ON point_mutation(type);$$,
    $$CREATE INDEX idx_referral_history_submitted_by ON referral_history(submitted_by);$$,
    $$CREATE INDEX idx_referral_history_status ON referral_history(status);$$,
    $$CREATE INDEX idx_transaction_user_status ON user_transaction(username, status);$$,
    $$CREATE INDEX idx_transaction_user_created ON user_transaction(username, created_at DESC);$$,
    $$CREATE INDEX idx_point_user_type_status ON point_mutation(username, type, status);$$]
  loop
    if to_regclass('public.' || substring(v_statement from 'INDEX (\w+)')) is null then
      execute v_statement;
    end if;
  end loop;
end
$do$;

CREATE UNIQUE INDEX uq_user_login_username_lower ON user_login (lower(username));
CREATE UNIQUE INDEX uq_user_info_email_lower ON user_info (lower(email));
CREATE INDEX address_list_username_idx ON address_list (username);
CREATE UNIQUE INDEX uq_address_list_primary ON address_list (username) WHERE primary_address;
CREATE INDEX user_transaction_invoice_idx ON user_transaction (invoice);
CREATE UNIQUE INDEX uq_user_transaction_xendit_invoice ON user_transaction (xendit_invoice)
  WHERE xendit_invoice IS NOT NULL;
CREATE INDEX idx_user_transaction_pending_expiry ON user_transaction (expired_at) WHERE status = 'PENDING';
CREATE INDEX idx_user_transaction_payee ON user_transaction (payee, created_at DESC) WHERE payee IS NOT NULL;
CREATE INDEX idx_user_transaction_parent ON user_transaction (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX point_mutation_reference_number_idx ON point_mutation (reference_number);
CREATE UNIQUE INDEX uq_point_mutation_award ON point_mutation (username, type, src, reference_number)
  WHERE src IN ('REFERRAL','SIGNUP_BONUS','TRANSACTION');
CREATE INDEX idx_point_mutation_due ON point_mutation (available_at)
  WHERE status = 'PENDING' AND available_at IS NOT NULL;
CREATE UNIQUE INDEX uq_referral_history_username ON referral_history (username);
CREATE INDEX voucher_redemption_username_idx ON voucher_redemption (username);
CREATE INDEX voucher_redemption_code_idx ON voucher_redemption (code);
CREATE UNIQUE INDEX uq_voucher_redemption_transaction ON voucher_redemption (transaction_id)
  WHERE transaction_id IS NOT NULL AND status <> 'CANCELLED';
CREATE INDEX fcm_username_idx ON fcm (username);
CREATE INDEX marketing_offer_username_idx ON marketing_offer (username);
CREATE UNIQUE INDEX uq_marketing_offer_campaign_user ON marketing_offer (campaign_id, username)
  WHERE campaign_id IS NOT NULL;
CREATE INDEX idx_api_key_holder ON api_key (holder, prefix);
CREATE INDEX otp_tracker_username_idx ON otp_tracker (username);
CREATE INDEX idx_otp_tracker_active ON otp_tracker (username, purpose, id DESC) WHERE consumed_at IS NULL;
CREATE INDEX bank_account_username_idx ON bank_account (username);
CREATE UNIQUE INDEX uq_bank_account_number ON bank_account (username, channel, account_number_hash)
  WHERE active AND account_number_hash IS NOT NULL;
CREATE INDEX bank_channel_code_idx ON bank_channel (code);
CREATE INDEX deactivate_reason_username_idx ON deactivate_reason (username);
CREATE INDEX idx_payout_username_created ON payout (username, created_at DESC);
CREATE INDEX idx_payout_open ON payout (status, updated_at) WHERE status IN ('QUEUED','ACCEPTED','PENDING');
CREATE INDEX idx_marketing_campaign_due ON marketing_campaign (scheduled_at) WHERE status = 'SCHEDULED';
CREATE UNIQUE INDEX uq_push_message_dedupe ON push_message (dedupe_key, fcm_id);
CREATE INDEX idx_push_message_username_created ON push_message (username, created_at DESC);
CREATE INDEX idx_push_message_queued ON push_message (id) WHERE status = 'QUEUED';
CREATE INDEX xendit_checkout_logs_id ON xendit_checkout_logs ((doc ->> 'id'));
CREATE INDEX xendit_checkout_logs_status ON xendit_checkout_logs ((doc ->> 'status'));
CREATE INDEX xendit_checkout_logs_created_at ON xendit_checkout_logs (created_at DESC);
CREATE INDEX xendit_checkout_logs_status_created_at ON xendit_checkout_logs ((doc ->> 'status'), created_at DESC);
CREATE INDEX xendit_payout_logs_id ON xendit_payout_logs ((doc ->> 'id'));
CREATE INDEX xendit_payout_logs_status ON xendit_payout_logs ((doc ->> 'status'));
CREATE INDEX xendit_payout_logs_created_at ON xendit_payout_logs (created_at DESC);
CREATE INDEX xendit_payout_logs_status_created_at ON xendit_payout_logs ((doc ->> 'status'), created_at DESC);

-- migrate:down
-- They go with their tables, all but these of the documented ones.
do $$
declare
  v_index record;
begin
  for v_index in
    select i.relname as name from pg_index x
    join pg_class i on i.oid = x.indexrelid join pg_namespace n on n.oid = i.relnamespace
    where n.nspname = 'public' and not exists (select from pg_constraint c where c.conindid = i.oid)
  loop
    execute format('drop index %I', v_index.name);
  end loop;
end
$$;
