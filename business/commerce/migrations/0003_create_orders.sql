-- Why: sales orders, draft to submitted to cancelled, with the customer and the products as they were when sold.
-- Lock: creates new objects only, waits for nobody. Rows touched: none. Old code: does not know the tables, still fine.
-- Undo by hand: DROP TABLE commerce.order_vat_rows, commerce.order_lines, commerce.orders; DROP SEQUENCE commerce.order_numbers.
SET LOCAL lock_timeout = '5s';

-- Orders are not fiscal documents: a sequence may leave gaps, and nobody waits for its neighbour's number.
CREATE SEQUENCE commerce.order_numbers AS bigint;

CREATE TABLE commerce.orders (
  id uuid NOT NULL,
  number text,
  state text NOT NULL,
  customer_id uuid NOT NULL,
  customer jsonb NOT NULL,
  currency text NOT NULL,
  discount_percent numeric(5, 2),
  discount_amount_cents bigint,
  note text,
  lines_net_cents bigint NOT NULL,
  discount_cents bigint NOT NULL,
  net_cents bigint NOT NULL,
  vat_total_cents bigint NOT NULL,
  gross_cents bigint NOT NULL,
  search_text text NOT NULL,
  version integer NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  submitted_at timestamptz,
  cancelled_at timestamptz,
  cancellation_reason text,
  CONSTRAINT orders_pkey PRIMARY KEY (id),
  CONSTRAINT orders_number_key UNIQUE (number),
  CONSTRAINT orders_customer_fkey FOREIGN KEY (customer_id) REFERENCES commerce.customers (id),
  CONSTRAINT orders_state_check CHECK (state IN ('draft', 'submitted', 'cancelled')),
  CONSTRAINT orders_customer_check CHECK (jsonb_typeof(customer) = 'object'),
  CONSTRAINT orders_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
  CONSTRAINT orders_discount_check CHECK (num_nonnulls(discount_percent, discount_amount_cents) <= 1),
  CONSTRAINT orders_net_check CHECK (net_cents = lines_net_cents - discount_cents),
  CONSTRAINT orders_gross_check CHECK (gross_cents = net_cents + vat_total_cents),
  CONSTRAINT orders_submitted_check CHECK ((number IS NULL) = (submitted_at IS NULL)),
  CONSTRAINT orders_draft_check CHECK (state <> 'draft' OR (submitted_at IS NULL AND cancelled_at IS NULL)),
  CONSTRAINT orders_state_submitted_check CHECK (state <> 'submitted' OR (submitted_at IS NOT NULL AND cancelled_at IS NULL)),
  CONSTRAINT orders_cancelled_check CHECK ((state = 'cancelled') = (cancelled_at IS NOT NULL)),
  CONSTRAINT orders_version_check CHECK (version > 0)
);
CREATE INDEX orders_customer_idx ON commerce.orders (customer_id, id);
CREATE INDEX orders_state_idx ON commerce.orders (state, id);

CREATE TABLE commerce.order_lines (
  id uuid NOT NULL,
  order_id uuid NOT NULL,
  position integer NOT NULL,
  product_id uuid NOT NULL,
  sku text NOT NULL,
  name text NOT NULL,
  kind text NOT NULL,
  description text,
  quantity numeric(13, 4) NOT NULL,
  unit text NOT NULL,
  unit_price numeric(15, 6) NOT NULL,
  discount_percent numeric(5, 2),
  net_cents bigint NOT NULL,
  vat_category text NOT NULL,
  vat_rate numeric(5, 2) NOT NULL,
  CONSTRAINT order_lines_pkey PRIMARY KEY (id),
  CONSTRAINT order_lines_position_key UNIQUE (order_id, position),
  CONSTRAINT order_lines_order_fkey FOREIGN KEY (order_id) REFERENCES commerce.orders (id),
  CONSTRAINT order_lines_product_fkey FOREIGN KEY (product_id) REFERENCES commerce.products (id),
  CONSTRAINT order_lines_kind_check CHECK (kind IN ('goods', 'service')),
  CONSTRAINT order_lines_quantity_check CHECK (quantity > 0),
  CONSTRAINT order_lines_unit_price_check CHECK (unit_price >= 0),
  CONSTRAINT order_lines_discount_check CHECK (discount_percent BETWEEN 0 AND 100),
  CONSTRAINT order_lines_vat_check CHECK (vat_rate BETWEEN 0 AND 100 AND (vat_category = 'S') = (vat_rate > 0))
);
CREATE INDEX order_lines_product_idx ON commerce.order_lines (product_id);

CREATE TABLE commerce.order_vat_rows (
  order_id uuid NOT NULL,
  vat_category text NOT NULL,
  vat_rate numeric(5, 2) NOT NULL,
  discount_cents bigint NOT NULL,
  base_cents bigint NOT NULL,
  amount_cents bigint NOT NULL,
  CONSTRAINT order_vat_rows_pkey PRIMARY KEY (order_id, vat_category, vat_rate),
  CONSTRAINT order_vat_rows_order_fkey FOREIGN KEY (order_id) REFERENCES commerce.orders (id),
  CONSTRAINT order_vat_rows_amount_check CHECK (amount_cents = round(base_cents * vat_rate / 100))
);

SELECT platform.grant_to('{platen_site_app}', 'usage', 'sequence commerce.order_numbers');
SELECT platform.grant_to('{platen_site_app}', 'select, insert, update', 'table commerce.orders');
SELECT platform.grant_to('{platen_site_app}', 'select, insert, delete', 'table commerce.order_lines, commerce.order_vat_rows');
SELECT platform.grant_to('{platen_site_reader,platen_site_dumper}', 'select', 'table commerce.orders, commerce.order_lines, commerce.order_vat_rows');
SELECT platform.grant_to('{platen_site_dumper}', 'select', 'sequence commerce.order_numbers');
