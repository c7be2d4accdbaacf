-- Why: audit entries are chained and sealed after their commit (decision 16), so that no writer waits for another.
-- Lock: none on existing tables (creates only). Rows touched: none. Old code: unaffected.
-- Undo by hand: DROP TABLE identity.audit_seals; and remove the anchors, which would tell of a chain that is gone.
SET LOCAL lock_timeout = '5s';

-- One chain per tenant, and one (without a tenant) of what belongs to none. The hash covers the entry and the hash before it, not
-- whose entry it is: a restored copy that becomes another site keeps its chain.
CREATE TABLE identity.audit_seals (
  tenant_id uuid,
  number bigint NOT NULL CONSTRAINT audit_seals_number_positive CHECK (number > 0),
  entry_id uuid NOT NULL,
  entry_at timestamptz NOT NULL,
  previous_hash bytea NOT NULL,
  hash bytea NOT NULL,
  sealed_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT audit_seals_pkey PRIMARY KEY (entry_id, entry_at),
  CONSTRAINT audit_seals_number_key UNIQUE NULLS NOT DISTINCT (tenant_id, number)
);
CREATE TRIGGER audit_seals_append_only BEFORE UPDATE OR DELETE ON identity.audit_seals
  FOR EACH ROW EXECUTE FUNCTION identity.refuse_audit_change();
CREATE TRIGGER audit_seals_no_truncate BEFORE TRUNCATE ON identity.audit_seals
  FOR EACH STATEMENT EXECUTE FUNCTION identity.refuse_audit_change();

SELECT platform.isolate_tenants('identity.audit_seals');
SELECT platform.grant_to('{platen_site_app,platen_worker}', 'select, insert', 'identity.audit_seals');
SELECT platform.grant_to('{platen_api,platen_site_reader,platen_site_dumper}', 'select', 'identity.audit_seals');
