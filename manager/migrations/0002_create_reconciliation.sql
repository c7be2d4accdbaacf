-- Why: what the reconcilers last found and did per scope, and since when each difference is there; rows that change wake them.
-- Lock: sites and benches for the moment in which their triggers are added. Rows touched: none. Old code: unaffected.
-- Undo by hand: DROP TABLE manager.reconciliation_plans, manager.reconciliation_sightings; DROP FUNCTION manager.want_reconciliation CASCADE.
SET LOCAL lock_timeout = '5s';

-- The last plan of each scope, and the last one that repaired something: it would be gone after the next look otherwise.
CREATE TABLE manager.reconciliation_plans (
  scope text CONSTRAINT reconciliation_plans_pkey PRIMARY KEY,
  ran_at timestamptz NOT NULL,
  duration_ms integer NOT NULL CONSTRAINT reconciliation_plans_duration_not_negative CHECK (duration_ms >= 0),
  differences jsonb NOT NULL,
  -- Why nothing could be compared: a driver that did not answer. The differences are then those of the look before.
  error text,
  repaired_at timestamptz,
  repairs jsonb NOT NULL DEFAULT '[]'
);

-- Deleting waits for a second look a day later, repeated repairs wait longer each time: both need to know since when.
CREATE TABLE manager.reconciliation_sightings (
  scope text NOT NULL,
  kind text NOT NULL,
  subject_id text NOT NULL,
  first_seen_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  attempts integer NOT NULL DEFAULT 0 CONSTRAINT reconciliation_sightings_attempts_not_negative CHECK (attempts >= 0),
  attempted_at timestamptz,
  CONSTRAINT reconciliation_sightings_pkey PRIMARY KEY (scope, kind, subject_id)
);

-- Whoever changes what should be there, by program or by hand, wakes the reconcilers. Only a hint: they look every 30 seconds anyway.
CREATE FUNCTION manager.want_reconciliation() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  PERFORM pg_catalog.pg_notify('reconciliation_wanted', '');
  RETURN NULL;
END $$;
CREATE TRIGGER sites_want_reconciliation AFTER UPDATE OF state, placed, routed, bench_id ON manager.sites
  FOR EACH STATEMENT EXECUTE FUNCTION manager.want_reconciliation();
CREATE TRIGGER benches_want_reconciliation AFTER UPDATE OF state, processes ON manager.benches
  FOR EACH STATEMENT EXECUTE FUNCTION manager.want_reconciliation();

SELECT platform.grant_to('{platen_worker}', 'SELECT, INSERT, UPDATE, DELETE', 'manager.reconciliation_plans, manager.reconciliation_sightings');
SELECT platform.grant_to('{platen_api}', 'SELECT', 'manager.reconciliation_plans');
