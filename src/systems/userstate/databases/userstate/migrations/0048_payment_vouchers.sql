-- Vouchers of payments: their uses are counted by the database, and what was agreed stays.
-- niaga:require functions/count_voucher_use.sql
-- niaga:require functions/refuse_agreed_change.sql

-- migrate:up
-- It asks for a voucher, too.
DROP FUNCTION IF EXISTS open_payment(text, text, text, integer, integer, integer, integer, text, text, text, integer, text);
grant update (status) on voucher_redemption to niaga_app;

CREATE TRIGGER counted AFTER INSERT OR UPDATE OF status OR DELETE ON voucher_redemption
FOR EACH ROW EXECUTE FUNCTION count_voucher_use();
CREATE TRIGGER agreed_stays BEFORE UPDATE ON voucher_redemption
FOR EACH ROW WHEN ((old.id, old.username, old.code, old.transaction_id, old.value)
  IS DISTINCT FROM (new.id, new.username, new.code, new.transaction_id, new.value))
EXECUTE FUNCTION refuse_agreed_change();
-- A top-up's says what was really paid, which is known later.
CREATE TRIGGER price_stays BEFORE UPDATE ON user_transaction
FOR EACH ROW WHEN (old.type = 'PAYMENT' AND old.amount_2 IS DISTINCT FROM new.amount_2)
EXECUTE FUNCTION refuse_agreed_change();

-- migrate:down
DROP TRIGGER price_stays ON user_transaction;
DROP TRIGGER agreed_stays ON voucher_redemption;
DROP TRIGGER counted ON voucher_redemption;
DROP FUNCTION count_voucher_use();
revoke update (status) on voucher_redemption from niaga_app;
