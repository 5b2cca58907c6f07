-- What a payment owes to a voucher cannot be taken from it by hand.
-- niaga:require functions/guard_redemption.sql

-- migrate:up
CREATE TRIGGER freed_with_payment BEFORE UPDATE ON voucher_redemption
FOR EACH ROW WHEN (old.status <> 'CANCELLED' AND new.status = 'CANCELLED') EXECUTE FUNCTION guard_redemption();
CREATE TRIGGER used_stays BEFORE DELETE ON voucher_redemption
FOR EACH ROW WHEN (old.status <> 'CANCELLED') EXECUTE FUNCTION guard_redemption();

-- migrate:down
DROP TRIGGER used_stays ON voucher_redemption;
DROP TRIGGER freed_with_payment ON voucher_redemption;
DROP FUNCTION guard_redemption();
