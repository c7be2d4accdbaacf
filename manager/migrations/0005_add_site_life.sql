-- Why: restore in place (the database before it is set aside), archive and revive, and backups that an operation makes for its own safety.
-- Lock: ACCESS EXCLUSIVE on sites and backups for a moment (a nullable column; a wider CHECK, which reads backups once). Rows touched: none.
-- Old code: unaffected. Undo by hand: DROP TABLE manager.former_databases; the column and the wider CHECK do no harm.
SET lock_timeout = '5s';

-- When it was archived last; counts only while the state is `archived`.
ALTER TABLE manager.sites ADD COLUMN archived_at timestamptz;

ALTER TABLE manager.backups DROP CONSTRAINT backups_reason_known,
  ADD CONSTRAINT backups_reason_known CHECK (reason IN ('on-demand', 'scheduled', 'before-restore', 'archive'));

-- What a site's database was before a restore in place put another in its stead. Kept for some days, so that the restore can be undone.
CREATE TABLE manager.former_databases (
  database_name text CONSTRAINT former_databases_pkey PRIMARY KEY,
  tenant_id uuid NOT NULL CONSTRAINT former_databases_tenant_fkey REFERENCES manager.tenants (id),
  site_id uuid NOT NULL CONSTRAINT former_databases_site_fkey REFERENCES manager.sites (id),
  -- The operation that set it aside.
  operation_id uuid NOT NULL CONSTRAINT former_databases_operation_key UNIQUE,
  set_aside_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX former_databases_site_idx ON manager.former_databases (site_id);

ALTER TABLE manager.former_databases ENABLE ROW LEVEL SECURITY;
ALTER TABLE manager.former_databases FORCE ROW LEVEL SECURITY;
CREATE POLICY former_databases_of_tenant ON manager.former_databases USING (
  tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid OR current_setting('app.operator', true) = 'on');

SELECT platform.grant_to(ARRAY['platen_worker'], 'SELECT, INSERT, UPDATE, DELETE', 'manager.former_databases');
SELECT platform.grant_to(ARRAY['platen_api'], 'SELECT', 'manager.former_databases');
