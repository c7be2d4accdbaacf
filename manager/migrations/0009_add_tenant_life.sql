-- Why: a tenant has a domain, settings and a plan of its own, is provisioned once, and can be suspended with its sites; strangers may
--   ask to register.
-- Lock: ACCESS EXCLUSIVE on tenants and sites for the moment in which columns are added. Rows touched: every tenant (few), once.
-- Old code: cannot make tenants (plan_id has no default); reads and everything else work.
-- Undo by hand: DROP TABLE manager.registrations; ALTER TABLE manager.sites DROP COLUMN suspended_with_tenant; ALTER TABLE manager.tenants
--   DROP COLUMN domain, DROP COLUMN settings, DROP COLUMN plan_id, DROP COLUMN version, DROP COLUMN updated_at, DROP COLUMN provisioned_at,
--   DROP COLUMN suspended_at, DROP COLUMN suspended_by, DROP COLUMN suspended_because.
SET LOCAL lock_timeout = '5s';

ALTER TABLE manager.tenants
  -- Of their own, as they say; nothing proves it, so two may name the same.
  ADD COLUMN domain text CONSTRAINT tenants_domain_folded CHECK (domain = lower(domain)),
  ADD COLUMN settings jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN plan_id uuid CONSTRAINT tenants_plan_fkey REFERENCES manager.plans (id),
  ADD COLUMN version integer NOT NULL DEFAULT 1,
  ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN provisioned_at timestamptz,
  ADD COLUMN suspended_at timestamptz,
  ADD COLUMN suspended_by text,
  ADD COLUMN suspended_because text,
  ADD CONSTRAINT tenants_slug_folded CHECK (slug = lower(slug)),
  ADD CONSTRAINT tenants_suspension_whole CHECK ((state = 'suspended') = (suspended_at IS NOT NULL));

SELECT set_config('app.operator', 'on', true);
UPDATE manager.tenants SET provisioned_at = created_at,
  plan_id = (SELECT id FROM manager.plans ORDER BY position LIMIT 1);
ALTER TABLE manager.tenants ALTER COLUMN plan_id SET NOT NULL;
CREATE INDEX tenants_plan_idx ON manager.tenants (plan_id);

-- True: its suspension, asked for or in effect, is that of its tenant, and ends with it.
ALTER TABLE manager.sites ADD COLUMN suspended_with_tenant boolean NOT NULL DEFAULT false;

-- What strangers asked for. It becomes an account and a tenant when the link of the mail comes back; whether the address has an account
-- already is not looked at before the mail is written. Belongs to no tenant; found by the hash of the link's token.
CREATE TABLE manager.registrations (
  id uuid CONSTRAINT registrations_pkey PRIMARY KEY,
  email text NOT NULL CONSTRAINT registrations_email_folded CHECK (email = lower(email)),
  name text NOT NULL,
  tenant_name text NOT NULL,
  password_hash text NOT NULL,
  locale text,
  token_hash bytea NOT NULL CONSTRAINT registrations_token_key UNIQUE,
  -- Until the mail has left.
  sealed_token text,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL
);
CREATE INDEX registrations_email_idx ON manager.registrations (email, created_at);
CREATE INDEX registrations_expires_idx ON manager.registrations (expires_at);

SELECT platform.grant_to(ARRAY['platen_api', 'platen_worker'], 'SELECT, INSERT, UPDATE, DELETE', 'manager.registrations');
