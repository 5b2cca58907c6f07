-- What the nightly deletions look for, and who may run them: functions with the owner's rights, since the running shop
-- itself deletes no order, no payment and no person.
-- niaga:accept index-blocks-writes because no shop is older than this file: the table is empty or small

-- migrate:up
create index deposits_created_at on deposits (created_at);
create index support_messages_created_at on support_messages (created_at);
create index support_messages_in_reply_to on support_messages (in_reply_to) where in_reply_to is not null;
-- Every reference to an order is looked up when it is deleted; the unique index leaves rejected refunds out.
create index refunds_order_id on refunds (order_id);

-- migrate:down
drop index refunds_order_id;
drop index support_messages_in_reply_to;
drop index support_messages_created_at;
drop index deposits_created_at;
