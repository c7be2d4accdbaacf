-- Why: a second factor (RFC 6238 codes, with recovery codes) and tokens by which programs use the API for a user.
-- Lock: ACCESS EXCLUSIVE on identity.accounts and identity.sessions, for catalog changes only.
-- Rows touched: none. Old code: works with it.
-- Undo by hand: DROP TABLE identity.recovery_codes, identity.api_tokens; ALTER TABLE identity.accounts DROP COLUMN sealed_totp_secret,
--   DROP COLUMN totp_since, DROP COLUMN totp_last_step; ALTER TABLE identity.sessions DROP COLUMN second_factor;
SET LOCAL lock_timeout = '5s';

-- `totp_since` is null while the secret waits for its first code. A step is spent once: a code that was seen over a shoulder is no use.
ALTER TABLE identity.accounts
  ADD COLUMN sealed_totp_secret text,
  ADD COLUMN totp_since timestamptz,
  ADD COLUMN totp_last_step bigint,
  ADD CONSTRAINT accounts_totp_whole CHECK (totp_since IS NULL OR sealed_totp_secret IS NOT NULL);

ALTER TABLE identity.sessions
  ADD COLUMN second_factor text CONSTRAINT sessions_second_factor_known CHECK (second_factor IN ('totp', 'recovery-code'));

CREATE TABLE identity.recovery_codes (
  account_id uuid NOT NULL CONSTRAINT recovery_codes_account_fkey REFERENCES identity.accounts (id) ON DELETE CASCADE,
  code_hash bytea NOT NULL,
  used_at timestamptz,
  CONSTRAINT recovery_codes_pkey PRIMARY KEY (account_id, code_hash)
);

-- Found by its public prefix, compared by its hash. What it may do: its scopes, as far as its user may do them now.
CREATE TABLE identity.api_tokens (
  id uuid CONSTRAINT api_tokens_pkey PRIMARY KEY,
  tenant_id uuid NOT NULL,
  user_id uuid NOT NULL,
  name text NOT NULL CONSTRAINT api_tokens_name_not_empty CHECK (name <> ''),
  prefix text NOT NULL CONSTRAINT api_tokens_prefix_key UNIQUE,
  token_hash bytea NOT NULL,
  scopes text[] NOT NULL CONSTRAINT api_tokens_has_scopes CHECK (cardinality(scopes) > 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  last_used_ip text,
  revoked_at timestamptz,
  CONSTRAINT api_tokens_user_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES identity.users (tenant_id, id) ON DELETE CASCADE
    DEFERRABLE INITIALLY IMMEDIATE
);
CREATE INDEX api_tokens_user_idx ON identity.api_tokens (tenant_id, user_id);

SELECT platform.isolate_tenants('identity.api_tokens');
SELECT platform.grant_to('{platen_site_app,platen_api,platen_worker}', 'select, insert, update, delete', 'identity.recovery_codes, identity.api_tokens');
SELECT platform.grant_to('{platen_site_dumper}', 'select', 'identity.recovery_codes, identity.api_tokens');
