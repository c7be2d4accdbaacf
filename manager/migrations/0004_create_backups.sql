-- Why: what was backed up of each site, how far it came (only `verified` counts), and the key that seals each tenant's archives.
-- Lock: none on existing tables (creates only; the foreign keys lock sites and tenants for a moment). Rows touched: none. Old code: unaffected.
-- Undo by hand: DROP TABLE manager.backups, manager.tenant_data_keys (loses the keys: no stored backup opens any more).
SET lock_timeout = '5s';

-- 32 bytes, sealed by the master key. Destroying the row destroys every archive of the tenant.
CREATE TABLE manager.tenant_data_keys (
  tenant_id uuid CONSTRAINT tenant_data_keys_pkey PRIMARY KEY CONSTRAINT tenant_data_keys_tenant_fkey REFERENCES manager.tenants (id),
  sealed_key text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE manager.backups (
  id uuid CONSTRAINT backups_pkey PRIMARY KEY,
  tenant_id uuid NOT NULL CONSTRAINT backups_tenant_fkey REFERENCES manager.tenants (id),
  site_id uuid NOT NULL CONSTRAINT backups_site_fkey REFERENCES manager.sites (id),
  state text NOT NULL CONSTRAINT backups_state_known CHECK (state IN ('pending', 'running', 'stored', 'verified', 'failed')),
  -- Why it was made: on-demand now; the schedule and risky operations later.
  reason text NOT NULL CONSTRAINT backups_reason_known CHECK (reason IN ('on-demand')),
  created_at timestamptz NOT NULL DEFAULT now(),
  -- The moment that the dump shows.
  taken_at timestamptz,
  stored_at timestamptz,
  verified_at timestamptz,
  -- What the drill took: restoring, comparing, the smoke test.
  restore_ms bigint,
  -- Sealed bytes of this backup; files that an earlier backup has stored already are counted in it, too.
  size_bytes bigint,
  plain_bytes bigint,
  object_prefix text NOT NULL CONSTRAINT backups_object_prefix_key UNIQUE,
  manifest_sha256 text,
  release text,
  -- What is known before the manifest is written: the parts of its body.
  draft jsonb NOT NULL DEFAULT '{}',
  error text,
  CONSTRAINT backups_stored_has_manifest CHECK (state NOT IN ('stored', 'verified') OR (stored_at IS NOT NULL AND manifest_sha256 IS NOT NULL)),
  CONSTRAINT backups_verified_has_time CHECK (state <> 'verified' OR (verified_at IS NOT NULL AND restore_ms IS NOT NULL))
);
CREATE INDEX backups_site_idx ON manager.backups (site_id, id DESC);
CREATE INDEX backups_tenant_idx ON manager.backups (tenant_id);

DO $$
DECLARE tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['tenant_data_keys', 'backups'] LOOP
    EXECUTE format('ALTER TABLE manager.%I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE manager.%I FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format($policy$CREATE POLICY %I ON manager.%I USING (
      tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid OR current_setting('app.operator', true) = 'on')$policy$,
      tenant_table || '_of_tenant', tenant_table);
  END LOOP;
END $$;

SELECT platform.grant_to(ARRAY['platen_worker'], 'SELECT, INSERT, UPDATE, DELETE', 'manager.backups, manager.tenant_data_keys');
-- Requests ask for backups and read about them; only operations say how far one came. Keys are none of their business.
SELECT platform.grant_to(ARRAY['platen_api'], 'SELECT, INSERT', 'manager.backups');
