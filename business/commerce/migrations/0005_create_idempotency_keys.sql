-- Why: a retried or doubled POST gets the first answer instead of a second order or a second delivery of stock.
-- Lock: creates new objects only, waits for nobody. Rows touched: none. Old code: does not know the table, still fine.
-- Undo by hand: DROP TABLE commerce.idempotency_keys.
SET LOCAL lock_timeout = '5s';

-- A row appears in the transaction of the command it remembers, so a key can never be taken by work that failed.
CREATE TABLE commerce.idempotency_keys (
  actor_id text NOT NULL,
  key text NOT NULL,
  request_digest text NOT NULL,
  response_status integer NOT NULL,
  response_body text NOT NULL,
  created_at timestamptz NOT NULL,
  CONSTRAINT idempotency_keys_pkey PRIMARY KEY (actor_id, key)
);
CREATE INDEX idempotency_keys_created_idx ON commerce.idempotency_keys (created_at);

-- UPDATE is what SELECT ... FOR UPDATE SKIP LOCKED needs; no code updates a row.
SELECT platform.grant_to('{platen_site_app}', 'select, insert, update, delete', 'table commerce.idempotency_keys');
SELECT platform.grant_to('{platen_site_dumper}', 'select', 'table commerce.idempotency_keys');
