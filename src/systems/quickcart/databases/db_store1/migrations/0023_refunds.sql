-- What the running shop writes after a sale: claims, and refunds with the decision about them. The amount of a refund
-- is written once, by request_refund, and never changed.
-- niaga:accept index-blocks-writes because no shop is older than this file: the table is empty or small

-- migrate:up
-- Those that wait for a decision, page by page.
create index refunds_status_id on refunds (status, id);
grant insert on refunds, warranty_claims to niaga_app;
grant update (status, decided_by, reason) on refunds to niaga_app;

-- migrate:down
-- They know the row types of refunds and orders, and those tables could not go.
drop function if exists lock_refund(bigint), days_since_paid(orders);
drop index refunds_status_id;
revoke insert, update (status, decided_by, reason) on refunds from niaga_app;
revoke insert on warranty_claims from niaga_app;
