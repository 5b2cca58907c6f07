-- Finished messages go after 90 days (QuickCart, 12); the oldest are found without reading the others.
-- niaga:accept index-blocks-writes because no shop is older than this file: the table is empty or small

-- migrate:up
CREATE INDEX idx_telegram_outbox_finished ON telegram_outbox (created_at) WHERE status IN ('sent', 'failed');

-- migrate:down
DROP INDEX idx_telegram_outbox_finished;
