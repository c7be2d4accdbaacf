-- Why: the audit trail only grows: by month it stays quick to search and can be set aside a month at a time. Entries also say with what
--   program somebody came.
-- Lock: ACCESS EXCLUSIVE on identity.audit_entries while its rows are copied (about a second per 200,000).
-- Rows touched: every audit entry is copied once, unchanged. Old code: works with it.
-- Undo by hand: CREATE TABLE identity.audit_whole (LIKE identity.audit_entries INCLUDING DEFAULTS), copy the rows, drop
--   identity.audit_entries, rename, then keys, index, policies, triggers and grants as in 0001.
SET LOCAL lock_timeout = '5s';
SELECT set_config('app.operator', 'on', true);

ALTER TABLE identity.audit_entries RENAME TO audit_entries_whole;
ALTER TABLE identity.audit_entries_whole RENAME CONSTRAINT audit_entries_pkey TO audit_entries_whole_pkey;
ALTER INDEX identity.audit_entries_tenant_at_idx RENAME TO audit_entries_whole_tenant_at_idx;

CREATE TABLE identity.audit_entries (
  id uuid NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  tenant_id uuid,
  actor_id uuid,
  actor_label text NOT NULL,
  action text NOT NULL,
  resource text NOT NULL,
  resource_id text,
  changes jsonb,
  ip text,
  request_id text,
  operation_id uuid,
  user_agent text,
  CONSTRAINT audit_entries_pkey PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
-- The second one is what operators page by, and how the sealer finds what is new.
CREATE INDEX audit_entries_tenant_at_idx ON identity.audit_entries (tenant_id, at DESC, id DESC);
CREATE INDEX audit_entries_at_idx ON identity.audit_entries (at DESC, id DESC);

-- Takes what no month has: all of it in a site, and in the control plane whatever comes while nobody has made the month.
CREATE TABLE identity.audit_entries_default PARTITION OF identity.audit_entries DEFAULT;

INSERT INTO identity.audit_entries
  (id, at, tenant_id, actor_id, actor_label, action, resource, resource_id, changes, ip, request_id, operation_id)
  SELECT id, at, tenant_id, actor_id, actor_label, action, resource, resource_id, changes, ip, request_id, operation_id
  FROM identity.audit_entries_whole;
DROP TABLE identity.audit_entries_whole;

-- Partitions inherit the row triggers of the whole, but neither its policies nor its statement triggers.
CREATE FUNCTION identity.guard_audit_partition(partition regclass) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM platform.isolate_tenants(partition);
  EXECUTE format('CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON %s
    FOR EACH STATEMENT EXECUTE FUNCTION identity.refuse_audit_change()', partition);
END $$;

CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE ON identity.audit_entries
  FOR EACH ROW EXECUTE FUNCTION identity.refuse_audit_change();
SELECT identity.guard_audit_partition('identity.audit_entries');
SELECT identity.guard_audit_partition('identity.audit_entries_default');
-- What belongs to no tenant (a refused sign-in) is written without one, and read by operators only.
CREATE POLICY audit_entries_of_nobody ON identity.audit_entries FOR INSERT
  WITH CHECK (tenant_id IS NULL AND NULLIF(current_setting('app.tenant', true), '') IS NULL);

-- Nobody is granted anything on a partition: the way in is the whole. A dump reads partition by partition.
SELECT platform.grant_to('{platen_site_app,platen_api,platen_worker}', 'select, insert', 'identity.audit_entries');
SELECT platform.grant_to('{platen_site_reader}', 'select', 'identity.audit_entries');
SELECT platform.grant_to('{platen_site_dumper}', 'select', 'identity.audit_entries, identity.audit_entries_default');
