-- A person's orders by number, as GET /orders pages them: without it a reseller's thousands are sorted for each page.

-- migrate:up
CREATE INDEX orders_of_user ON orders (user_id, id DESC);

-- migrate:down
DROP INDEX orders_of_user;
