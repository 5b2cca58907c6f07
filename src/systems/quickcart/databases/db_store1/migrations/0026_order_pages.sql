-- A person's orders by number, as GET /orders pages them: without it a reseller's thousands are sorted for each page.
-- niaga:accept index-blocks-writes because no shop is older than this file: the table is empty or small

-- migrate:up
CREATE INDEX orders_of_user ON orders (user_id, id DESC);

-- migrate:down
DROP INDEX orders_of_user;
