-- Why: what operators must know is kept: alerts, the mails that tell of them, and how full the disk was, from which its end is foreseen.
-- Lock: none on existing tables (creates only). Rows touched: none. Old code: does not know these tables.
-- Undo by hand: DROP TABLE manager.alert_mails, manager.alerts, manager.disk_samples (what was raised and told is forgotten).
SET lock_timeout = '5s';

CREATE TABLE manager.alerts (
  id uuid CONSTRAINT alerts_pkey PRIMARY KEY,
  kind text NOT NULL,
  severity text NOT NULL CONSTRAINT alerts_severity_known CHECK (severity IN ('info', 'warning', 'critical')),
  subject_kind text NOT NULL,
  subject_id text NOT NULL,
  subject_label text NOT NULL,
  -- What was seen, the last time.
  detail text NOT NULL,
  dedupe_key text NOT NULL,
  count integer NOT NULL DEFAULT 1 CONSTRAINT alerts_count_positive CHECK (count > 0),
  raised_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  resolved_at timestamptz,
  acknowledged_at timestamptz,
  acknowledged_by text,
  mailed_at timestamptz,
  message_id text,
  CONSTRAINT alerts_acknowledged_whole CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL)),
  CONSTRAINT alerts_mailed_whole CHECK ((mailed_at IS NULL) = (message_id IS NULL))
);
-- One open alert per cause; when it comes back later it is another one.
CREATE UNIQUE INDEX alerts_open_key ON manager.alerts (dedupe_key) WHERE resolved_at IS NULL;
CREATE INDEX alerts_kind_raised_idx ON manager.alerts (kind, raised_at);

-- What is to be told whom, with the message id that makes it one mail however often it is sent.
CREATE TABLE manager.alert_mails (
  id uuid CONSTRAINT alert_mails_pkey PRIMARY KEY,
  alert_id uuid NOT NULL CONSTRAINT alert_mails_alert_fkey REFERENCES manager.alerts (id) ON DELETE CASCADE,
  recipient text NOT NULL,
  message_id text NOT NULL CONSTRAINT alert_mails_message_key UNIQUE,
  subject text NOT NULL,
  text text NOT NULL,
  created_at timestamptz NOT NULL,
  sent_at timestamptz,
  -- Why it will never go.
  refused text,
  CONSTRAINT alert_mails_recipient_key UNIQUE (alert_id, recipient)
);

CREATE TABLE manager.disk_samples (
  taken_at timestamptz CONSTRAINT disk_samples_pkey PRIMARY KEY,
  free_bytes bigint NOT NULL,
  total_bytes bigint NOT NULL
);

-- They name things of every tenant: only operators, and the worker acting as one, may see them.
DO $$
DECLARE operator_table text;
BEGIN
  FOREACH operator_table IN ARRAY ARRAY['alerts', 'alert_mails'] LOOP
    EXECUTE format('ALTER TABLE manager.%I ENABLE ROW LEVEL SECURITY', operator_table);
    EXECUTE format('ALTER TABLE manager.%I FORCE ROW LEVEL SECURITY', operator_table);
    EXECUTE format($policy$CREATE POLICY %I ON manager.%I USING (current_setting('app.operator', true) = 'on')$policy$,
      operator_table || '_of_operators', operator_table);
  END LOOP;
END $$;

SELECT platform.grant_to(ARRAY['platen_worker'], 'SELECT, INSERT, UPDATE, DELETE', 'manager.alerts, manager.alert_mails, manager.disk_samples');
-- Requests read and acknowledge; raising, resolving and mailing is the work of workers.
SELECT platform.grant_to(ARRAY['platen_api'], 'SELECT', 'manager.alerts');
SELECT platform.grant_to(ARRAY['platen_api'], 'UPDATE (acknowledged_at, acknowledged_by)', 'manager.alerts');
