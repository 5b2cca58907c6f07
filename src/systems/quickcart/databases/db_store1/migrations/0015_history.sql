-- What a person ordered and topped up, newest first: a page of their history reads the rows that it shows.
-- niaga:accept index-blocks-writes because no shop is older than this file: the table is empty or small

-- migrate:up
CREATE INDEX orders_history ON orders (user_id, created_at DESC, invoice_id DESC);
CREATE INDEX deposits_history ON deposits (user_id, created_at DESC, invoice_id DESC);

-- migrate:down
DROP INDEX deposits_history;
DROP INDEX orders_history;
