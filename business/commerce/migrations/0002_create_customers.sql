-- Why: whom a site sells to, companies and persons, with what French documents must say about them.
-- Lock: creates new objects only, waits for nobody. Rows touched: none. Old code: does not know the table, still fine.
-- Undo by hand: DROP TABLE commerce.customers (loses every customer).
SET LOCAL lock_timeout = '5s';

CREATE TABLE commerce.customers (
  id uuid NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  email text,
  phone text,
  siren text,
  siret text,
  vat_number text,
  billing_address jsonb,
  delivery_address jsonb,
  payment_term_days integer NOT NULL,
  search_text text NOT NULL,
  version integer NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT customers_pkey PRIMARY KEY (id),
  CONSTRAINT customers_kind_check CHECK (kind IN ('company', 'person')),
  CONSTRAINT customers_siren_check CHECK (siren ~ '^[0-9]{9}$'),
  CONSTRAINT customers_siret_check CHECK (siret ~ '^[0-9]{14}$'),
  CONSTRAINT customers_person_check CHECK (kind = 'company' OR num_nonnulls(siren, siret, vat_number) = 0),
  CONSTRAINT customers_payment_term_check CHECK (payment_term_days BETWEEN 0 AND 365),
  CONSTRAINT customers_version_check CHECK (version > 0)
);

SELECT platform.grant_to('{platen_site_app}', 'select, insert, update', 'table commerce.customers');
SELECT platform.grant_to('{platen_site_reader,platen_site_dumper}', 'select', 'table commerce.customers');
