-- Why: alerts are also told to programs: where they listen, the key that signs what they are told, and each thing that is to be told.
-- Lock: alerts for a moment (foreign key of a new table). Rows touched: none. Old code: does not know these tables.
-- Undo by hand: DROP TABLE manager.alert_deliveries, manager.alert_webhooks (nobody is told any more; the alerts stay).
SET LOCAL lock_timeout = '5s';

CREATE TABLE manager.alert_webhooks (
  id uuid CONSTRAINT alert_webhooks_pkey PRIMARY KEY,
  url text NOT NULL CONSTRAINT alert_webhooks_url_key UNIQUE,
  -- Random bytes, sealed by the master key. Null: what is sent there is not signed.
  sealed_secret text,
  signed boolean NOT NULL GENERATED ALWAYS AS (sealed_secret IS NOT NULL) STORED,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- How the last attempt went: status is null where nobody answered.
  last_state text CONSTRAINT alert_webhooks_last_state_known CHECK (last_state IN ('delivered', 'retrying', 'failed')),
  last_status integer,
  last_detail text,
  last_at timestamptz,
  CONSTRAINT alert_webhooks_last_whole CHECK ((last_state IS NULL) = (last_at IS NULL) AND (last_state IS NULL) = (last_detail IS NULL))
);

-- What is to be told where. The id is what receivers know a repetition by.
CREATE TABLE manager.alert_deliveries (
  id uuid CONSTRAINT alert_deliveries_pkey PRIMARY KEY,
  webhook_id uuid NOT NULL CONSTRAINT alert_deliveries_webhook_fkey REFERENCES manager.alert_webhooks (id) ON DELETE CASCADE,
  -- Null for a test.
  alert_id uuid CONSTRAINT alert_deliveries_alert_fkey REFERENCES manager.alerts (id) ON DELETE CASCADE,
  type text NOT NULL CONSTRAINT alert_deliveries_type_known CHECK (type IN ('alert.raised', 'alert.resolved', 'test')),
  -- The alert as it was then: every attempt says the same.
  alert jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  delivered_at timestamptz,
  CONSTRAINT alert_deliveries_once_key UNIQUE (alert_id, webhook_id, type)
);
CREATE INDEX alert_deliveries_webhook_idx ON manager.alert_deliveries (webhook_id);

-- They name things of every tenant: only operators, and the worker acting as one, may see them.
DO $$
DECLARE operator_table text;
BEGIN
  FOREACH operator_table IN ARRAY ARRAY['alert_webhooks', 'alert_deliveries'] LOOP
    EXECUTE format('ALTER TABLE manager.%I ENABLE ROW LEVEL SECURITY', operator_table);
    EXECUTE format('ALTER TABLE manager.%I FORCE ROW LEVEL SECURITY', operator_table);
    EXECUTE format($policy$CREATE POLICY %I ON manager.%I USING (current_setting('app.operator', true) = 'on')$policy$,
      operator_table || '_of_operators', operator_table);
  END LOOP;
END $$;

SELECT platform.grant_to(ARRAY['platen_worker'], 'SELECT, INSERT, UPDATE, DELETE', 'manager.alert_webhooks, manager.alert_deliveries');
-- Requests add, list, remove and test; only the worker that delivers reads the sealed secret.
SELECT platform.grant_to(ARRAY['platen_api'], 'SELECT (id, url, signed, created_by, created_at, last_state, last_status, last_detail, last_at)', 'manager.alert_webhooks');
SELECT platform.grant_to(ARRAY['platen_api'], 'INSERT, DELETE', 'manager.alert_webhooks');
SELECT platform.grant_to(ARRAY['platen_api'], 'INSERT', 'manager.alert_deliveries');
