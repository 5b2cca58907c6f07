-- What ended lately is asked for every hour; what ended ever is not read for it.
-- niaga:accept index-blocks-writes because no wallet is older than this file: the table is empty or small

-- migrate:up
CREATE INDEX idx_user_transaction_ended ON user_transaction (updated_at)
WHERE status IN ('EXPIRED', 'CANCELLED', 'FAILED') AND src = 'XENDIT' AND xendit_invoice IS NOT NULL;

-- migrate:down
DROP INDEX idx_user_transaction_ended;
