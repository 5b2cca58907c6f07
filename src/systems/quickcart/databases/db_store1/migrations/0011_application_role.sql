-- What the running shop may write: the columns its use cases write, of the tables they write. Columns that are money or
-- authority (a balance, a role, a ban, a voucher's worth, what an order or a deposit is for) are left to the owner and
-- to the ledger's functions. A table that is not named here, or whose use cases come later, is read only.

-- migrate:up
grant usage on schema public to niaga_app;
grant select on users, settings, products, price_discounts, orders, product_stocks, order_items, vouchers,
  voucher_usage_cooldown, deposits, payments, warranty_claims, refunds, notification_groups, support_messages,
  broadcasts, telegram_outbox, privacy_requests, audit_anchors to niaga_app;

grant insert (id, name, username, bank_id, created_at, updated_at),
  update (name, username, email, whatsapp_number, blocked_bot_at, erased_at, erased_as) on users to niaga_app;
grant insert, update on settings, products to niaga_app;
grant insert, update (order_id, is_sold, content, removed_at), delete on product_stocks to niaga_app;
grant insert, update (status, payment_fee, total_bill) on orders, deposits to niaga_app;
grant insert, update (released_at) on order_items to niaga_app;
grant update (order_id, is_used, used_by, used_at) on vouchers to niaga_app;
grant insert on voucher_usage_cooldown to niaga_app;
grant insert, update (status, settled_as, fee, total_payment, qr_string, checkout_url, gateway_expires_at,
  completed_at, last_checked_at, last_error, chat_id, message_id) on payments to niaga_app;
grant update (chat_id) on notification_groups to niaga_app;
grant insert, update, delete on telegram_outbox to niaga_app;
grant insert, delete on audit_anchors to niaga_app;
grant usage on sequence orders_id_seq, order_items_id_seq, voucher_usage_cooldown_id_seq to niaga_app;

-- migrate:down
revoke all on all sequences in schema public from niaga_app;
revoke all on all tables in schema public from niaga_app;
revoke usage on schema public from niaga_app;
