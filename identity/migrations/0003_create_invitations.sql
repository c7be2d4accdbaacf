-- Why: people come in by invitation, prove their address and reset a password by links that work once and are sent by mail.
-- Lock: ACCESS EXCLUSIVE on identity.accounts, for catalog changes only.
-- Rows touched: none. Old code: works with it.
-- Undo by hand: DROP TABLE identity.invitations, identity.email_links; ALTER TABLE identity.accounts DROP COLUMN verified_at, DROP COLUMN locale;
SET LOCAL lock_timeout = '5s';

ALTER TABLE identity.accounts
  ADD COLUMN verified_at timestamptz,
  ADD COLUMN locale text,
  DROP CONSTRAINT accounts_state_known,
  ADD CONSTRAINT accounts_state_known CHECK (state IN ('active', 'disabled', 'erased'));

-- The token is looked up by its hash. It is kept sealed as well until the mail has left, because mails are sent later and again.
CREATE TABLE identity.invitations (
  id uuid CONSTRAINT invitations_pkey PRIMARY KEY,
  tenant_id uuid NOT NULL,
  email text NOT NULL CONSTRAINT invitations_email_folded CHECK (email = lower(email)),
  name text NOT NULL DEFAULT '',
  -- Names of system roles and ids of own ones.
  roles text[] NOT NULL CONSTRAINT invitations_has_roles CHECK (cardinality(roles) > 0),
  locale text,
  token_hash bytea NOT NULL CONSTRAINT invitations_token_key UNIQUE,
  sealed_token text,
  invited_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  sent_at timestamptz,
  accepted_at timestamptz,
  revoked_at timestamptz
);
-- One open invitation per address; a new one replaces it.
CREATE UNIQUE INDEX invitations_open_key ON identity.invitations (tenant_id, email) WHERE accepted_at IS NULL AND revoked_at IS NULL;

CREATE TABLE identity.email_links (
  id uuid CONSTRAINT email_links_pkey PRIMARY KEY,
  account_id uuid NOT NULL CONSTRAINT email_links_account_fkey REFERENCES identity.accounts (id) ON DELETE CASCADE,
  purpose text NOT NULL CONSTRAINT email_links_purpose_known CHECK (purpose IN ('verify-address', 'reset-password')),
  -- The address it was made for: a link to an address that has changed since proves nothing.
  email text NOT NULL,
  token_hash bytea NOT NULL CONSTRAINT email_links_token_key UNIQUE,
  sealed_token text,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  sent_at timestamptz,
  used_at timestamptz
);
CREATE INDEX email_links_account_idx ON identity.email_links (account_id);

SELECT platform.isolate_tenants('identity.invitations');
SELECT platform.grant_to('{platen_site_app,platen_api,platen_worker}', 'select, insert, update, delete', 'identity.invitations, identity.email_links');
SELECT platform.grant_to('{platen_site_dumper}', 'select', 'identity.invitations, identity.email_links');
