-- Whoever is erased takes their messages along: of those that are over and have no message in the chat, which no other
-- index has, without reading everybody's. They are few, so that it costs the sender nothing.
-- niaga:accept index-blocks-writes because no shop is older than this file: the table is empty or small

-- migrate:up
CREATE INDEX telegram_outbox_unseen ON telegram_outbox (chat_id)
  WHERE message_id IS NULL AND status IN ('sent', 'failed');

-- migrate:down
DROP INDEX telegram_outbox_unseen;
