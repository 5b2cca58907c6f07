-- How many order notices a chat of the staff was sent within the last minute: read before each further one.
-- niaga:accept index-blocks-writes because no shop is older than this file: the table is empty or small

-- migrate:up
CREATE INDEX telegram_outbox_order_notices ON telegram_outbox (chat_id, sent_at)
  WHERE message_id IS NOT NULL AND payload ->> 'kind' IN
    ('staff_order_paid', 'staff_deposit_paid', 'staff_payment_expired', 'staff_digest');

-- migrate:down
DROP INDEX telegram_outbox_order_notices;
