-- A hand on psql cannot rewrite what was paid for: the goods of a sold item, and the figures of payments, deposits and
-- refunds. The gateway's rounding is adopted while a payment is being created, and only then. TRUNCATE asks no row, so
-- that it is refused as a whole.
-- niaga:require functions/refuse_money_change.sql

-- migrate:up
CREATE TRIGGER immutable_columns BEFORE UPDATE ON product_stocks
FOR EACH ROW WHEN (old.is_sold AND (old.id, old.content) IS DISTINCT FROM (new.id, new.content))
EXECUTE FUNCTION refuse_money_change();

CREATE TRIGGER immutable_columns BEFORE UPDATE ON payments
FOR EACH ROW WHEN (
  (old.invoice_id, old.order_id, old.deposit_id, old.user_id, old.gateway, old.amount, old.created_at)
    IS DISTINCT FROM
  (new.invoice_id, new.order_id, new.deposit_id, new.user_id, new.gateway, new.amount, new.created_at)
  OR (old.status <> 'creating'
    AND (old.fee, old.total_payment) IS DISTINCT FROM (new.fee, new.total_payment))
  OR (old.settled_as IS NOT NULL
    AND (old.settled_as, old.completed_at) IS DISTINCT FROM (new.settled_as, new.completed_at)))
EXECUTE FUNCTION refuse_money_change();

CREATE TRIGGER immutable_columns BEFORE UPDATE ON deposits
FOR EACH ROW WHEN (
  (old.invoice_id, old.user_id, old.amount, old.created_at) IS DISTINCT FROM
  (new.invoice_id, new.user_id, new.amount, new.created_at)
  OR (old.status <> 'pending'
    AND (old.payment_fee, old.total_bill) IS DISTINCT FROM (new.payment_fee, new.total_bill)))
EXECUTE FUNCTION refuse_money_change();

CREATE TRIGGER immutable_columns BEFORE UPDATE ON refunds
FOR EACH ROW WHEN (
  (old.order_id, old.user_id, old.base_amount, old.days_used, old.claims_count, old.multiplier, old.amount,
    old.formula, old.created_at)
    IS DISTINCT FROM
  (new.order_id, new.user_id, new.base_amount, new.days_used, new.claims_count, new.multiplier, new.amount,
    new.formula, new.created_at))
EXECUTE FUNCTION refuse_money_change();

CREATE TRIGGER retention_guard_truncate BEFORE TRUNCATE ON orders
FOR EACH STATEMENT EXECUTE FUNCTION retain_financial_record();
CREATE TRIGGER retention_guard_truncate BEFORE TRUNCATE ON order_items
FOR EACH STATEMENT EXECUTE FUNCTION retain_financial_record();
CREATE TRIGGER retention_guard_truncate BEFORE TRUNCATE ON product_stocks
FOR EACH STATEMENT EXECUTE FUNCTION retain_financial_record();
CREATE TRIGGER retention_guard_truncate BEFORE TRUNCATE ON payments
FOR EACH STATEMENT EXECUTE FUNCTION retain_financial_record();
CREATE TRIGGER retention_guard_truncate BEFORE TRUNCATE ON deposits
FOR EACH STATEMENT EXECUTE FUNCTION retain_financial_record();
CREATE TRIGGER retention_guard_truncate BEFORE TRUNCATE ON refunds
FOR EACH STATEMENT EXECUTE FUNCTION retain_financial_record();

-- migrate:down
DROP TRIGGER retention_guard_truncate ON refunds;
DROP TRIGGER retention_guard_truncate ON deposits;
DROP TRIGGER retention_guard_truncate ON payments;
DROP TRIGGER retention_guard_truncate ON product_stocks;
DROP TRIGGER retention_guard_truncate ON order_items;
DROP TRIGGER retention_guard_truncate ON orders;
DROP TRIGGER immutable_columns ON refunds;
DROP TRIGGER immutable_columns ON deposits;
DROP TRIGGER immutable_columns ON payments;
DROP TRIGGER immutable_columns ON product_stocks;
DROP FUNCTION refuse_money_change();
