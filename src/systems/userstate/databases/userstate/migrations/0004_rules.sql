-- What holds for single rows: times, states, repeats, the audit.
-- niaga:require functions/audit_change.sql
-- niaga:require functions/guard_counter.sql
-- niaga:require functions/log_moves_on.sql
-- niaga:require functions/mirror_referral.sql
-- niaga:require functions/next_bank_account_id.sql
-- niaga:require functions/refuse.sql
-- niaga:require functions/skip_repeat.sql
-- niaga:accept hidden because it makes triggers and sets a sequence behind the ids that are there

-- migrate:up
do $$
declare
  v_table text;
begin
  foreach v_table in array array['user_login', 'user_info', 'user_balance', 'address_list', 'user_transaction',
    'point_mutation', 'referral_history', 'voucher_redemption', 'fcm', 'marketing_offer', 'api_key', 'otp_tracker',
    'payment_types', 'deactivate_reason', 'app_setting', 'voucher', 'payout', 'marketing_campaign', 'push_message']
  loop
    execute format('create trigger touch before update on %I for each row execute function niaga.touch()', v_table);
  end loop;
  foreach v_table in array array['user_login', 'user_info', 'user_transaction', 'bank_account', 'api_key', 'user_role',
    'app_setting', 'voucher', 'payout', 'deactivate_reason']
  loop
    execute format('create trigger audit after insert or update or delete on %I for each row
      execute function audit_change()', v_table);
  end loop;
end
$$;

select niaga.declare_lifecycle('user_transaction', 'status', '{PENDING}',
  '{"PENDING": ["PAID", "EXPIRED", "CANCELLED", "FAILED"], "EXPIRED": ["PAID"], "CANCELLED": ["PAID"], "FAILED": ["PAID"]}');
-- Late money reaches the wallet only: a payment that is over stays so.
CREATE TRIGGER late_money_is_a_topup BEFORE UPDATE OF status ON user_transaction
FOR EACH ROW WHEN (old.type <> 'TOPUP' AND old.status IN ('EXPIRED', 'CANCELLED', 'FAILED') AND new.status = 'PAID')
EXECUTE FUNCTION niaga.refuse_transition('status', 'id');
select niaga.declare_lifecycle('point_mutation', 'status', '{PENDING}', '{"PENDING": ["COMPLETE"]}');
select niaga.declare_lifecycle('referral_history', 'status', '{PENDING}', '{"PENDING": ["COMPLETED", "EXPIRED"]}');
select niaga.declare_lifecycle('user_info', 'referral_applied_status', '{""}',
  '{"": ["PENDING"], "PENDING": ["COMPLETED", "EXPIRED"]}');
select niaga.declare_lifecycle('voucher_redemption', 'status', '{RESERVED,REDEEMED}',
  '{"RESERVED": ["REDEEMED", "CANCELLED"]}');
select niaga.declare_lifecycle('payout', 'status', '{QUEUED}',
  '{"QUEUED": ["ACCEPTED", "PENDING", "SUCCEEDED", "FAILED", "CANCELLED"],
    "ACCEPTED": ["PENDING", "SUCCEEDED", "FAILED", "CANCELLED"], "PENDING": ["SUCCEEDED", "FAILED", "CANCELLED"],
    "SUCCEEDED": ["REVERSED"]}');
select niaga.declare_lifecycle('marketing_campaign', 'status', '{DRAFT}',
  '{"DRAFT": ["SCHEDULED", "SENDING", "CANCELLED"], "SCHEDULED": ["SENDING", "DRAFT", "CANCELLED"],
    "SENDING": ["SENT", "CANCELLED"]}');
select niaga.declare_lifecycle('push_message', 'status', '{QUEUED}', '{"QUEUED": ["SENT", "FAILED", "SKIPPED"]}');

CREATE TRIGGER moves_on BEFORE UPDATE ON xendit_checkout_logs
FOR EACH ROW EXECUTE FUNCTION log_moves_on(
  '{"PENDING": ["PAID", "EXPIRED", "FAILED"], "EXPIRED": ["PAID"], "FAILED": ["PAID"]}');
CREATE TRIGGER moves_on BEFORE UPDATE ON xendit_payout_logs
FOR EACH ROW EXECUTE FUNCTION log_moves_on(
  '{"PENDING": ["PROCESSING", "COMPLETED", "FAILED", "CANCELLED"], "PROCESSING": ["COMPLETED", "FAILED", "CANCELLED"],
    "COMPLETED": ["FAILED"]}');

CREATE TRIGGER mirror AFTER INSERT OR UPDATE OF status ON referral_history
FOR EACH ROW EXECUTE FUNCTION mirror_referral();
CREATE TRIGGER mirrored BEFORE UPDATE OF referral_applied_status ON user_info
FOR EACH ROW WHEN (old.referral_applied_status IS DISTINCT FROM new.referral_applied_status)
EXECUTE FUNCTION guard_referral_mirror();

CREATE TRIGGER skip_repeat BEFORE INSERT ON payment_types
FOR EACH ROW EXECUTE FUNCTION skip_repeated_payment_type();
CREATE TRIGGER skip_repeat BEFORE INSERT ON bank_channel
FOR EACH ROW EXECUTE FUNCTION skip_repeated_bank_channel();

CREATE TRIGGER guard BEFORE UPDATE ON counter
FOR EACH ROW EXECUTE FUNCTION guard_counter();

CREATE SEQUENCE bank_account_id_seq AS integer OWNED BY bank_account.id;
ALTER TABLE bank_account ALTER id SET DEFAULT next_bank_account_id();

-- Heads of the audit chain (platform/audit): a table of the platform's, not of the document's.
CREATE TABLE audit.audit_anchors (
  audit_id BIGINT PRIMARY KEY,
  row_hash TEXT NOT NULL CHECK (row_hash ~ '^[0-9a-f]{64}$'),
  row_count BIGINT NOT NULL CHECK (row_count > 0),
  anchored_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- migrate:down
DROP TABLE audit.audit_anchors;
ALTER TABLE bank_account ALTER id DROP DEFAULT;
DROP SEQUENCE bank_account_id_seq;
select niaga.undeclare_lifecycle(format('%I.%I', l.table_schema, l.table_name)::regclass, l.column_name)
from niaga.lifecycle l where l.table_schema = 'public';
do $$
declare
  v record;
begin
  for v in
    select c.relname as "table", t.tgname as name from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where c.relnamespace = 'public'::regnamespace and not t.tgisinternal
      and t.tgname in ('touch', 'audit', 'late_money_is_a_topup', 'mirror', 'mirrored', 'skip_repeat', 'guard',
        'moves_on')
  loop
    execute format('drop trigger %I on %I', v.name, v."table");
  end loop;
end
$$;
DROP FUNCTION next_bank_account_id();
DROP FUNCTION skip_repeated_payment_type();
DROP FUNCTION skip_repeated_bank_channel();
DROP FUNCTION guard_counter();
DROP FUNCTION log_moves_on();
DROP FUNCTION guard_referral_mirror();
DROP FUNCTION mirror_referral();
DROP FUNCTION audit_change();
DROP FUNCTION audit_masked(jsonb);
