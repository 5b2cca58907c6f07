-- Who has many years behind them finds the few of a kind among them, and their sums, without reading the rest.
-- niaga:accept index-blocks-writes because no wallet is older than this file: the table is empty or small

-- migrate:up
CREATE INDEX idx_user_transaction_user_type ON user_transaction (username, type, created_at DESC, id DESC);
CREATE INDEX idx_user_transaction_user_sums ON user_transaction (username, status, type) INCLUDE (amount);

-- migrate:down
DROP INDEX idx_user_transaction_user_sums;
DROP INDEX idx_user_transaction_user_type;
