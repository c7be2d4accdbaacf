-- What the migrations of this folder make, written by a test from the catalogs; do not edit.
-- After a new migration: UPDATE_SCHEMA=1 npm test -- <the folder of that test>

create schema commerce;
grant usage on schema commerce to platen_site_app;
grant usage on schema commerce to platen_site_dumper;
grant usage on schema commerce to platen_site_reader;

create sequence commerce.order_numbers as bigint start 1 increment 1;

create table commerce.customers (
  id uuid not null,
  kind text not null,
  name text not null,
  email text,
  phone text,
  siren text,
  siret text,
  vat_number text,
  billing_address jsonb,
  delivery_address jsonb,
  payment_term_days integer not null,
  search_text text not null,
  version integer not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null
);
alter table commerce.customers add constraint customers_pkey PRIMARY KEY (id);
alter table commerce.customers add constraint customers_kind_check CHECK ((kind = ANY (ARRAY['company'::text, 'person'::text])));
alter table commerce.customers add constraint customers_payment_term_check CHECK (((payment_term_days >= 0) AND (payment_term_days <= 365)));
alter table commerce.customers add constraint customers_person_check CHECK (((kind = 'company'::text) OR (num_nonnulls(siren, siret, vat_number) = 0)));
alter table commerce.customers add constraint customers_siren_check CHECK ((siren ~ '^[0-9]{9}$'::text));
alter table commerce.customers add constraint customers_siret_check CHECK ((siret ~ '^[0-9]{14}$'::text));
alter table commerce.customers add constraint customers_version_check CHECK ((version > 0));
grant insert, select, update on commerce.customers to platen_site_app;
grant select on commerce.customers to platen_site_dumper;
grant select on commerce.customers to platen_site_reader;

create table commerce.idempotency_keys (
  actor_id text not null,
  key text not null,
  request_digest text not null,
  response_status integer not null,
  response_body text not null,
  created_at timestamp with time zone not null
);
alter table commerce.idempotency_keys add constraint idempotency_keys_pkey PRIMARY KEY (actor_id, key);
CREATE INDEX idempotency_keys_created_idx ON commerce.idempotency_keys USING btree (created_at);
grant delete, insert, select, update on commerce.idempotency_keys to platen_site_app;
grant select on commerce.idempotency_keys to platen_site_dumper;

create table commerce.order_lines (
  id uuid not null,
  order_id uuid not null,
  "position" integer not null,
  product_id uuid not null,
  sku text not null,
  name text not null,
  kind text not null,
  description text,
  quantity numeric(13,4) not null,
  unit text not null,
  unit_price numeric(15,6) not null,
  discount_percent numeric(5,2),
  net_cents bigint not null,
  vat_category text not null,
  vat_rate numeric(5,2) not null
);
alter table commerce.order_lines add constraint order_lines_pkey PRIMARY KEY (id);
alter table commerce.order_lines add constraint order_lines_position_key UNIQUE (order_id, "position");
alter table commerce.order_lines add constraint order_lines_discount_check CHECK (((discount_percent >= (0)::numeric) AND (discount_percent <= (100)::numeric)));
alter table commerce.order_lines add constraint order_lines_kind_check CHECK ((kind = ANY (ARRAY['goods'::text, 'service'::text])));
alter table commerce.order_lines add constraint order_lines_quantity_check CHECK ((quantity > (0)::numeric));
alter table commerce.order_lines add constraint order_lines_unit_price_check CHECK ((unit_price >= (0)::numeric));
alter table commerce.order_lines add constraint order_lines_vat_check CHECK ((((vat_rate >= (0)::numeric) AND (vat_rate <= (100)::numeric)) AND ((vat_category = 'S'::text) = (vat_rate > (0)::numeric))));
alter table commerce.order_lines add constraint order_lines_order_fkey FOREIGN KEY (order_id) REFERENCES commerce.orders(id);
alter table commerce.order_lines add constraint order_lines_product_fkey FOREIGN KEY (product_id) REFERENCES commerce.products(id);
CREATE INDEX order_lines_product_idx ON commerce.order_lines USING btree (product_id);
grant delete, insert, select on commerce.order_lines to platen_site_app;
grant select on commerce.order_lines to platen_site_dumper;
grant select on commerce.order_lines to platen_site_reader;

grant select on commerce.order_numbers to platen_site_dumper;
grant usage on commerce.order_numbers to platen_site_app;

create table commerce.order_vat_rows (
  order_id uuid not null,
  vat_category text not null,
  vat_rate numeric(5,2) not null,
  discount_cents bigint not null,
  base_cents bigint not null,
  amount_cents bigint not null
);
alter table commerce.order_vat_rows add constraint order_vat_rows_pkey PRIMARY KEY (order_id, vat_category, vat_rate);
alter table commerce.order_vat_rows add constraint order_vat_rows_amount_check CHECK (((amount_cents)::numeric = round((((base_cents)::numeric * vat_rate) / (100)::numeric))));
alter table commerce.order_vat_rows add constraint order_vat_rows_order_fkey FOREIGN KEY (order_id) REFERENCES commerce.orders(id);
grant delete, insert, select on commerce.order_vat_rows to platen_site_app;
grant select on commerce.order_vat_rows to platen_site_dumper;
grant select on commerce.order_vat_rows to platen_site_reader;

create table commerce.orders (
  id uuid not null,
  number text,
  state text not null,
  customer_id uuid not null,
  customer jsonb not null,
  currency text not null,
  discount_percent numeric(5,2),
  discount_amount_cents bigint,
  note text,
  lines_net_cents bigint not null,
  discount_cents bigint not null,
  net_cents bigint not null,
  vat_total_cents bigint not null,
  gross_cents bigint not null,
  search_text text not null,
  version integer not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  submitted_at timestamp with time zone,
  cancelled_at timestamp with time zone,
  cancellation_reason text
);
alter table commerce.orders add constraint orders_pkey PRIMARY KEY (id);
alter table commerce.orders add constraint orders_number_key UNIQUE (number);
alter table commerce.orders add constraint orders_cancelled_check CHECK (((state = 'cancelled'::text) = (cancelled_at IS NOT NULL)));
alter table commerce.orders add constraint orders_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text));
alter table commerce.orders add constraint orders_customer_check CHECK ((jsonb_typeof(customer) = 'object'::text));
alter table commerce.orders add constraint orders_discount_check CHECK ((num_nonnulls(discount_percent, discount_amount_cents) <= 1));
alter table commerce.orders add constraint orders_draft_check CHECK (((state <> 'draft'::text) OR ((submitted_at IS NULL) AND (cancelled_at IS NULL))));
alter table commerce.orders add constraint orders_gross_check CHECK ((gross_cents = (net_cents + vat_total_cents)));
alter table commerce.orders add constraint orders_net_check CHECK ((net_cents = (lines_net_cents - discount_cents)));
alter table commerce.orders add constraint orders_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'submitted'::text, 'cancelled'::text])));
alter table commerce.orders add constraint orders_state_submitted_check CHECK (((state <> 'submitted'::text) OR ((submitted_at IS NOT NULL) AND (cancelled_at IS NULL))));
alter table commerce.orders add constraint orders_submitted_check CHECK (((number IS NULL) = (submitted_at IS NULL)));
alter table commerce.orders add constraint orders_version_check CHECK ((version > 0));
alter table commerce.orders add constraint orders_customer_fkey FOREIGN KEY (customer_id) REFERENCES commerce.customers(id);
CREATE INDEX orders_customer_idx ON commerce.orders USING btree (customer_id, id);
CREATE INDEX orders_state_idx ON commerce.orders USING btree (state, id);
grant insert, select, update on commerce.orders to platen_site_app;
grant select on commerce.orders to platen_site_dumper;
grant select on commerce.orders to platen_site_reader;

create table commerce.products (
  id uuid not null,
  sku text not null,
  sku_key text not null,
  name text not null,
  description text,
  kind text not null,
  unit text not null,
  vat_category text not null,
  vat_rate numeric(5,2) not null,
  unit_price numeric(15,6) not null,
  currency text not null,
  barcode text,
  reorder_level numeric(13,4),
  picture_key text,
  picture_content_type text,
  picture_size_bytes bigint,
  picture_width integer,
  picture_height integer,
  search_text text not null,
  archived_at timestamp with time zone,
  version integer not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null
);
alter table commerce.products add constraint products_pkey PRIMARY KEY (id);
alter table commerce.products add constraint products_sku_key UNIQUE (sku_key);
alter table commerce.products add constraint products_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text));
alter table commerce.products add constraint products_kind_check CHECK ((kind = ANY (ARRAY['goods'::text, 'service'::text])));
alter table commerce.products add constraint products_picture_check CHECK ((num_nulls(picture_key, picture_content_type, picture_size_bytes, picture_width, picture_height) = ANY (ARRAY[0, 5])));
alter table commerce.products add constraint products_reorder_level_check CHECK ((reorder_level >= (0)::numeric));
alter table commerce.products add constraint products_unit_price_check CHECK ((unit_price >= (0)::numeric));
alter table commerce.products add constraint products_vat_category_check CHECK ((vat_category = ANY (ARRAY['S'::text, 'E'::text, 'AE'::text, 'K'::text, 'G'::text, 'O'::text, 'Z'::text])));
alter table commerce.products add constraint products_vat_rate_check CHECK ((((vat_rate >= (0)::numeric) AND (vat_rate <= (100)::numeric)) AND ((vat_category = 'S'::text) = (vat_rate > (0)::numeric))));
alter table commerce.products add constraint products_version_check CHECK ((version > 0));
grant insert, select, update on commerce.products to platen_site_app;
grant select on commerce.products to platen_site_dumper;
grant select on commerce.products to platen_site_reader;

create table commerce.stock_balances (
  product_id uuid not null,
  location_id uuid not null,
  on_hand numeric(19,4) not null,
  reserved numeric(19,4) not null
);
alter table commerce.stock_balances add constraint stock_balances_pkey PRIMARY KEY (product_id, location_id);
alter table commerce.stock_balances add constraint stock_balances_reserved_check CHECK (((reserved >= (0)::numeric) AND (reserved <= on_hand)));
alter table commerce.stock_balances add constraint stock_balances_location_fkey FOREIGN KEY (location_id) REFERENCES commerce.stock_locations(id);
alter table commerce.stock_balances add constraint stock_balances_product_fkey FOREIGN KEY (product_id) REFERENCES commerce.products(id);
grant insert, select, update on commerce.stock_balances to platen_site_app;
grant select on commerce.stock_balances to platen_site_dumper;
grant select on commerce.stock_balances to platen_site_reader;

create table commerce.stock_locations (
  id uuid not null,
  code text not null,
  name text not null,
  is_default boolean not null
);
alter table commerce.stock_locations add constraint stock_locations_pkey PRIMARY KEY (id);
alter table commerce.stock_locations add constraint stock_locations_code_key UNIQUE (code);
CREATE UNIQUE INDEX stock_locations_default_key ON commerce.stock_locations USING btree (is_default) WHERE is_default;
grant select on commerce.stock_locations to platen_site_app;
grant select on commerce.stock_locations to platen_site_dumper;
grant select on commerce.stock_locations to platen_site_reader;

create table commerce.stock_movements (
  id uuid not null,
  product_id uuid not null,
  location_id uuid not null,
  lot text,
  kind text not null,
  quantity numeric(13,4) not null,
  reason text,
  actor_id text not null,
  actor_label text not null,
  created_at timestamp with time zone not null
);
alter table commerce.stock_movements add constraint stock_movements_pkey PRIMARY KEY (id);
alter table commerce.stock_movements add constraint stock_movements_kind_check CHECK ((kind = ANY (ARRAY['receipt'::text, 'adjustment'::text])));
alter table commerce.stock_movements add constraint stock_movements_quantity_check CHECK (((quantity <> (0)::numeric) AND ((kind <> 'receipt'::text) OR (quantity > (0)::numeric))));
alter table commerce.stock_movements add constraint stock_movements_balance_fkey FOREIGN KEY (product_id, location_id) REFERENCES commerce.stock_balances(product_id, location_id);
CREATE INDEX stock_movements_product_idx ON commerce.stock_movements USING btree (product_id, id);
CREATE TRIGGER stock_movements_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON commerce.stock_movements FOR EACH STATEMENT EXECUTE FUNCTION commerce.refuse_ledger_change();
grant insert, select on commerce.stock_movements to platen_site_app;
grant select on commerce.stock_movements to platen_site_dumper;
grant select on commerce.stock_movements to platen_site_reader;

create table commerce.stock_reservations (
  id uuid not null,
  product_id uuid not null,
  location_id uuid not null,
  order_id uuid not null,
  order_line_id uuid not null,
  quantity numeric(13,4) not null,
  state text not null,
  created_at timestamp with time zone not null,
  ended_at timestamp with time zone
);
alter table commerce.stock_reservations add constraint stock_reservations_pkey PRIMARY KEY (id);
alter table commerce.stock_reservations add constraint stock_reservations_ended_check CHECK (((state = 'active'::text) = (ended_at IS NULL)));
alter table commerce.stock_reservations add constraint stock_reservations_quantity_check CHECK ((quantity > (0)::numeric));
alter table commerce.stock_reservations add constraint stock_reservations_state_check CHECK ((state = ANY (ARRAY['active'::text, 'consumed'::text, 'released'::text, 'expired'::text])));
alter table commerce.stock_reservations add constraint stock_reservations_balance_fkey FOREIGN KEY (product_id, location_id) REFERENCES commerce.stock_balances(product_id, location_id);
alter table commerce.stock_reservations add constraint stock_reservations_line_fkey FOREIGN KEY (order_line_id) REFERENCES commerce.order_lines(id);
alter table commerce.stock_reservations add constraint stock_reservations_order_fkey FOREIGN KEY (order_id) REFERENCES commerce.orders(id);
CREATE UNIQUE INDEX stock_reservations_active_key ON commerce.stock_reservations USING btree (order_line_id) WHERE (state = 'active'::text);
CREATE INDEX stock_reservations_order_idx ON commerce.stock_reservations USING btree (order_id);
CREATE INDEX stock_reservations_product_idx ON commerce.stock_reservations USING btree (product_id, id) WHERE (state = 'active'::text);
grant insert, select, update on commerce.stock_reservations to platen_site_app;
grant select on commerce.stock_reservations to platen_site_dumper;
grant select on commerce.stock_reservations to platen_site_reader;

CREATE OR REPLACE FUNCTION commerce.refuse_ledger_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  RAISE EXCEPTION 'the stock ledger is append-only: write an opposite movement instead'
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'stock_movements_append_only';
END
$function$;
-- anybody may execute commerce.refuse_ledger_change()
