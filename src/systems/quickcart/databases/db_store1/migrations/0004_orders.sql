-- Orders, their items, and the goods that are handed over: one stock row is one sellable good.
-- niaga:require functions/refuse_order_change.sql
-- niaga:require functions/note_imported_order.sql
-- niaga:require functions/guard_order_item.sql
-- niaga:require functions/order_consistency.sql
-- niaga:require functions/count_sold.sql
-- niaga:require functions/product_stock_lifecycle.sql
-- niaga:require functions/notify_stock_changed.sql
-- niaga:require functions/retain_financial_record.sql

-- migrate:up
CREATE TABLE orders (
  id SERIAL PRIMARY KEY,
  invoice_id VARCHAR(20) UNIQUE NOT NULL,
  user_id BIGINT NOT NULL REFERENCES users (id),
  subtotal DECIMAL(15,2) NOT NULL CHECK (subtotal >= 0),
  voucher_discount DECIMAL(15,2) NOT NULL DEFAULT 0.00 CHECK (voucher_discount >= 0),
  payment_fee DECIMAL(15,2) NOT NULL DEFAULT 0.00 CHECK (payment_fee >= 0),
  total_bill DECIMAL(15,2) NOT NULL,
  payment_method VARCHAR(20) NOT NULL CHECK (payment_method IN ('qris','account_balance')),
  status VARCHAR(10) NOT NULL DEFAULT 'pending' CHECK (status IN ('pending','paid','expired','cancelled')),
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  CHECK (voucher_discount <= subtotal),
  CHECK (total_bill = subtotal - voucher_discount + payment_fee)
);
CREATE INDEX idx_orders_invoice_id ON orders (invoice_id);
CREATE INDEX idx_orders_user_id ON orders (user_id);
CREATE INDEX idx_orders_status ON orders (status);
CREATE INDEX idx_orders_created_at ON orders (created_at DESC);
-- CR-002: one active order per user, also against races.
CREATE UNIQUE INDEX uq_orders_one_pending_per_user ON orders (user_id) WHERE status = 'pending';

CREATE TABLE product_stocks (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  product_id INT NOT NULL REFERENCES products (id) ON UPDATE CASCADE,
  -- Secret: for the owner of the paid order and for admins.
  content TEXT NOT NULL,
  order_id INT REFERENCES orders (id),
  is_sold BOOLEAN NOT NULL DEFAULT false,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  -- Stock that was once in an order cannot be deleted; it is blanked and marked here.
  removed_at TIMESTAMPTZ,
  CHECK (NOT is_sold OR order_id IS NOT NULL),
  CHECK (removed_at IS NULL OR order_id IS NULL)
);
CREATE INDEX idx_product_stocks_product_id ON product_stocks (product_id);
CREATE INDEX idx_product_stocks_is_sold ON product_stocks (is_sold);
CREATE INDEX idx_product_stocks_order_id ON product_stocks (order_id);
-- What an order takes, oldest first, without reading what is sold.
CREATE INDEX idx_product_stocks_available ON product_stocks (product_id, created_at, id)
  WHERE is_sold = false AND order_id IS NULL AND removed_at IS NULL;

CREATE TABLE order_items (
  id SERIAL PRIMARY KEY,
  order_id INT NOT NULL REFERENCES orders (id),
  product_id INT NOT NULL REFERENCES products (id) ON UPDATE CASCADE,
  stock_id UUID NOT NULL REFERENCES product_stocks (id),
  price_per_unit DECIMAL(15,2) NOT NULL CHECK (price_per_unit >= 0),
  -- Set when the order expired or was cancelled and the good went back on sale; the history stays.
  released_at TIMESTAMPTZ
);
CREATE INDEX idx_order_items_order_id ON order_items (order_id);
CREATE INDEX idx_order_items_stock_id ON order_items (stock_id);
CREATE UNIQUE INDEX uq_order_items_live_stock ON order_items (stock_id) WHERE released_at IS NULL;

CREATE TRIGGER update_timestamp BEFORE UPDATE ON orders
FOR EACH ROW EXECUTE FUNCTION update_timestamp();
CREATE TRIGGER audit_trigger AFTER INSERT OR UPDATE OR DELETE ON orders
FOR EACH ROW EXECUTE FUNCTION log_audit_event();
CREATE TRIGGER immutable_columns BEFORE UPDATE ON orders
FOR EACH ROW WHEN (
  (old.user_id, old.invoice_id, old.subtotal, old.voucher_discount, old.created_at, old.payment_method)
    IS DISTINCT FROM
  (new.user_id, new.invoice_id, new.subtotal, new.voucher_discount, new.created_at, new.payment_method)
  OR (old.status <> 'pending'
    AND (old.payment_fee, old.total_bill) IS DISTINCT FROM (new.payment_fee, new.total_bill)))
EXECUTE FUNCTION refuse_order_change();
CREATE TRIGGER note_imported_order AFTER INSERT ON orders
FOR EACH ROW WHEN (new.status <> 'pending') EXECUTE FUNCTION note_imported_order();
CREATE CONSTRAINT TRIGGER order_consistency
AFTER INSERT OR UPDATE OF status, subtotal ON orders DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION order_consistency('id');
CREATE CONSTRAINT TRIGGER zz_count_sold AFTER UPDATE ON orders DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (old.status <> 'paid' AND new.status = 'paid') EXECUTE FUNCTION count_sold();
CREATE TRIGGER retention_guard BEFORE DELETE ON orders
FOR EACH ROW WHEN (old.status = 'paid') EXECUTE FUNCTION retain_financial_record();
select niaga.declare_lifecycle('orders', 'status', '{pending}',
  '{"pending": ["paid", "expired", "cancelled"]}');

CREATE TRIGGER update_timestamp BEFORE UPDATE ON product_stocks
FOR EACH ROW EXECUTE FUNCTION update_timestamp();
CREATE TRIGGER audit_trigger AFTER INSERT OR UPDATE OR DELETE ON product_stocks
FOR EACH ROW EXECUTE FUNCTION log_audit_event();
CREATE TRIGGER product_stock_lifecycle BEFORE UPDATE ON product_stocks
FOR EACH ROW WHEN ((old.order_id, old.is_sold, old.removed_at) IS DISTINCT FROM
  (new.order_id, new.is_sold, new.removed_at))
EXECUTE FUNCTION product_stock_lifecycle();
CREATE TRIGGER notify_stock_changed AFTER INSERT OR UPDATE OR DELETE ON product_stocks
FOR EACH ROW EXECUTE FUNCTION notify_stock_changed();
CREATE TRIGGER retention_guard BEFORE DELETE ON product_stocks
FOR EACH ROW WHEN (old.is_sold) EXECUTE FUNCTION retain_financial_record();

CREATE TRIGGER audit_trigger AFTER INSERT OR UPDATE OR DELETE ON order_items
FOR EACH ROW EXECUTE FUNCTION log_audit_event();
CREATE TRIGGER guard_order_item BEFORE INSERT OR UPDATE ON order_items
FOR EACH ROW EXECUTE FUNCTION guard_order_item();
CREATE CONSTRAINT TRIGGER order_consistency
AFTER INSERT OR DELETE OR UPDATE OF order_id, price_per_unit ON order_items DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION order_consistency('order_id');
CREATE TRIGGER retention_guard BEFORE DELETE ON order_items
FOR EACH ROW EXECUTE FUNCTION retain_financial_record();

-- migrate:down
select niaga.undeclare_lifecycle('orders', 'status');
DROP TABLE order_items;
DROP TABLE product_stocks;
DROP TABLE orders;
DROP FUNCTION retain_financial_record();
DROP FUNCTION notify_stock_changed();
DROP FUNCTION product_stock_lifecycle();
DROP FUNCTION count_sold();
DROP FUNCTION order_consistency();
DROP FUNCTION guard_order_item();
DROP FUNCTION note_imported_order();
DROP FUNCTION refuse_order_change();
