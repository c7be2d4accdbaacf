-- Why: what a site sells, goods and services, with the price, VAT and picture a sale needs.
-- Lock: creates new objects only, waits for nobody. Rows touched: none. Old code: does not know the schema, still fine.
-- Undo by hand: DROP SCHEMA commerce CASCADE (loses every product).
SET LOCAL lock_timeout = '5s';

CREATE SCHEMA IF NOT EXISTS commerce;
REVOKE ALL ON SCHEMA commerce FROM PUBLIC;

-- sku_key is the SKU case-folded by the code (NFKC, lower case): lower() would depend on the collation of the server.
-- It stays unique after archival, so a SKU on an old document never means two things.
CREATE TABLE commerce.products (
  id uuid NOT NULL,
  sku text NOT NULL,
  sku_key text NOT NULL,
  name text NOT NULL,
  description text,
  kind text NOT NULL,
  unit text NOT NULL,
  vat_category text NOT NULL,
  vat_rate numeric(5, 2) NOT NULL,
  unit_price numeric(15, 6) NOT NULL,
  currency text NOT NULL,
  barcode text,
  reorder_level numeric(13, 4),
  picture_key text,
  picture_content_type text,
  picture_size_bytes bigint,
  picture_width integer,
  picture_height integer,
  search_text text NOT NULL,
  archived_at timestamptz,
  version integer NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT products_pkey PRIMARY KEY (id),
  CONSTRAINT products_sku_key UNIQUE (sku_key),
  CONSTRAINT products_kind_check CHECK (kind IN ('goods', 'service')),
  CONSTRAINT products_vat_category_check CHECK (vat_category IN ('S', 'E', 'AE', 'K', 'G', 'O', 'Z')),
  CONSTRAINT products_vat_rate_check CHECK (vat_rate BETWEEN 0 AND 100 AND (vat_category = 'S') = (vat_rate > 0)),
  CONSTRAINT products_unit_price_check CHECK (unit_price >= 0),
  CONSTRAINT products_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
  CONSTRAINT products_reorder_level_check CHECK (reorder_level >= 0),
  CONSTRAINT products_picture_check CHECK (
    num_nulls(picture_key, picture_content_type, picture_size_bytes, picture_width, picture_height) IN (0, 5)
  ),
  CONSTRAINT products_version_check CHECK (version > 0)
);

SELECT platform.grant_to('{platen_site_app,platen_site_reader,platen_site_dumper}', 'usage', 'schema commerce');
SELECT platform.grant_to('{platen_site_app}', 'select, insert, update', 'table commerce.products');
SELECT platform.grant_to('{platen_site_reader,platen_site_dumper}', 'select', 'table commerce.products');
