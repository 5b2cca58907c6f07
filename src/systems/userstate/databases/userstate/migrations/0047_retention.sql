-- What has been kept for its days is found by its age.
-- niaga:accept index-blocks-writes because no wallet is older than this file: the tables are empty or small

-- migrate:up
CREATE INDEX idx_otp_tracker_created_at ON otp_tracker (created_at);
CREATE INDEX idx_push_message_created_at ON push_message (created_at);
CREATE INDEX idx_marketing_offer_created_at ON marketing_offer (created_at);

-- migrate:down
DROP INDEX idx_marketing_offer_created_at;
DROP INDEX idx_push_message_created_at;
DROP INDEX idx_otp_tracker_created_at;
