-- Why: accounts, users, sessions, signing keys, single-use tickets and the audit trail; one schema for the control plane and for every site.
-- Lock: none on existing tables (creates only). Rows touched: none. Old code: unaffected.
-- Undo by hand: DROP SCHEMA identity CASCADE (loses every account and the audit trail).
SET lock_timeout = '5s';

CREATE SCHEMA identity;

-- One account per person: the case-folded e-mail address is unique in this database.
CREATE TABLE identity.accounts (
  id uuid CONSTRAINT accounts_pkey PRIMARY KEY,
  email text NOT NULL CONSTRAINT accounts_email_key UNIQUE CONSTRAINT accounts_email_folded CHECK (email = lower(email)),
  name text NOT NULL,
  password_hash text,
  operator boolean NOT NULL DEFAULT false,
  state text NOT NULL DEFAULT 'active' CONSTRAINT accounts_state_known CHECK (state IN ('active', 'disabled')),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

-- What an account is in one tenant. In a site's database tenant_id is the site's id in every row.
CREATE TABLE identity.users (
  id uuid CONSTRAINT users_pkey PRIMARY KEY,
  tenant_id uuid NOT NULL,
  account_id uuid NOT NULL CONSTRAINT users_account_fkey REFERENCES identity.accounts (id),
  email text NOT NULL,
  name text NOT NULL,
  role text NOT NULL,
  state text NOT NULL DEFAULT 'active' CONSTRAINT users_state_known CHECK (state IN ('active', 'disabled')),
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT users_tenant_email_key UNIQUE (tenant_id, email),
  CONSTRAINT users_tenant_account_key UNIQUE (tenant_id, account_id)
);
CREATE INDEX users_account_idx ON identity.users (account_id);

-- A session is one family of refresh tokens; revoking it ends all of them.
CREATE TABLE identity.sessions (
  id uuid CONSTRAINT sessions_pkey PRIMARY KEY,
  account_id uuid NOT NULL CONSTRAINT sessions_account_fkey REFERENCES identity.accounts (id),
  tenant_id uuid NOT NULL,
  method text NOT NULL CONSTRAINT sessions_method_known CHECK (method IN ('password', 'ticket', 'setup')),
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  revoked_because text,
  ip text,
  user_agent text
);
CREATE INDEX sessions_account_idx ON identity.sessions (account_id);

CREATE TABLE identity.refresh_tokens (
  token_hash bytea CONSTRAINT refresh_tokens_pkey PRIMARY KEY,
  session_id uuid NOT NULL CONSTRAINT refresh_tokens_session_fkey REFERENCES identity.sessions (id) ON DELETE CASCADE,
  issued_at timestamptz NOT NULL DEFAULT now(),
  used_at timestamptz
);
CREATE INDEX refresh_tokens_session_idx ON identity.refresh_tokens (session_id);

CREATE TABLE identity.signing_keys (
  kid text CONSTRAINT signing_keys_pkey PRIMARY KEY,
  public_jwk jsonb NOT NULL,
  sealed_private_key text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  retired_at timestamptz
);
-- At most one key signs at a time: two processes that start together agree on the first one.
CREATE UNIQUE INDEX signing_keys_one_current ON identity.signing_keys ((true)) WHERE retired_at IS NULL;

-- "Open as administrator": shown once, used once, short-lived. Only the hash is kept.
CREATE TABLE identity.tickets (
  token_hash bytea CONSTRAINT tickets_pkey PRIMARY KEY,
  account_id uuid NOT NULL CONSTRAINT tickets_account_fkey REFERENCES identity.accounts (id),
  tenant_id uuid NOT NULL,
  requested_by text NOT NULL,
  issued_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);

-- Written in the transaction of the change; never updated, never deleted.
CREATE TABLE identity.audit_entries (
  id uuid CONSTRAINT audit_entries_pkey PRIMARY KEY,
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
  operation_id uuid
);
CREATE INDEX audit_entries_tenant_at_idx ON identity.audit_entries (tenant_id, at DESC);

CREATE FUNCTION identity.refuse_audit_change() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  RAISE EXCEPTION 'audit entries are never changed or deleted' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE ON identity.audit_entries
  FOR EACH ROW EXECUTE FUNCTION identity.refuse_audit_change();
CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON identity.audit_entries
  FOR EACH STATEMENT EXECUTE FUNCTION identity.refuse_audit_change();

-- Sessions, tickets and refresh tokens are found by the hash of a secret, before anybody knows whose they are, so they carry no
-- policy: who cannot name the hash finds nothing.
SELECT platform.isolate_tenants('identity.users');
SELECT platform.isolate_tenants('identity.audit_entries');
-- At sign-in only the account is known: it may see in which tenants it is a user, and change nothing there.
CREATE POLICY users_of_account ON identity.users FOR SELECT
  USING (account_id = NULLIF(current_setting('app.account', true), '')::uuid);
-- What belongs to no tenant (a refused sign-in) is written without one, and read by operators only.
CREATE POLICY audit_entries_of_nobody ON identity.audit_entries FOR INSERT
  WITH CHECK (tenant_id IS NULL AND NULLIF(current_setting('app.tenant', true), '') IS NULL);

SELECT platform.grant_to('{platen_site_app,platen_site_reader,platen_site_dumper,platen_api,platen_worker}', 'usage', 'schema identity');
SELECT platform.grant_to('{platen_site_app,platen_api,platen_worker}', 'select, insert, update, delete',
  'identity.accounts, identity.users, identity.sessions, identity.refresh_tokens, identity.signing_keys, identity.tickets');
SELECT platform.grant_to('{platen_site_app,platen_api,platen_worker}', 'select, insert', 'identity.audit_entries');
-- A reader never sees password hashes, tokens or keys.
SELECT platform.grant_to('{platen_site_reader}', 'select', 'identity.users, identity.audit_entries');
SELECT platform.grant_to('{platen_site_dumper}', 'select', 'all tables in schema identity');
