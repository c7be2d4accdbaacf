-- Why: an append-only ledger of movements, one guarded balance per product and location, and reservations as rows.
-- Lock: creates new objects only, waits for nobody. Rows touched: none but the default location. Old code: still fine.
-- Undo by hand: DROP TABLE commerce.stock_reservations, commerce.stock_movements, commerce.stock_balances,
-- commerce.stock_locations; DROP FUNCTION commerce.refuse_ledger_change().
SET LOCAL lock_timeout = '5s';

CREATE TABLE commerce.stock_locations (
  id uuid NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  is_default boolean NOT NULL,
  CONSTRAINT stock_locations_pkey PRIMARY KEY (id),
  CONSTRAINT stock_locations_code_key UNIQUE (code)
);
CREATE UNIQUE INDEX stock_locations_default_key ON commerce.stock_locations (is_default) WHERE is_default;

-- The same id in every site: the database is the wall between sites, and code can name the place without a query.
INSERT INTO commerce.stock_locations (id, code, name, is_default)
VALUES ('01990000-0000-7000-8000-000000000001', 'MAIN', 'Dépôt principal', true);

-- The check is the net under the conditional update of the code: no path can promise what is not there.
CREATE TABLE commerce.stock_balances (
  product_id uuid NOT NULL,
  location_id uuid NOT NULL,
  on_hand numeric(19, 4) NOT NULL,
  reserved numeric(19, 4) NOT NULL,
  CONSTRAINT stock_balances_pkey PRIMARY KEY (product_id, location_id),
  CONSTRAINT stock_balances_product_fkey FOREIGN KEY (product_id) REFERENCES commerce.products (id),
  CONSTRAINT stock_balances_location_fkey FOREIGN KEY (location_id) REFERENCES commerce.stock_locations (id),
  CONSTRAINT stock_balances_reserved_check CHECK (reserved >= 0 AND reserved <= on_hand)
);

CREATE TABLE commerce.stock_movements (
  id uuid NOT NULL,
  product_id uuid NOT NULL,
  location_id uuid NOT NULL,
  lot text,
  kind text NOT NULL,
  quantity numeric(13, 4) NOT NULL,
  reason text,
  actor_id text NOT NULL,
  actor_label text NOT NULL,
  created_at timestamptz NOT NULL,
  CONSTRAINT stock_movements_pkey PRIMARY KEY (id),
  CONSTRAINT stock_movements_balance_fkey FOREIGN KEY (product_id, location_id)
    REFERENCES commerce.stock_balances (product_id, location_id),
  CONSTRAINT stock_movements_kind_check CHECK (kind IN ('receipt', 'adjustment')),
  CONSTRAINT stock_movements_quantity_check CHECK (quantity <> 0 AND (kind <> 'receipt' OR quantity > 0))
);
CREATE INDEX stock_movements_product_idx ON commerce.stock_movements (product_id, id);

CREATE FUNCTION commerce.refuse_ledger_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the stock ledger is append-only: write an opposite movement instead'
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'stock_movements_append_only';
END
$$;
CREATE TRIGGER stock_movements_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON commerce.stock_movements
  FOR EACH STATEMENT EXECUTE FUNCTION commerce.refuse_ledger_change();

CREATE TABLE commerce.stock_reservations (
  id uuid NOT NULL,
  product_id uuid NOT NULL,
  location_id uuid NOT NULL,
  order_id uuid NOT NULL,
  order_line_id uuid NOT NULL,
  quantity numeric(13, 4) NOT NULL,
  state text NOT NULL,
  created_at timestamptz NOT NULL,
  ended_at timestamptz,
  CONSTRAINT stock_reservations_pkey PRIMARY KEY (id),
  CONSTRAINT stock_reservations_balance_fkey FOREIGN KEY (product_id, location_id)
    REFERENCES commerce.stock_balances (product_id, location_id),
  CONSTRAINT stock_reservations_order_fkey FOREIGN KEY (order_id) REFERENCES commerce.orders (id),
  CONSTRAINT stock_reservations_line_fkey FOREIGN KEY (order_line_id) REFERENCES commerce.order_lines (id),
  CONSTRAINT stock_reservations_quantity_check CHECK (quantity > 0),
  CONSTRAINT stock_reservations_state_check CHECK (state IN ('active', 'consumed', 'released', 'expired')),
  CONSTRAINT stock_reservations_ended_check CHECK ((state = 'active') = (ended_at IS NULL))
);
CREATE UNIQUE INDEX stock_reservations_active_key ON commerce.stock_reservations (order_line_id) WHERE state = 'active';
CREATE INDEX stock_reservations_product_idx ON commerce.stock_reservations (product_id, id) WHERE state = 'active';
CREATE INDEX stock_reservations_order_idx ON commerce.stock_reservations (order_id);

SELECT platform.grant_to('{platen_site_app}', 'select', 'table commerce.stock_locations');
SELECT platform.grant_to('{platen_site_app}', 'select, insert', 'table commerce.stock_movements');
SELECT platform.grant_to('{platen_site_app}', 'select, insert, update', 'table commerce.stock_balances, commerce.stock_reservations');
SELECT platform.grant_to('{platen_site_reader,platen_site_dumper}', 'select',
  'table commerce.stock_locations, commerce.stock_balances, commerce.stock_movements, commerce.stock_reservations');
