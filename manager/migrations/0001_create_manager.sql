-- Why: what should exist on this platform: tenants, plans, servers, benches, releases, sites, hosts, certificates, and what each consumer was told.
-- Lock: none on existing tables (creates only). Rows touched: seeds one cluster, three plans. Old code: unaffected.
-- Undo by hand: DROP SCHEMA manager CASCADE (loses the whole control plane; sites keep serving from their last snapshot).
SET lock_timeout = '5s';

CREATE SCHEMA manager;

-- One row while the platform waits for its owner. The code is shown once and kept as a hash.
CREATE TABLE manager.claims (
  single boolean CONSTRAINT claims_pkey PRIMARY KEY DEFAULT true CONSTRAINT claims_single CHECK (single),
  code_hash bytea NOT NULL,
  expires_at timestamptz NOT NULL,
  claimed_at timestamptz,
  claimed_by uuid
);

CREATE TABLE manager.plans (
  id uuid CONSTRAINT plans_pkey PRIMARY KEY DEFAULT uuidv7(),
  name text NOT NULL CONSTRAINT plans_name_key UNIQUE,
  title text NOT NULL,
  price_cents bigint NOT NULL CONSTRAINT plans_price_not_negative CHECK (price_cents >= 0),
  currency text NOT NULL DEFAULT 'EUR',
  max_storage_bytes bigint NOT NULL CONSTRAINT plans_storage_positive CHECK (max_storage_bytes > 0),
  max_users integer NOT NULL CONSTRAINT plans_users_positive CHECK (max_users > 0),
  position integer NOT NULL
);
INSERT INTO manager.plans (name, title, price_cents, max_storage_bytes, max_users, position) VALUES
  ('starter', 'Starter', 0, 1000000000, 3, 1),
  ('business', 'Business', 2900, 10000000000, 15, 2),
  ('enterprise', 'Enterprise', 9900, 100000000000, 100, 3);

CREATE TABLE manager.tenants (
  id uuid CONSTRAINT tenants_pkey PRIMARY KEY,
  name text NOT NULL,
  slug text NOT NULL CONSTRAINT tenants_slug_key UNIQUE,
  state text NOT NULL DEFAULT 'active' CONSTRAINT tenants_state_known CHECK (state IN ('active', 'suspended')),
  max_sites integer NOT NULL DEFAULT 50 CONSTRAINT tenants_max_sites_not_negative CHECK (max_sites >= 0),
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE manager.clusters (
  id uuid CONSTRAINT clusters_pkey PRIMARY KEY DEFAULT uuidv7(),
  name text NOT NULL CONSTRAINT clusters_name_key UNIQUE,
  title text NOT NULL,
  region text NOT NULL DEFAULT '',
  enabled boolean NOT NULL DEFAULT true
);
INSERT INTO manager.clusters (name, title) VALUES ('default', 'This machine');

CREATE TABLE manager.servers (
  id uuid CONSTRAINT servers_pkey PRIMARY KEY DEFAULT uuidv7(),
  cluster_id uuid NOT NULL CONSTRAINT servers_cluster_fkey REFERENCES manager.clusters (id),
  name text NOT NULL CONSTRAINT servers_name_key UNIQUE,
  role text NOT NULL CONSTRAINT servers_role_known CHECK (role IN ('proxy', 'app', 'database')),
  hostname text NOT NULL,
  ip inet,
  private_ip inet,
  container_prefix text NOT NULL,
  state text NOT NULL DEFAULT 'active' CONSTRAINT servers_state_known CHECK (state IN ('pending', 'active', 'maintenance', 'archived'))
);
CREATE INDEX servers_cluster_state_idx ON manager.servers (cluster_id, state);

-- A release is what a bench runs: named by the fingerprint of its migrations, with one migrated template database.
CREATE TABLE manager.releases (
  name text CONSTRAINT releases_pkey PRIMARY KEY,
  template_database text NOT NULL CONSTRAINT releases_template_key UNIQUE,
  apps jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE manager.benches (
  id uuid CONSTRAINT benches_pkey PRIMARY KEY DEFAULT uuidv7(),
  name text NOT NULL CONSTRAINT benches_name_key UNIQUE,
  server_id uuid NOT NULL CONSTRAINT benches_server_fkey REFERENCES manager.servers (id),
  release_name text CONSTRAINT benches_release_fkey REFERENCES manager.releases (name),
  processes integer NOT NULL CONSTRAINT benches_processes_positive CHECK (processes BETWEEN 1 AND 64),
  state text NOT NULL DEFAULT 'pending' CONSTRAINT benches_state_known CHECK (state IN ('pending', 'active', 'broken', 'archived'))
);
CREATE INDEX benches_server_state_idx ON manager.benches (server_id, state);

CREATE TABLE manager.sites (
  id uuid CONSTRAINT sites_pkey PRIMARY KEY,
  tenant_id uuid NOT NULL CONSTRAINT sites_tenant_fkey REFERENCES manager.tenants (id),
  name text NOT NULL,
  state text NOT NULL CONSTRAINT sites_state_known CHECK (state IN (
    'pending', 'installing', 'updating', 'recovering', 'active', 'suspended', 'inactive', 'broken', 'archived', 'dropped')),
  plan_id uuid NOT NULL CONSTRAINT sites_plan_fkey REFERENCES manager.plans (id),
  bench_id uuid CONSTRAINT sites_bench_fkey REFERENCES manager.benches (id),
  admin_email text NOT NULL,
  admin_name text NOT NULL,
  database_name text NOT NULL CONSTRAINT sites_database_name_key UNIQUE,
  -- 32 random bytes, sealed by the master key: the passwords of the site's roles and its data key are derived from it.
  sealed_secret text NOT NULL,
  -- What benches and the edge are told. A site is in their snapshots only while it is placed (bench) and routed (edge).
  generation integer NOT NULL DEFAULT 1,
  placed boolean NOT NULL DEFAULT false,
  routed boolean NOT NULL DEFAULT false,
  probe_ok boolean,
  probe_at timestamptz,
  probe_detail text,
  created_at timestamptz NOT NULL DEFAULT now(),
  activated_at timestamptz,
  dropped_at timestamptz
);
-- A dropped site gives its name back.
CREATE UNIQUE INDEX sites_name_key ON manager.sites (name) WHERE state <> 'dropped';
-- Ids are UUID version 7, so their order is the order of creation.
CREATE INDEX sites_tenant_idx ON manager.sites (tenant_id, id DESC);
CREATE INDEX sites_state_idx ON manager.sites (state);
CREATE INDEX sites_bench_idx ON manager.sites (bench_id);

CREATE TABLE manager.hosts (
  host text CONSTRAINT hosts_pkey PRIMARY KEY CONSTRAINT hosts_host_folded CHECK (host = lower(host)),
  tenant_id uuid NOT NULL CONSTRAINT hosts_tenant_fkey REFERENCES manager.tenants (id),
  site_id uuid NOT NULL CONSTRAINT hosts_site_fkey REFERENCES manager.sites (id),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX hosts_site_idx ON manager.hosts (site_id);

CREATE TABLE manager.certificates (
  id uuid CONSTRAINT certificates_pkey PRIMARY KEY DEFAULT uuidv7(),
  names text[] NOT NULL,
  state text NOT NULL CONSTRAINT certificates_state_known CHECK (state IN ('pending', 'active', 'expiring', 'expired', 'failed')),
  issuer text NOT NULL,
  certificate_pem text NOT NULL,
  sealed_private_key text NOT NULL,
  serial text NOT NULL CONSTRAINT certificates_serial_key UNIQUE,
  not_before timestamptz NOT NULL,
  not_after timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- Keys of the platform itself, sealed by the master key: the one that signs snapshots, and each consumer's sealing key lives in a file.
CREATE TABLE manager.platform_keys (
  name text CONSTRAINT platform_keys_pkey PRIMARY KEY,
  public_key_pem text NOT NULL,
  sealed_private_key text NOT NULL
);

-- Each consumer's version rises by one per change; its signed time settles what a restored control plane publishes.
CREATE TABLE manager.snapshot_consumers (
  consumer text CONSTRAINT snapshot_consumers_pkey PRIMARY KEY,
  bench_id uuid CONSTRAINT snapshot_consumers_bench_fkey REFERENCES manager.benches (id),
  version bigint NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  acknowledged_version bigint NOT NULL DEFAULT 0,
  acknowledged_at timestamptz,
  problems jsonb NOT NULL DEFAULT '[]'
);
CREATE INDEX snapshot_consumers_bench_idx ON manager.snapshot_consumers (bench_id);

CREATE TABLE manager.idempotency_keys (
  tenant_id uuid NOT NULL,
  account_id uuid NOT NULL,
  route text NOT NULL,
  key text NOT NULL,
  request_hash bytea NOT NULL,
  status integer NOT NULL,
  body jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT idempotency_keys_pkey PRIMARY KEY (tenant_id, account_id, route, key)
);
CREATE INDEX idempotency_keys_created_idx ON manager.idempotency_keys (created_at);

DO $$
DECLARE tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['sites', 'hosts', 'idempotency_keys'] LOOP
    EXECUTE format('ALTER TABLE manager.%I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE manager.%I FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format($policy$CREATE POLICY %I ON manager.%I USING (
      tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid OR current_setting('app.operator', true) = 'on')$policy$,
      tenant_table || '_of_tenant', tenant_table);
  END LOOP;
END $$;
ALTER TABLE manager.tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE manager.tenants FORCE ROW LEVEL SECURITY;
CREATE POLICY tenants_own ON manager.tenants USING (
  id = NULLIF(current_setting('app.tenant', true), '')::uuid OR current_setting('app.operator', true) = 'on');

SELECT platform.grant_to(ARRAY['platen_api', 'platen_worker'], 'USAGE', 'SCHEMA manager');
SELECT platform.grant_to(ARRAY['platen_worker'], 'SELECT, INSERT, UPDATE, DELETE', 'ALL TABLES IN SCHEMA manager');
-- What serves requests has no business with private keys, even sealed ones, nor with what consumers are told but in its own changes.
SELECT platform.grant_to(ARRAY['platen_api'], 'SELECT, INSERT, UPDATE, DELETE', 'manager.sites, manager.hosts, manager.idempotency_keys');
SELECT platform.grant_to(ARRAY['platen_api'], 'SELECT, INSERT, UPDATE', 'manager.tenants');
SELECT platform.grant_to(ARRAY['platen_api'], 'SELECT, UPDATE', 'manager.claims');
SELECT platform.grant_to(ARRAY['platen_api'], 'SELECT', 'manager.plans, manager.clusters, manager.servers, manager.benches, manager.releases');
