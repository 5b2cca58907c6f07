-- People are told, too, of money that comes back to them or came late, whose rows begin as PAID. A payout that was returned
-- is told of by itself; what is imported has no transfer, and nobody hears of it.
-- niaga:require functions/tell_of_change.sql

-- migrate:up
CREATE TRIGGER tell_new AFTER INSERT ON user_transaction
FOR EACH ROW WHEN (new.status = 'PAID' AND new.transfer_id IS NOT NULL AND new.amount > 0
  AND (new.type = 'REFUND' AND new.src <> 'REVERSAL' OR new.src = 'XENDIT_LATE'))
EXECUTE FUNCTION tell_of_change();

-- migrate:down
DROP TRIGGER tell_new ON user_transaction;
