-- People are told on their devices what became of their money.
-- niaga:require functions/tell_of_change.sql

-- migrate:up
CREATE TRIGGER tell AFTER UPDATE OF status ON payout
FOR EACH ROW WHEN (old.status <> new.status AND new.status IN ('SUCCEEDED', 'FAILED', 'CANCELLED', 'REVERSED'))
EXECUTE FUNCTION tell_of_change();
CREATE TRIGGER tell AFTER UPDATE OF status ON user_transaction
FOR EACH ROW WHEN (old.status <> new.status AND new.status = 'PAID' AND new.type IN ('TOPUP', 'PAYMENT'))
EXECUTE FUNCTION tell_of_change();

-- migrate:down
DROP TRIGGER tell ON user_transaction;
DROP TRIGGER tell ON payout;
