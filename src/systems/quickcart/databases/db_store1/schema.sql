-- The schema public of db_store1. Generated from its catalog by `npm run generate`: never edit.

create table audit_anchors (
  audit_id bigint not null,
  row_hash text not null,
  row_count bigint not null,
  anchored_at timestamp with time zone default now() not null,
  constraint audit_anchors_pkey PRIMARY KEY (audit_id),
  constraint audit_anchors_row_count_check CHECK (row_count > 0),
  constraint audit_anchors_row_hash_check CHECK (row_hash ~ '^[0-9a-f]{64}$'::text)
);

create table broadcasts (
  id bigint generated always as identity not null,
  kind character varying(10) default 'message'::character varying not null,
  body text not null,
  created_by bigint not null,
  status character varying(10) default 'draft'::character varying not null,
  total_count integer default 0 not null,
  sent_count integer default 0 not null,
  failed_count integer default 0 not null,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  constraint broadcasts_pkey PRIMARY KEY (id),
  constraint broadcasts_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id),
  constraint broadcasts_body_fits CHECK (length(body) >= 1 AND length(body) <= 4096),
  constraint broadcasts_check CHECK ((sent_count + failed_count) <= total_count),
  constraint broadcasts_failed_count_check CHECK (failed_count >= 0),
  constraint broadcasts_kind_check CHECK (kind::text = ANY (ARRAY['message'::character varying, 'giveaway'::character varying]::text[])),
  constraint broadcasts_sent_count_check CHECK (sent_count >= 0),
  constraint broadcasts_status_check CHECK (status::text = ANY (ARRAY['draft'::character varying, 'sending'::character varying, 'done'::character varying, 'cancelled'::character varying]::text[])),
  constraint broadcasts_total_count_check CHECK (total_count >= 0)
);
CREATE INDEX idx_broadcasts_status ON broadcasts USING btree (status);
CREATE TRIGGER audit_trigger AFTER INSERT OR DELETE OR UPDATE ON broadcasts FOR EACH ROW EXECUTE FUNCTION log_audit_event();
CREATE TRIGGER keep_broadcast BEFORE UPDATE ON broadcasts FOR EACH ROW WHEN (old.kind::text IS DISTINCT FROM new.kind::text OR old.body IS DISTINCT FROM new.body OR old.created_by IS DISTINCT FROM new.created_by) EXECUTE FUNCTION keep_broadcast();
CREATE TRIGGER update_timestamp BEFORE UPDATE ON broadcasts FOR EACH ROW EXECUTE FUNCTION update_timestamp();
CREATE TRIGGER zz_lifecycle_status BEFORE UPDATE ON broadcasts FOR EACH ROW WHEN (old.status::text IS DISTINCT FROM new.status::text AND (COALESCE(old.status::text, ''::text) <> 'draft'::text OR COALESCE(new.status::text, ''::text) <> 'sending'::text) AND (COALESCE(old.status::text, ''::text) <> 'draft'::text OR COALESCE(new.status::text, ''::text) <> 'cancelled'::text) AND (COALESCE(old.status::text, ''::text) <> 'sending'::text OR COALESCE(new.status::text, ''::text) <> 'done'::text) AND (COALESCE(old.status::text, ''::text) <> 'sending'::text OR COALESCE(new.status::text, ''::text) <> 'cancelled'::text)) EXECUTE FUNCTION niaga.refuse_transition('status', 'id');

create table deposits (
  id bigint generated always as identity not null,
  invoice_id character varying(20) not null,
  user_id bigint not null,
  amount numeric(15,2) not null,
  payment_fee numeric(15,2) not null,
  total_bill numeric(15,2) not null,
  status character varying(10) default 'pending'::character varying not null,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  constraint deposits_pkey PRIMARY KEY (id),
  constraint deposits_invoice_id_key UNIQUE (invoice_id),
  constraint deposits_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id),
  constraint deposits_amount_check CHECK (amount > 0::numeric),
  constraint deposits_check CHECK (total_bill = (amount + payment_fee)),
  constraint deposits_payment_fee_check CHECK (payment_fee >= 0::numeric),
  constraint deposits_status_check CHECK (status::text = ANY (ARRAY['pending'::character varying, 'paid'::character varying, 'expired'::character varying, 'cancelled'::character varying]::text[]))
);
CREATE INDEX deposits_created_at ON deposits USING btree (created_at);
CREATE INDEX deposits_history ON deposits USING btree (user_id, created_at DESC, invoice_id DESC);
CREATE INDEX idx_deposits_status ON deposits USING btree (status);
CREATE INDEX idx_deposits_user_id ON deposits USING btree (user_id, created_at DESC);
CREATE UNIQUE INDEX uq_deposits_one_pending_per_user ON deposits USING btree (user_id) WHERE ((status)::text = 'pending'::text);
CREATE TRIGGER audit_trigger AFTER INSERT OR DELETE OR UPDATE ON deposits FOR EACH ROW EXECUTE FUNCTION log_audit_event();
CREATE TRIGGER immutable_columns BEFORE UPDATE ON deposits FOR EACH ROW WHEN (old.invoice_id::text IS DISTINCT FROM new.invoice_id::text OR old.user_id IS DISTINCT FROM new.user_id OR old.amount IS DISTINCT FROM new.amount OR old.created_at IS DISTINCT FROM new.created_at OR old.status::text <> 'pending'::text AND (old.payment_fee IS DISTINCT FROM new.payment_fee OR old.total_bill IS DISTINCT FROM new.total_bill)) EXECUTE FUNCTION refuse_money_change();
CREATE TRIGGER retention_guard BEFORE DELETE ON deposits FOR EACH ROW WHEN (old.status::text = 'paid'::text) EXECUTE FUNCTION retain_financial_record();
CREATE TRIGGER retention_guard_truncate BEFORE TRUNCATE ON deposits FOR EACH STATEMENT EXECUTE FUNCTION retain_financial_record();
CREATE TRIGGER update_timestamp BEFORE UPDATE ON deposits FOR EACH ROW EXECUTE FUNCTION update_timestamp();
CREATE TRIGGER zz_lifecycle_status BEFORE UPDATE ON deposits FOR EACH ROW WHEN (old.status::text IS DISTINCT FROM new.status::text AND (COALESCE(old.status::text, ''::text) <> 'pending'::text OR COALESCE(new.status::text, ''::text) <> 'paid'::text) AND (COALESCE(old.status::text, ''::text) <> 'pending'::text OR COALESCE(new.status::text, ''::text) <> 'expired'::text) AND (COALESCE(old.status::text, ''::text) <> 'pending'::text OR COALESCE(new.status::text, ''::text) <> 'cancelled'::text)) EXECUTE FUNCTION niaga.refuse_transition('status', 'id');

create table notification_groups (
  chat_id bigint not null,
  title character varying(255),
  added_by bigint not null,
  created_at timestamp with time zone default now() not null,
  constraint notification_groups_pkey PRIMARY KEY (chat_id),
  constraint notification_groups_added_by_fkey FOREIGN KEY (added_by) REFERENCES users(id),
  constraint notification_groups_chat_id_check CHECK (chat_id < 0)
);
CREATE TRIGGER audit_trigger AFTER INSERT OR DELETE OR UPDATE ON notification_groups FOR EACH ROW EXECUTE FUNCTION log_audit_event();

create table order_items (
  id integer default nextval('order_items_id_seq'::regclass) not null,
  order_id integer not null,
  product_id integer not null,
  stock_id uuid not null,
  price_per_unit numeric(15,2) not null,
  released_at timestamp with time zone,
  constraint order_items_pkey PRIMARY KEY (id),
  constraint order_items_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders(id),
  constraint order_items_product_id_fkey FOREIGN KEY (product_id) REFERENCES products(id) ON UPDATE CASCADE,
  constraint order_items_stock_id_fkey FOREIGN KEY (stock_id) REFERENCES product_stocks(id),
  constraint order_items_price_per_unit_check CHECK (price_per_unit >= 0::numeric)
);
CREATE INDEX idx_order_items_order_id ON order_items USING btree (order_id);
CREATE INDEX idx_order_items_stock_id ON order_items USING btree (stock_id);
CREATE UNIQUE INDEX uq_order_items_live_stock ON order_items USING btree (stock_id) WHERE (released_at IS NULL);
CREATE TRIGGER audit_trigger AFTER INSERT OR DELETE OR UPDATE ON order_items FOR EACH ROW EXECUTE FUNCTION log_audit_event();
CREATE TRIGGER guard_order_item BEFORE INSERT OR UPDATE ON order_items FOR EACH ROW EXECUTE FUNCTION guard_order_item();
CREATE CONSTRAINT TRIGGER order_consistency AFTER INSERT OR DELETE OR UPDATE OF order_id, price_per_unit ON order_items DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION order_consistency('order_id');
CREATE TRIGGER retention_guard BEFORE DELETE ON order_items FOR EACH ROW EXECUTE FUNCTION retain_financial_record();
CREATE TRIGGER retention_guard_truncate BEFORE TRUNCATE ON order_items FOR EACH STATEMENT EXECUTE FUNCTION retain_financial_record();

create table orders (
  id integer default nextval('orders_id_seq'::regclass) not null,
  invoice_id character varying(20) not null,
  user_id bigint not null,
  subtotal numeric(15,2) not null,
  voucher_discount numeric(15,2) default 0.00 not null,
  payment_fee numeric(15,2) default 0.00 not null,
  total_bill numeric(15,2) not null,
  payment_method character varying(20) not null,
  status character varying(10) default 'pending'::character varying not null,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  constraint orders_pkey PRIMARY KEY (id),
  constraint orders_invoice_id_key UNIQUE (invoice_id),
  constraint orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id),
  constraint orders_check CHECK (voucher_discount <= subtotal),
  constraint orders_check1 CHECK (total_bill = (subtotal - voucher_discount + payment_fee)),
  constraint orders_payment_fee_check CHECK (payment_fee >= 0::numeric),
  constraint orders_payment_method_check CHECK (payment_method::text = ANY (ARRAY['qris'::character varying, 'account_balance'::character varying]::text[])),
  constraint orders_status_check CHECK (status::text = ANY (ARRAY['pending'::character varying, 'paid'::character varying, 'expired'::character varying, 'cancelled'::character varying]::text[])),
  constraint orders_subtotal_check CHECK (subtotal >= 0::numeric),
  constraint orders_voucher_discount_check CHECK (voucher_discount >= 0::numeric)
);
CREATE INDEX idx_orders_created_at ON orders USING btree (created_at DESC);
CREATE INDEX idx_orders_invoice_id ON orders USING btree (invoice_id);
CREATE INDEX idx_orders_status ON orders USING btree (status);
CREATE INDEX idx_orders_user_id ON orders USING btree (user_id);
CREATE INDEX orders_history ON orders USING btree (user_id, created_at DESC, invoice_id DESC);
CREATE INDEX orders_of_user ON orders USING btree (user_id, id DESC);
CREATE UNIQUE INDEX uq_orders_one_pending_per_user ON orders USING btree (user_id) WHERE ((status)::text = 'pending'::text);
CREATE TRIGGER audit_trigger AFTER INSERT OR DELETE OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION log_audit_event();
CREATE TRIGGER immutable_columns BEFORE UPDATE ON orders FOR EACH ROW WHEN (old.user_id IS DISTINCT FROM new.user_id OR old.invoice_id::text IS DISTINCT FROM new.invoice_id::text OR old.subtotal IS DISTINCT FROM new.subtotal OR old.voucher_discount IS DISTINCT FROM new.voucher_discount OR old.created_at IS DISTINCT FROM new.created_at OR old.payment_method::text IS DISTINCT FROM new.payment_method::text OR old.status::text <> 'pending'::text AND (old.payment_fee IS DISTINCT FROM new.payment_fee OR old.total_bill IS DISTINCT FROM new.total_bill)) EXECUTE FUNCTION refuse_order_change();
CREATE TRIGGER note_imported_order AFTER INSERT ON orders FOR EACH ROW WHEN (new.status::text <> 'pending'::text) EXECUTE FUNCTION note_imported_order();
CREATE CONSTRAINT TRIGGER order_consistency AFTER INSERT OR UPDATE OF status, subtotal ON orders DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION order_consistency('id');
CREATE TRIGGER retention_guard BEFORE DELETE ON orders FOR EACH ROW WHEN (old.status::text = 'paid'::text) EXECUTE FUNCTION retain_financial_record();
CREATE TRIGGER retention_guard_truncate BEFORE TRUNCATE ON orders FOR EACH STATEMENT EXECUTE FUNCTION retain_financial_record();
CREATE TRIGGER update_timestamp BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION update_timestamp();
CREATE CONSTRAINT TRIGGER zz_count_sold AFTER UPDATE ON orders DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (old.status::text <> 'paid'::text AND new.status::text = 'paid'::text) EXECUTE FUNCTION count_sold();
CREATE TRIGGER zz_lifecycle_status BEFORE UPDATE ON orders FOR EACH ROW WHEN (old.status::text IS DISTINCT FROM new.status::text AND (COALESCE(old.status::text, ''::text) <> 'pending'::text OR COALESCE(new.status::text, ''::text) <> 'paid'::text) AND (COALESCE(old.status::text, ''::text) <> 'pending'::text OR COALESCE(new.status::text, ''::text) <> 'expired'::text) AND (COALESCE(old.status::text, ''::text) <> 'pending'::text OR COALESCE(new.status::text, ''::text) <> 'cancelled'::text)) EXECUTE FUNCTION niaga.refuse_transition('status', 'id');

create table payments (
  id bigint generated always as identity not null,
  invoice_id character varying(20) not null,
  order_id integer,
  deposit_id bigint,
  user_id bigint not null,
  gateway character varying(20) default 'pakasir'::character varying not null,
  amount numeric(15,2) not null,
  fee numeric(15,2) not null,
  total_payment numeric(15,2) not null,
  status character varying(20) default 'creating'::character varying not null,
  settled_as character varying(20),
  qr_string text,
  checkout_url text,
  expires_at timestamp with time zone not null,
  gateway_expires_at timestamp with time zone,
  completed_at timestamp with time zone,
  last_checked_at timestamp with time zone,
  last_error text,
  chat_id bigint,
  message_id bigint,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  constraint payments_pkey PRIMARY KEY (id),
  constraint payments_deposit_id_key UNIQUE (deposit_id),
  constraint payments_invoice_id_key UNIQUE (invoice_id),
  constraint payments_order_id_key UNIQUE (order_id),
  constraint payments_deposit_id_fkey FOREIGN KEY (deposit_id) REFERENCES deposits(id),
  constraint payments_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders(id),
  constraint payments_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id),
  constraint payments_amount_check CHECK (amount > 0::numeric),
  constraint payments_check CHECK (num_nonnulls(order_id, deposit_id) = 1),
  constraint payments_check1 CHECK (total_payment = (amount + fee)),
  constraint payments_check2 CHECK ((status::text = ANY (ARRAY['completed'::character varying, 'late_completed'::character varying]::text[])) = (settled_as IS NOT NULL)),
  constraint payments_check3 CHECK (qr_string IS NULL OR status::text = 'awaiting'::text),
  constraint payments_fee_check CHECK (fee >= 0::numeric),
  constraint payments_settled_as_check CHECK (settled_as::text = ANY (ARRAY['order'::character varying, 'deposit'::character varying, 'late_credit'::character varying]::text[])),
  constraint payments_status_check CHECK (status::text = ANY (ARRAY['creating'::character varying, 'awaiting'::character varying, 'completed'::character varying, 'expired'::character varying, 'cancelled'::character varying, 'failed'::character varying, 'late_completed'::character varying]::text[]))
);
CREATE INDEX idx_payments_open ON payments USING btree (expires_at) WHERE ((status)::text = ANY ((ARRAY['creating'::character varying, 'awaiting'::character varying])::text[]));
CREATE INDEX idx_payments_status ON payments USING btree (status);
CREATE INDEX idx_payments_user_id ON payments USING btree (user_id, created_at DESC);
CREATE TRIGGER audit_trigger AFTER INSERT OR DELETE OR UPDATE ON payments FOR EACH ROW EXECUTE FUNCTION log_audit_event();
CREATE TRIGGER immutable_columns BEFORE UPDATE ON payments FOR EACH ROW WHEN (old.invoice_id::text IS DISTINCT FROM new.invoice_id::text OR old.order_id IS DISTINCT FROM new.order_id OR old.deposit_id IS DISTINCT FROM new.deposit_id OR old.user_id IS DISTINCT FROM new.user_id OR old.gateway::text IS DISTINCT FROM new.gateway::text OR old.amount IS DISTINCT FROM new.amount OR old.created_at IS DISTINCT FROM new.created_at OR old.status::text <> 'creating'::text AND (old.fee IS DISTINCT FROM new.fee OR old.total_payment IS DISTINCT FROM new.total_payment) OR old.settled_as IS NOT NULL AND (old.settled_as::text IS DISTINCT FROM new.settled_as::text OR old.completed_at IS DISTINCT FROM new.completed_at)) EXECUTE FUNCTION refuse_money_change();
CREATE TRIGGER retention_guard BEFORE DELETE ON payments FOR EACH ROW WHEN (old.status::text = ANY (ARRAY['completed'::character varying, 'late_completed'::character varying]::text[])) EXECUTE FUNCTION retain_financial_record();
CREATE TRIGGER retention_guard_truncate BEFORE TRUNCATE ON payments FOR EACH STATEMENT EXECUTE FUNCTION retain_financial_record();
CREATE TRIGGER update_timestamp BEFORE UPDATE ON payments FOR EACH ROW EXECUTE FUNCTION update_timestamp();
CREATE TRIGGER zz_lifecycle_status BEFORE UPDATE ON payments FOR EACH ROW WHEN (old.status::text IS DISTINCT FROM new.status::text AND (COALESCE(old.status::text, ''::text) <> 'failed'::text OR COALESCE(new.status::text, ''::text) <> 'late_completed'::text) AND (COALESCE(old.status::text, ''::text) <> 'expired'::text OR COALESCE(new.status::text, ''::text) <> 'late_completed'::text) AND (COALESCE(old.status::text, ''::text) <> 'awaiting'::text OR COALESCE(new.status::text, ''::text) <> 'completed'::text) AND (COALESCE(old.status::text, ''::text) <> 'awaiting'::text OR COALESCE(new.status::text, ''::text) <> 'expired'::text) AND (COALESCE(old.status::text, ''::text) <> 'awaiting'::text OR COALESCE(new.status::text, ''::text) <> 'cancelled'::text) AND (COALESCE(old.status::text, ''::text) <> 'creating'::text OR COALESCE(new.status::text, ''::text) <> 'awaiting'::text) AND (COALESCE(old.status::text, ''::text) <> 'creating'::text OR COALESCE(new.status::text, ''::text) <> 'failed'::text) AND (COALESCE(old.status::text, ''::text) <> 'creating'::text OR COALESCE(new.status::text, ''::text) <> 'completed'::text) AND (COALESCE(old.status::text, ''::text) <> 'creating'::text OR COALESCE(new.status::text, ''::text) <> 'expired'::text) AND (COALESCE(old.status::text, ''::text) <> 'creating'::text OR COALESCE(new.status::text, ''::text) <> 'cancelled'::text) AND (COALESCE(old.status::text, ''::text) <> 'cancelled'::text OR COALESCE(new.status::text, ''::text) <> 'late_completed'::text)) EXECUTE FUNCTION niaga.refuse_transition('status', 'id');

create table price_discounts (
  id bigint generated always as identity not null,
  scope character varying(10) not null,
  product_id integer,
  category character varying(255),
  kind character varying(10) not null,
  value numeric(15,2) not null,
  is_active boolean default true not null,
  created_by bigint not null,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  constraint price_discounts_pkey PRIMARY KEY (id),
  constraint price_discounts_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id),
  constraint price_discounts_product_id_fkey FOREIGN KEY (product_id) REFERENCES products(id) ON UPDATE CASCADE,
  constraint price_discounts_check CHECK ((scope::text = 'product'::text) = (product_id IS NOT NULL)),
  constraint price_discounts_check1 CHECK ((scope::text = 'category'::text) = (category IS NOT NULL)),
  constraint price_discounts_check2 CHECK (kind::text <> 'percent'::text OR value <= 100::numeric),
  constraint price_discounts_kind_check CHECK (kind::text = ANY (ARRAY['percent'::character varying, 'nominal'::character varying]::text[])),
  constraint price_discounts_scope_check CHECK (scope::text = ANY (ARRAY['product'::character varying, 'category'::character varying]::text[])),
  constraint price_discounts_value_check CHECK (value > 0::numeric)
);
CREATE UNIQUE INDEX uq_price_discounts_category ON price_discounts USING btree (category) WHERE (is_active AND ((scope)::text = 'category'::text));
CREATE UNIQUE INDEX uq_price_discounts_product ON price_discounts USING btree (product_id) WHERE (is_active AND ((scope)::text = 'product'::text));
CREATE TRIGGER audit_trigger AFTER INSERT OR DELETE OR UPDATE ON price_discounts FOR EACH ROW EXECUTE FUNCTION log_audit_event();
CREATE TRIGGER update_timestamp BEFORE UPDATE ON price_discounts FOR EACH ROW EXECUTE FUNCTION update_timestamp();

create table privacy_requests (
  id bigint generated always as identity not null,
  user_id bigint,
  kind character varying(10) not null,
  status character varying(12) default 'requested'::character varying not null,
  forfeited_amount numeric(15,2) default 0.00 not null,
  export_file jsonb,
  requested_at timestamp with time zone default now() not null,
  completed_at timestamp with time zone,
  download_until timestamp with time zone,
  error text,
  constraint privacy_requests_pkey PRIMARY KEY (id),
  constraint privacy_requests_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE SET NULL,
  constraint privacy_requests_forfeited_amount_check CHECK (forfeited_amount >= 0::numeric),
  constraint privacy_requests_kind_check CHECK (kind::text = ANY (ARRAY['export'::character varying, 'erasure'::character varying]::text[])),
  constraint privacy_requests_status_check CHECK (status::text = ANY (ARRAY['requested'::character varying, 'processing'::character varying, 'done'::character varying, 'rejected'::character varying]::text[]))
);
CREATE INDEX privacy_requests_download_until ON privacy_requests USING btree (download_until) WHERE (export_file IS NOT NULL);
CREATE INDEX privacy_requests_user_id ON privacy_requests USING btree (user_id);
CREATE UNIQUE INDEX uq_privacy_requests_open ON privacy_requests USING btree (user_id, kind) WHERE ((status)::text = ANY ((ARRAY['requested'::character varying, 'processing'::character varying])::text[]));
CREATE TRIGGER audit_trigger AFTER INSERT OR DELETE OR UPDATE ON privacy_requests FOR EACH ROW EXECUTE FUNCTION log_audit_event();
CREATE TRIGGER zz_lifecycle_status BEFORE UPDATE ON privacy_requests FOR EACH ROW WHEN (old.status::text IS DISTINCT FROM new.status::text AND (COALESCE(old.status::text, ''::text) <> 'requested'::text OR COALESCE(new.status::text, ''::text) <> 'processing'::text) AND (COALESCE(old.status::text, ''::text) <> 'requested'::text OR COALESCE(new.status::text, ''::text) <> 'rejected'::text) AND (COALESCE(old.status::text, ''::text) <> 'processing'::text OR COALESCE(new.status::text, ''::text) <> 'done'::text)) EXECUTE FUNCTION niaga.refuse_transition('status', 'id');

create table product_stocks (
  id uuid default gen_random_uuid() not null,
  product_id integer not null,
  content text not null,
  order_id integer,
  is_sold boolean default false not null,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  removed_at timestamp with time zone,
  constraint product_stocks_pkey PRIMARY KEY (id),
  constraint product_stocks_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders(id),
  constraint product_stocks_product_id_fkey FOREIGN KEY (product_id) REFERENCES products(id) ON UPDATE CASCADE,
  constraint product_stocks_check CHECK (NOT is_sold OR order_id IS NOT NULL),
  constraint product_stocks_check1 CHECK (removed_at IS NULL OR order_id IS NULL)
);
CREATE INDEX idx_product_stocks_available ON product_stocks USING btree (product_id, created_at, id) WHERE ((is_sold = false) AND (order_id IS NULL) AND (removed_at IS NULL));
CREATE INDEX idx_product_stocks_is_sold ON product_stocks USING btree (is_sold);
CREATE INDEX idx_product_stocks_order_id ON product_stocks USING btree (order_id);
CREATE INDEX idx_product_stocks_product_id ON product_stocks USING btree (product_id);
CREATE TRIGGER audit_trigger AFTER INSERT OR DELETE OR UPDATE ON product_stocks FOR EACH ROW EXECUTE FUNCTION log_audit_event();
CREATE TRIGGER immutable_columns BEFORE UPDATE ON product_stocks FOR EACH ROW WHEN (old.is_sold AND (old.id IS DISTINCT FROM new.id OR old.content IS DISTINCT FROM new.content)) EXECUTE FUNCTION refuse_money_change();
CREATE TRIGGER notify_stock_changed AFTER INSERT OR DELETE OR UPDATE ON product_stocks FOR EACH ROW EXECUTE FUNCTION notify_stock_changed();
CREATE TRIGGER product_stock_lifecycle BEFORE UPDATE ON product_stocks FOR EACH ROW WHEN (old.order_id IS DISTINCT FROM new.order_id OR old.is_sold IS DISTINCT FROM new.is_sold OR old.removed_at IS DISTINCT FROM new.removed_at) EXECUTE FUNCTION product_stock_lifecycle();
CREATE TRIGGER retention_guard BEFORE DELETE ON product_stocks FOR EACH ROW WHEN (old.is_sold) EXECUTE FUNCTION retain_financial_record();
CREATE TRIGGER retention_guard_truncate BEFORE TRUNCATE ON product_stocks FOR EACH STATEMENT EXECUTE FUNCTION retain_financial_record();
CREATE TRIGGER update_timestamp BEFORE UPDATE ON product_stocks FOR EACH ROW EXECUTE FUNCTION update_timestamp();

create table products (
  id integer not null,
  name character varying(255) not null,
  description text,
  category character varying(255) default 'Uncategorized'::character varying not null,
  customer_price numeric(15,2) not null,
  reseller_price numeric(15,2),
  sold_count integer default 0 not null,
  is_active boolean default true not null,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  constraint products_pkey PRIMARY KEY (id),
  constraint products_customer_price_check CHECK (customer_price >= 0::numeric),
  constraint products_id_check CHECK (id > 0),
  constraint products_reseller_price_check CHECK (reseller_price >= 0::numeric),
  constraint products_sold_count_check CHECK (sold_count >= 0)
);
CREATE INDEX idx_products_category ON products USING btree (category);
CREATE INDEX idx_products_is_active ON products USING btree (is_active);
CREATE INDEX idx_products_sold_count ON products USING btree (sold_count DESC);
CREATE TRIGGER audit_trigger AFTER INSERT OR DELETE OR UPDATE ON products FOR EACH ROW EXECUTE FUNCTION log_audit_event();
CREATE TRIGGER update_timestamp BEFORE UPDATE ON products FOR EACH ROW EXECUTE FUNCTION update_timestamp();

create table refunds (
  id bigint generated always as identity not null,
  order_id integer not null,
  user_id bigint not null,
  base_amount numeric(15,2) not null,
  days_used integer not null,
  claims_count integer not null,
  multiplier numeric(4,2) not null,
  amount numeric(15,2) not null,
  formula jsonb not null,
  status character varying(10) default 'requested'::character varying not null,
  decided_by bigint,
  reason text,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  constraint refunds_pkey PRIMARY KEY (id),
  constraint refunds_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES users(id),
  constraint refunds_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders(id),
  constraint refunds_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id),
  constraint refunds_amount_check CHECK (amount > 0::numeric),
  constraint refunds_base_amount_check CHECK (base_amount >= 0::numeric),
  constraint refunds_check CHECK (amount <= base_amount),
  constraint refunds_check1 CHECK ((status::text = 'requested'::text) = (decided_by IS NULL)),
  constraint refunds_claims_count_check CHECK (claims_count >= 0),
  constraint refunds_days_used_check CHECK (days_used >= 0),
  constraint refunds_multiplier_check CHECK (multiplier > 0::numeric),
  constraint refunds_multiplier_check1 CHECK (multiplier <= 1::numeric),
  constraint refunds_status_check CHECK (status::text = ANY (ARRAY['requested'::character varying, 'paid'::character varying, 'rejected'::character varying]::text[]))
);
CREATE INDEX idx_refunds_status ON refunds USING btree (status, created_at);
CREATE INDEX idx_refunds_user_id ON refunds USING btree (user_id);
CREATE INDEX refunds_order_id ON refunds USING btree (order_id);
CREATE INDEX refunds_status_id ON refunds USING btree (status, id);
CREATE UNIQUE INDEX uq_refunds_one_live_per_order ON refunds USING btree (order_id) WHERE ((status)::text <> 'rejected'::text);
CREATE TRIGGER audit_trigger AFTER INSERT OR DELETE OR UPDATE ON refunds FOR EACH ROW EXECUTE FUNCTION log_audit_event();
CREATE TRIGGER immutable_columns BEFORE UPDATE ON refunds FOR EACH ROW WHEN (old.order_id IS DISTINCT FROM new.order_id OR old.user_id IS DISTINCT FROM new.user_id OR old.base_amount IS DISTINCT FROM new.base_amount OR old.days_used IS DISTINCT FROM new.days_used OR old.claims_count IS DISTINCT FROM new.claims_count OR old.multiplier IS DISTINCT FROM new.multiplier OR old.amount IS DISTINCT FROM new.amount OR old.formula IS DISTINCT FROM new.formula OR old.created_at IS DISTINCT FROM new.created_at) EXECUTE FUNCTION refuse_money_change();
CREATE TRIGGER retention_guard BEFORE DELETE ON refunds FOR EACH ROW WHEN (old.status::text = 'paid'::text) EXECUTE FUNCTION retain_financial_record();
CREATE TRIGGER retention_guard_truncate BEFORE TRUNCATE ON refunds FOR EACH STATEMENT EXECUTE FUNCTION retain_financial_record();
CREATE TRIGGER update_timestamp BEFORE UPDATE ON refunds FOR EACH ROW EXECUTE FUNCTION update_timestamp();
CREATE TRIGGER zz_lifecycle_status BEFORE UPDATE ON refunds FOR EACH ROW WHEN (old.status::text IS DISTINCT FROM new.status::text AND (COALESCE(old.status::text, ''::text) <> 'requested'::text OR COALESCE(new.status::text, ''::text) <> 'paid'::text) AND (COALESCE(old.status::text, ''::text) <> 'requested'::text OR COALESCE(new.status::text, ''::text) <> 'rejected'::text)) EXECUTE FUNCTION niaga.refuse_transition('status', 'id');

create table settings (
  key character varying(50) not null,
  value jsonb not null,
  updated_by bigint,
  updated_at timestamp with time zone default now() not null,
  constraint settings_pkey PRIMARY KEY (key),
  constraint settings_updated_by_fkey FOREIGN KEY (updated_by) REFERENCES users(id)
);
CREATE TRIGGER audit_trigger AFTER INSERT OR DELETE OR UPDATE ON settings FOR EACH ROW EXECUTE FUNCTION log_audit_event();
CREATE TRIGGER settings_changed AFTER INSERT OR DELETE OR UPDATE ON settings FOR EACH ROW EXECUTE FUNCTION niaga.settings_changed();

create table support_messages (
  id bigint generated always as identity not null,
  user_id bigint not null,
  direction character varying(10) not null,
  admin_id bigint,
  body text not null,
  photo_file_id character varying(255),
  in_reply_to bigint,
  created_at timestamp with time zone default now() not null,
  constraint support_messages_pkey PRIMARY KEY (id),
  constraint support_messages_admin_id_fkey FOREIGN KEY (admin_id) REFERENCES users(id),
  constraint support_messages_in_reply_to_fkey FOREIGN KEY (in_reply_to) REFERENCES support_messages(id),
  constraint support_messages_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id),
  constraint support_messages_check CHECK ((direction::text = 'to_user'::text) = (admin_id IS NOT NULL)),
  constraint support_messages_direction_check CHECK (direction::text = ANY (ARRAY['to_admin'::character varying, 'to_user'::character varying]::text[]))
);
CREATE INDEX idx_support_messages_user_id ON support_messages USING btree (user_id, created_at DESC);
CREATE INDEX support_messages_created_at ON support_messages USING btree (created_at);
CREATE INDEX support_messages_in_reply_to ON support_messages USING btree (in_reply_to) WHERE (in_reply_to IS NOT NULL);
CREATE TRIGGER refuse_erased_author BEFORE INSERT ON support_messages FOR EACH ROW EXECUTE FUNCTION refuse_erased_author();

create table telegram_outbox (
  id bigint generated always as identity not null,
  chat_id bigint not null,
  method character varying(50) not null,
  payload jsonb not null,
  ref_type character varying(20),
  ref_id character varying(50),
  dedupe_key character varying(100),
  priority smallint default 5 not null,
  status character varying(10) default 'queued'::character varying not null,
  attempts integer default 0 not null,
  next_attempt_at timestamp with time zone default now() not null,
  message_id bigint,
  error text,
  created_at timestamp with time zone default now() not null,
  sent_at timestamp with time zone,
  constraint telegram_outbox_pkey PRIMARY KEY (id),
  constraint telegram_outbox_dedupe_key_key UNIQUE (dedupe_key),
  constraint telegram_outbox_attempts_check CHECK (attempts >= 0),
  constraint telegram_outbox_check CHECK ((status::text = 'sent'::text) = (sent_at IS NOT NULL)),
  constraint telegram_outbox_status_check CHECK (status::text = ANY (ARRAY['queued'::character varying, 'sending'::character varying, 'sent'::character varying, 'failed'::character varying]::text[]))
);
CREATE INDEX idx_telegram_outbox_due ON telegram_outbox USING btree (priority, next_attempt_at, id) WHERE ((status)::text = 'queued'::text);
CREATE INDEX idx_telegram_outbox_finished ON telegram_outbox USING btree (created_at) WHERE ((status)::text = ANY ((ARRAY['sent'::character varying, 'failed'::character varying])::text[]));
CREATE INDEX idx_telegram_outbox_message ON telegram_outbox USING btree (chat_id, message_id) WHERE (message_id IS NOT NULL);
CREATE INDEX idx_telegram_outbox_ref ON telegram_outbox USING btree (ref_type, ref_id) WHERE (ref_type IS NOT NULL);
CREATE INDEX idx_telegram_outbox_sending ON telegram_outbox USING btree (next_attempt_at) WHERE ((status)::text = 'sending'::text);
CREATE INDEX telegram_outbox_broadcast ON telegram_outbox USING btree (ref_id, status) WHERE ((ref_type)::text = 'broadcast'::text);
CREATE INDEX telegram_outbox_open ON telegram_outbox USING btree (chat_id, priority, id) WHERE ((status)::text = ANY ((ARRAY['queued'::character varying, 'sending'::character varying])::text[]));
CREATE INDEX telegram_outbox_order_notices ON telegram_outbox USING btree (chat_id, sent_at) WHERE ((message_id IS NOT NULL) AND ((payload ->> 'kind'::text) = ANY (ARRAY['staff_order_paid'::text, 'staff_deposit_paid'::text, 'staff_payment_expired'::text, 'staff_digest'::text])));
CREATE INDEX telegram_outbox_unseen ON telegram_outbox USING btree (chat_id) WHERE ((message_id IS NULL) AND ((status)::text = ANY ((ARRAY['sent'::character varying, 'failed'::character varying])::text[])));
CREATE TRIGGER notify_telegram_outbox AFTER INSERT ON telegram_outbox FOR EACH STATEMENT EXECUTE FUNCTION notify_telegram_outbox();
CREATE TRIGGER zz_lifecycle_status BEFORE UPDATE ON telegram_outbox FOR EACH ROW WHEN (old.status::text IS DISTINCT FROM new.status::text AND (COALESCE(old.status::text, ''::text) <> 'queued'::text OR COALESCE(new.status::text, ''::text) <> 'sending'::text) AND (COALESCE(old.status::text, ''::text) <> 'queued'::text OR COALESCE(new.status::text, ''::text) <> 'failed'::text) AND (COALESCE(old.status::text, ''::text) <> 'sending'::text OR COALESCE(new.status::text, ''::text) <> 'sent'::text) AND (COALESCE(old.status::text, ''::text) <> 'sending'::text OR COALESCE(new.status::text, ''::text) <> 'queued'::text) AND (COALESCE(old.status::text, ''::text) <> 'sending'::text OR COALESCE(new.status::text, ''::text) <> 'failed'::text)) EXECUTE FUNCTION niaga.refuse_transition('status', 'id');

create table users (
  id bigint not null,
  name character varying(255) not null,
  username character varying(255),
  email character varying(255),
  whatsapp_number character varying(20),
  member_status character varying(10) default 'customer'::character varying not null,
  bank_id character varying(10) not null,
  account_balance numeric(15,2) default 0.00 not null,
  is_banned boolean default false not null,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  blocked_bot_at timestamp with time zone,
  erased_at timestamp with time zone,
  erased_as bigint,
  constraint users_pkey PRIMARY KEY (id),
  constraint users_bank_id_key UNIQUE (bank_id),
  constraint users_email_key UNIQUE (email),
  constraint users_erased_as_key UNIQUE (erased_as),
  constraint users_username_key UNIQUE (username),
  constraint users_account_balance_check CHECK (account_balance >= 0::numeric),
  constraint users_bank_id_check CHECK (bank_id::text ~ '^[0-9]{6}$'::text),
  constraint users_check CHECK ((erased_at IS NULL) = (erased_as IS NULL)),
  constraint users_erased_as_check CHECK (erased_as < 0),
  constraint users_erased_is_blank CHECK (erased_at IS NULL OR name::text = 'Deleted user'::text AND num_nonnulls(username, email, whatsapp_number) = 0),
  constraint users_member_status_check CHECK (member_status::text = ANY (ARRAY['customer'::character varying, 'reseller'::character varying, 'admin'::character varying]::text[]))
);
CREATE INDEX idx_users_bank_id ON users USING btree (bank_id);
CREATE INDEX idx_users_email ON users USING btree (email) WHERE (email IS NOT NULL);
CREATE INDEX idx_users_member_status ON users USING btree (member_status);
CREATE INDEX users_banned ON users USING btree (id) WHERE is_banned;
CREATE INDEX users_by_role ON users USING btree (member_status, id);
CREATE INDEX users_id_prefix ON users USING btree (((id)::text) text_pattern_ops);
CREATE INDEX users_name_prefix ON users USING btree (lower((name)::text) text_pattern_ops);
CREATE INDEX users_username_prefix ON users USING btree (lower((username)::text) text_pattern_ops);
CREATE TRIGGER audit_trigger AFTER INSERT OR DELETE OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION log_audit_event();
CREATE TRIGGER ledger_1_deleted AFTER DELETE ON users FOR EACH ROW EXECUTE FUNCTION ledger.projection_moved('1');
CREATE TRIGGER ledger_1_guard BEFORE UPDATE OF account_balance ON users FOR EACH ROW WHEN (old.account_balance IS DISTINCT FROM new.account_balance) EXECUTE FUNCTION ledger.guard_1();
CREATE TRIGGER ledger_1_opened AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION ledger.projection_opened('1');
CREATE TRIGGER ledger_1_renamed AFTER UPDATE OF id ON users FOR EACH ROW WHEN (old.id IS DISTINCT FROM new.id) EXECUTE FUNCTION ledger.projection_moved('1');
CREATE TRIGGER normalize_contact BEFORE INSERT OR UPDATE OF username, email, whatsapp_number ON users FOR EACH ROW EXECUTE FUNCTION normalize_contact();
CREATE TRIGGER update_timestamp BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION update_timestamp();
CREATE TRIGGER zz_lifecycle_member_status BEFORE UPDATE ON users FOR EACH ROW WHEN (old.member_status::text IS DISTINCT FROM new.member_status::text AND (COALESCE(old.member_status::text, ''::text) <> 'admin'::text OR COALESCE(new.member_status::text, ''::text) <> 'customer'::text) AND (COALESCE(old.member_status::text, ''::text) <> 'customer'::text OR COALESCE(new.member_status::text, ''::text) <> 'reseller'::text) AND (COALESCE(old.member_status::text, ''::text) <> 'customer'::text OR COALESCE(new.member_status::text, ''::text) <> 'admin'::text) AND (COALESCE(old.member_status::text, ''::text) <> 'reseller'::text OR COALESCE(new.member_status::text, ''::text) <> 'customer'::text) AND (COALESCE(old.member_status::text, ''::text) <> 'reseller'::text OR COALESCE(new.member_status::text, ''::text) <> 'admin'::text)) EXECUTE FUNCTION niaga.refuse_transition('member_status', 'id');

create table voucher_usage_cooldown (
  id integer default nextval('voucher_usage_cooldown_id_seq'::regclass) not null,
  user_id bigint not null,
  last_voucher_used timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  constraint voucher_usage_cooldown_pkey PRIMARY KEY (id),
  constraint voucher_usage_cooldown_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id),
  constraint voucher_usage_cooldown_check CHECK (expires_at > last_voucher_used)
);
CREATE INDEX idx_voucher_cooldown_expires_at ON voucher_usage_cooldown USING btree (expires_at);
CREATE INDEX idx_voucher_cooldown_user_id ON voucher_usage_cooldown USING btree (user_id);
CREATE TRIGGER audit_trigger AFTER INSERT OR DELETE OR UPDATE ON voucher_usage_cooldown FOR EACH ROW EXECUTE FUNCTION log_audit_event();

create table vouchers (
  id integer default nextval('vouchers_id_seq'::regclass) not null,
  code character varying(20) not null,
  amount numeric(15,2) not null,
  created_by bigint not null,
  is_used boolean default false not null,
  used_by bigint,
  used_at timestamp with time zone,
  order_id integer,
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone default now() not null,
  constraint vouchers_pkey PRIMARY KEY (id),
  constraint vouchers_code_key UNIQUE (code),
  constraint vouchers_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id),
  constraint vouchers_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders(id),
  constraint vouchers_used_by_fkey FOREIGN KEY (used_by) REFERENCES users(id),
  constraint vouchers_amount_check CHECK (amount > 0::numeric),
  constraint vouchers_check CHECK (is_used OR used_by IS NULL AND used_at IS NULL)
);
CREATE INDEX idx_vouchers_code ON vouchers USING btree (code);
CREATE INDEX idx_vouchers_expires_at ON vouchers USING btree (expires_at);
CREATE INDEX idx_vouchers_is_used ON vouchers USING btree (is_used);
CREATE INDEX idx_vouchers_used_by ON vouchers USING btree (used_by);
CREATE UNIQUE INDEX uq_vouchers_order_id ON vouchers USING btree (order_id) WHERE (order_id IS NOT NULL);
CREATE INDEX vouchers_by_state ON vouchers USING btree (is_used, id DESC);
CREATE TRIGGER audit_trigger AFTER INSERT OR DELETE OR UPDATE ON vouchers FOR EACH ROW EXECUTE FUNCTION log_audit_event();
CREATE TRIGGER voucher_lifecycle BEFORE UPDATE ON vouchers FOR EACH ROW WHEN (old.order_id IS DISTINCT FROM new.order_id OR old.is_used IS DISTINCT FROM new.is_used OR old.used_by IS DISTINCT FROM new.used_by OR old.used_at IS DISTINCT FROM new.used_at) EXECUTE FUNCTION voucher_lifecycle();

create table warranty_claims (
  id bigint generated always as identity not null,
  order_item_id integer not null,
  note text,
  recorded_by bigint not null,
  created_at timestamp with time zone default now() not null,
  constraint warranty_claims_pkey PRIMARY KEY (id),
  constraint warranty_claims_order_item_id_fkey FOREIGN KEY (order_item_id) REFERENCES order_items(id),
  constraint warranty_claims_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES users(id)
);
CREATE INDEX idx_warranty_claims_order_item_id ON warranty_claims USING btree (order_item_id);
CREATE TRIGGER audit_trigger AFTER INSERT OR DELETE OR UPDATE ON warranty_claims FOR EACH ROW EXECUTE FUNCTION log_audit_event();
-- function add_stock(p_product integer, p_contents text[], p_allow_duplicates boolean, OUT added integer, OUT duplicates integer) returns record
-- function adjust_balance(p_user bigint, p_mode text, p_amount numeric, p_key text, p_reason text) returns numeric
-- function adopt_gateway_answer(p_invoice text, p_fee numeric, p_total numeric, p_qr text, p_checkout_url text, p_gateway_expires_at timestamp with time zone) returns text
-- function announce_role(p_user bigint, p_from text, p_to text) returns void
-- function announce_stock(p_product integer) returns void
-- function approve_refund(p_refund bigint, p_admin bigint) returns void
-- function audit_entity_id(p_row jsonb) returns text
-- function audit_pseudonym(p_id text) returns text
-- function audit_pseudonyms(p_table text, p_row jsonb) returns jsonb
-- function audit_row(p_table text, p_row jsonb) returns jsonb
-- function audit_subject(p_table text, p_row jsonb, p_before jsonb) returns bigint
-- function ban_user(p_user bigint) returns SETOF text
-- function broadcast_counts(p_id bigint, OUT total integer, OUT open integer, OUT sent integer, OUT failed integer) returns record
-- function cancel_broadcast(p_id bigint) returns void
-- function cancel_payment(p_invoice text, p_by text) returns void
-- function check_erasable(p_user users) returns void
-- function check_payable(p_user bigint, p_method text, p_base numeric) returns void
-- function check_voucher(p_user bigint, p_code text, OUT voucher_id integer, OUT amount numeric, OUT expires_at timestamp with time zone) returns record
-- function claim_messages(p_limit integer, p_broadcasts boolean, p_busy bigint[], p_now timestamp with time zone) returns TABLE(id bigint, chat_id bigint, method text, payload jsonb, ref_type text, ref_id text, priority smallint, attempts integer)
-- function clean_vouchers(p_limit integer) returns integer
-- function close_exports(p_user bigint) returns void
-- function close_payment(p_invoice text, p_status text, p_parent_status text, p_error text) returns void
-- function count_made(p_user bigint, p_what text) returns void
-- function count_sold() returns trigger
-- function create_product(p_id integer, p_name text, p_category text, p_price numeric, p_description text) returns integer
-- function credit_late_payment(p_invoice text, p_completed_at timestamp with time zone) returns void
-- function days_since_paid(p_order orders) returns integer
-- function deposit_json(p_deposit_id bigint) returns jsonb
-- function erase_user(p_user bigint, p_forfeit numeric) returns bigint
-- function expire_payment(p_invoice text) returns text
-- function fail_payment(p_invoice text, p_error text) returns text
-- function fan_out_broadcast(p_id bigint, p_after bigint, p_limit integer) returns bigint
-- function finish_broadcast(p_id bigint) returns boolean
-- function finish_deposit(p_deposit_id bigint) returns void
-- function finish_order(p_order_id integer) returns void
-- function forget_conversation(p_user bigint) returns void
-- function free_bank_id() returns text
-- function gateway_fee(p_base numeric, p_tariff jsonb) returns numeric
-- function give_away(p_admin bigint, p_amount numeric, p_count integer, OUT codes text[], OUT expires_at timestamp with time zone) returns record
-- function guard_order_item() returns trigger
-- function hold_notice(p_id bigint, p_until timestamp with time zone) returns jsonb
-- function insert_order(p_user bigint, p_quote jsonb) returns integer
-- function keep_broadcast() returns trigger
-- function lock_broadcast(p_id bigint) returns text
-- function lock_customer(p_user bigint) returns void
-- function lock_payment(p_invoice text, OUT payment_id bigint, OUT is_open boolean) returns record
-- function lock_person(p_user bigint) returns text
-- function lock_refund(p_refund bigint) returns refunds
-- function log_audit_event() returns trigger
-- function merge_notices(p_id bigint, p_others bigint[]) returns jsonb
-- function merge_order_notice(p_id bigint, p_attempts integer) returns jsonb
-- function new_invoice_id(p_prefix text) returns text
-- function news_payload(p_kind text, p_ref_type text, p_id text) returns jsonb
-- function normalize_contact() returns trigger
-- function note_imported_order() returns trigger
-- function note_retention(p_table text, p_counts jsonb) returns void
-- function notify_staff(p_kind text, p_ref_type text, p_invoice text, p_facts jsonb) returns void
-- function notify_stock_changed() returns trigger
-- function notify_telegram_outbox() returns trigger
-- function notify_user(p_user bigint, p_kind text, p_ref_type text, p_invoice text, p_priority integer) returns void
-- function open_payment(p_invoice text, p_user bigint, p_order_id integer, p_deposit_id bigint, p_amount numeric, p_fee numeric) returns void
-- function order_consistency() returns trigger
-- function order_json(p_order_id integer) returns jsonb
-- function payment_json(p_invoice text) returns jsonb
-- function place_deposit(p_user bigint, p_amount numeric) returns jsonb
-- function place_order(p_user bigint, p_items jsonb, p_method text, p_voucher_code text, p_expected_total numeric) returns jsonb
-- function place_order_once(p_key text, p_request_hash text, p_refusal jsonb, p_user bigint, p_items jsonb, p_method text, p_voucher_code text, p_expected_total numeric, OUT invoice text, OUT is_new boolean) returns record
-- function post_transfers(p_reference text, p_from text[], p_to text[], p_amounts numeric[]) returns void
-- function price_lines(p_user bigint, p_items jsonb) returns jsonb
-- function product_prices(p_member_status text) returns TABLE(product_id integer, price numeric)
-- function product_stock_lifecycle() returns trigger
-- function pseudonymise_event() returns trigger
-- function purge_deposits(p_limit integer) returns jsonb
-- function purge_messages(p_limit integer) returns jsonb
-- function purge_orders(p_paid boolean, p_limit integer) returns jsonb
-- function purge_people() returns jsonb
-- function quote_order(p_user bigint, p_items jsonb, p_method text, p_voucher_code text) returns jsonb
-- function quote_refund(p_user bigint, p_invoice text, OUT order_id integer, OUT base_amount numeric, OUT days_used integer, OUT claims_count integer, OUT multiplier numeric, OUT amount numeric, OUT formula jsonb) returns record
-- function random_code(p_length integer, p_alphabet text) returns text
-- function recent_payments(p_since timestamp with time zone) returns TABLE(ref_type text, invoice_id text, user_id bigint, amount numeric)
-- function reconcile() returns TABLE(problem text, entity_type text, entity_id text, details jsonb)
-- function record_claim(p_admin bigint, p_invoice text, p_item integer, p_note text) returns bigint
-- function redeem_voucher(p_order_id integer, p_user bigint) returns void
-- function refund_terms(p_base numeric, p_days_used integer, p_claims integer, p_formula jsonb, OUT multiplier numeric, OUT amount numeric) returns record
-- function refuse(p_code text, p_details jsonb) returns void
-- function refuse_erased_author() returns trigger
-- function refuse_money_change() returns trigger
-- function refuse_order_change() returns trigger
-- function refuse_out_of_stock(p_product integer, p_requested bigint) returns void
-- function refuse_second_deposit(p_user bigint) returns void
-- function refuse_second_order(p_user bigint) returns void
-- function refuse_transition(p_table text, p_id text, p_from text, p_to text) returns void
-- function register_user(p_id bigint, p_name text, p_username text) returns boolean
-- function reject_refund(p_refund bigint, p_admin bigint, p_reason text) returns void
-- function remove_stock(p_product integer, p_stock uuid) returns integer
-- function request_refund(p_user bigint, p_invoice text) returns bigint
-- function reserve_voucher(p_order_id integer, p_code text) returns void
-- function retain_financial_record() returns trigger
-- function send_broadcast(p_id bigint) returns boolean
-- function set_member_status(p_user bigint, p_to text, p_from text) returns text
-- function setting(p_key text) returns jsonb
-- function settle_payment(p_invoice text, p_amount numeric, p_completed_at timestamp with time zone) returns text
-- function staff_chats() returns SETOF bigint
-- function take_stock(p_order_id integer, p_lines jsonb, p_sold boolean) returns void
-- function unban_user(p_user bigint) returns void
-- function unit_price(p_customer_price numeric, p_reseller_price numeric, p_member_status text, p_kind text, p_value numeric) returns numeric
-- function unusual_buying(p_now timestamp without time zone) returns TABLE(key text, what text, amount numeric, facts jsonb)
-- function update_timestamp() returns trigger
-- function voucher_lifecycle() returns trigger
-- function watch_stock() returns void
-- function watch_velocity() returns void
-- function write_to_staff(p_user bigint, p_body text, p_photo text) returns bigint
-- function write_to_user(p_admin bigint, p_user bigint, p_body text, p_photo text, p_in_reply_to bigint) returns bigint
