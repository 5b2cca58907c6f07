-- What the running application may do to move money, and what nobody may: change what was agreed.
-- niaga:require functions/refuse_agreed_change.sql

-- migrate:up
grant update (status, xendit_invoice, xendit_url, gateway_error, paid_at, transfer_id, amount_2)
  on user_transaction to niaga_app;
grant insert, update (status, xendit_payout_id, failure_code, attempts, completed_at) on payout to niaga_app;
grant insert, update (active) on bank_account to niaga_app;

CREATE TRIGGER agreed_stays BEFORE UPDATE ON user_transaction
FOR EACH ROW WHEN ((old.id, old.username, old.type, old.amount, old.invoice, old.payee, old.parent_id,
    old.commission_onmarket, old.hold_id)
  IS DISTINCT FROM (new.id, new.username, new.type, new.amount, new.invoice, new.payee, new.parent_id,
    new.commission_onmarket, new.hold_id)
  OR old.xendit_invoice <> new.xendit_invoice OR old.transfer_id IS DISTINCT FROM new.transfer_id AND old.status = 'PAID')
EXECUTE FUNCTION refuse_agreed_change();
CREATE TRIGGER agreed_stays BEFORE UPDATE ON payout
FOR EACH ROW WHEN ((old.id, old.username, old.transaction_id, old.bank_account_id, old.reference_id, old.channel_code,
    old.amount, old.fee)
  IS DISTINCT FROM (new.id, new.username, new.transaction_id, new.bank_account_id, new.reference_id, new.channel_code,
    new.amount, new.fee)
  OR old.xendit_payout_id <> new.xendit_payout_id)
EXECUTE FUNCTION refuse_agreed_change();

-- migrate:down
-- They speak of row types, and those tables could not go.
DROP FUNCTION IF EXISTS earn_points(user_transaction), take_back_points(user_transaction, bigint, bigint, text),
  finish_payment(user_transaction, timestamptz), lock_transaction(bigint), lock_payout(bigint),
  end_payout(payout, text, text), reverse_payout(payout, text),
  credit_late_money(user_transaction, text, bigint, text, bigint, timestamptz);
DROP TRIGGER agreed_stays ON payout;
DROP TRIGGER agreed_stays ON user_transaction;
DROP FUNCTION refuse_agreed_change();
revoke insert, update (active) on bank_account from niaga_app;
revoke insert, update (status, xendit_payout_id, failure_code, attempts, completed_at) on payout from niaga_app;
revoke update (status, xendit_invoice, xendit_url, gateway_error, paid_at, transfer_id, amount_2)
  on user_transaction from niaga_app;
