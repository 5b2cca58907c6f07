-- What is sold and what lowers its price.

-- migrate:up
CREATE TABLE products (
  -- Chosen by the admin; renumbering cascades to everything that names it.
  id INT PRIMARY KEY CHECK (id > 0),
  name VARCHAR(255) NOT NULL,
  description TEXT,
  category VARCHAR(255) NOT NULL DEFAULT 'Uncategorized',
  customer_price DECIMAL(15,2) NOT NULL CHECK (customer_price >= 0),
  reseller_price DECIMAL(15,2) CHECK (reseller_price >= 0),
  sold_count INT NOT NULL DEFAULT 0 CHECK (sold_count >= 0),
  is_active BOOLEAN NOT NULL DEFAULT true,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);
CREATE INDEX idx_products_category ON products (category);
CREATE INDEX idx_products_is_active ON products (is_active);
CREATE INDEX idx_products_sold_count ON products (sold_count DESC);

CREATE TRIGGER update_timestamp BEFORE UPDATE ON products
FOR EACH ROW EXECUTE FUNCTION update_timestamp();
CREATE TRIGGER audit_trigger AFTER INSERT OR UPDATE OR DELETE ON products
FOR EACH ROW EXECUTE FUNCTION log_audit_event();

-- One active discount per product and one per category; the product's wins.
CREATE TABLE price_discounts (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  scope VARCHAR(10) NOT NULL CHECK (scope IN ('product','category')),
  product_id INT REFERENCES products (id) ON UPDATE CASCADE,
  category VARCHAR(255),
  kind VARCHAR(10) NOT NULL CHECK (kind IN ('percent','nominal')),
  value DECIMAL(15,2) NOT NULL CHECK (value > 0),
  is_active BOOLEAN NOT NULL DEFAULT true,
  created_by BIGINT NOT NULL REFERENCES users (id),
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  CHECK ((scope = 'product') = (product_id IS NOT NULL)),
  CHECK ((scope = 'category') = (category IS NOT NULL)),
  CHECK (kind <> 'percent' OR value <= 100)
);
CREATE UNIQUE INDEX uq_price_discounts_product ON price_discounts (product_id)
  WHERE is_active AND scope = 'product';
CREATE UNIQUE INDEX uq_price_discounts_category ON price_discounts (category)
  WHERE is_active AND scope = 'category';

CREATE TRIGGER update_timestamp BEFORE UPDATE ON price_discounts
FOR EACH ROW EXECUTE FUNCTION update_timestamp();
CREATE TRIGGER audit_trigger AFTER INSERT OR UPDATE OR DELETE ON price_discounts
FOR EACH ROW EXECUTE FUNCTION log_audit_event();

-- migrate:down
DROP TABLE price_discounts;
DROP TABLE products;
