-- What the migrations of this folder make, written by a test from the catalogs; do not edit.
-- After a new migration: UPDATE_SCHEMA=1 npm test -- <the folder of that test>

create schema identity;
grant usage on schema identity to platen_site_app;
grant usage on schema identity to platen_site_dumper;
grant usage on schema identity to platen_site_reader;

create table identity.accounts (
  id uuid not null,
  email text not null,
  name text not null,
  password_hash text,
  operator boolean not null default false,
  state text not null default 'active'::text,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  verified_at timestamp with time zone,
  locale text,
  sealed_totp_secret text,
  totp_since timestamp with time zone,
  totp_last_step bigint
);
alter table identity.accounts add constraint accounts_pkey PRIMARY KEY (id);
alter table identity.accounts add constraint accounts_email_key UNIQUE (email);
alter table identity.accounts add constraint accounts_email_folded CHECK ((email = lower(email)));
alter table identity.accounts add constraint accounts_state_known CHECK ((state = ANY (ARRAY['active'::text, 'disabled'::text, 'erased'::text])));
alter table identity.accounts add constraint accounts_totp_whole CHECK (((totp_since IS NULL) OR (sealed_totp_secret IS NOT NULL)));
grant delete, insert, select, update on identity.accounts to platen_site_app;
grant select on identity.accounts to platen_site_dumper;

create table identity.api_tokens (
  id uuid not null,
  tenant_id uuid not null,
  user_id uuid not null,
  name text not null,
  prefix text not null,
  token_hash bytea not null,
  scopes text[] not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone,
  last_used_at timestamp with time zone,
  last_used_ip text,
  revoked_at timestamp with time zone
);
alter table identity.api_tokens add constraint api_tokens_pkey PRIMARY KEY (id);
alter table identity.api_tokens add constraint api_tokens_prefix_key UNIQUE (prefix);
alter table identity.api_tokens add constraint api_tokens_has_scopes CHECK ((cardinality(scopes) > 0));
alter table identity.api_tokens add constraint api_tokens_name_not_empty CHECK ((name <> ''::text));
alter table identity.api_tokens add constraint api_tokens_user_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES identity.users(tenant_id, id) ON DELETE CASCADE DEFERRABLE;
CREATE INDEX api_tokens_user_idx ON identity.api_tokens USING btree (tenant_id, user_id);
alter table identity.api_tokens enable row level security, force row level security;
create policy tenant_isolation on identity.api_tokens as permissive for all to public
  using (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)))
  with check (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));
grant delete, insert, select, update on identity.api_tokens to platen_site_app;
grant select on identity.api_tokens to platen_site_dumper;

create table identity.audit_entries (
  id uuid not null,
  at timestamp with time zone not null default clock_timestamp(),
  tenant_id uuid,
  actor_id uuid,
  actor_label text not null,
  action text not null,
  resource text not null,
  resource_id text,
  changes jsonb,
  ip text,
  request_id text,
  operation_id uuid,
  user_agent text
) partition by RANGE (at);
alter table identity.audit_entries add constraint audit_entries_pkey PRIMARY KEY (id, at);
CREATE INDEX audit_entries_at_idx ON ONLY identity.audit_entries USING btree (at DESC, id DESC);
CREATE INDEX audit_entries_tenant_at_idx ON ONLY identity.audit_entries USING btree (tenant_id, at DESC, id DESC);
alter table identity.audit_entries enable row level security, force row level security;
create policy audit_entries_of_nobody on identity.audit_entries as permissive for insert to public
  with check (((tenant_id IS NULL) AND (NULLIF(current_setting('app.tenant'::text, true), ''::text) IS NULL)));
create policy tenant_isolation on identity.audit_entries as permissive for all to public
  using (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)))
  with check (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));
CREATE TRIGGER audit_entries_append_only BEFORE DELETE OR UPDATE ON identity.audit_entries FOR EACH ROW EXECUTE FUNCTION identity.refuse_audit_change();
CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON identity.audit_entries FOR EACH STATEMENT EXECUTE FUNCTION identity.refuse_audit_change();
grant insert, select on identity.audit_entries to platen_site_app;
grant select on identity.audit_entries to platen_site_dumper;
grant select on identity.audit_entries to platen_site_reader;

create table identity.audit_entries_default partition of identity.audit_entries DEFAULT;
alter table identity.audit_entries_default enable row level security, force row level security;
create policy tenant_isolation on identity.audit_entries_default as permissive for all to public
  using (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)))
  with check (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));
CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON identity.audit_entries_default FOR EACH STATEMENT EXECUTE FUNCTION identity.refuse_audit_change();
grant select on identity.audit_entries_default to platen_site_dumper;

create table identity.audit_seals (
  tenant_id uuid,
  number bigint not null,
  entry_id uuid not null,
  entry_at timestamp with time zone not null,
  previous_hash bytea not null,
  hash bytea not null,
  sealed_at timestamp with time zone not null default now()
);
alter table identity.audit_seals add constraint audit_seals_pkey PRIMARY KEY (entry_id, entry_at);
alter table identity.audit_seals add constraint audit_seals_number_key UNIQUE NULLS NOT DISTINCT (tenant_id, number);
alter table identity.audit_seals add constraint audit_seals_number_positive CHECK ((number > 0));
alter table identity.audit_seals enable row level security, force row level security;
create policy tenant_isolation on identity.audit_seals as permissive for all to public
  using (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)))
  with check (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));
CREATE TRIGGER audit_seals_append_only BEFORE DELETE OR UPDATE ON identity.audit_seals FOR EACH ROW EXECUTE FUNCTION identity.refuse_audit_change();
CREATE TRIGGER audit_seals_no_truncate BEFORE TRUNCATE ON identity.audit_seals FOR EACH STATEMENT EXECUTE FUNCTION identity.refuse_audit_change();
grant insert, select on identity.audit_seals to platen_site_app;
grant select on identity.audit_seals to platen_site_dumper;
grant select on identity.audit_seals to platen_site_reader;

create table identity.email_links (
  id uuid not null,
  account_id uuid not null,
  purpose text not null,
  email text not null,
  token_hash bytea not null,
  sealed_token text,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  sent_at timestamp with time zone,
  used_at timestamp with time zone
);
alter table identity.email_links add constraint email_links_pkey PRIMARY KEY (id);
alter table identity.email_links add constraint email_links_token_key UNIQUE (token_hash);
alter table identity.email_links add constraint email_links_purpose_known CHECK ((purpose = ANY (ARRAY['verify-address'::text, 'reset-password'::text])));
alter table identity.email_links add constraint email_links_account_fkey FOREIGN KEY (account_id) REFERENCES identity.accounts(id) ON DELETE CASCADE;
CREATE INDEX email_links_account_idx ON identity.email_links USING btree (account_id);
grant delete, insert, select, update on identity.email_links to platen_site_app;
grant select on identity.email_links to platen_site_dumper;

create table identity.invitations (
  id uuid not null,
  tenant_id uuid not null,
  email text not null,
  name text not null default ''::text,
  roles text[] not null,
  locale text,
  token_hash bytea not null,
  sealed_token text,
  invited_by text not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  sent_at timestamp with time zone,
  accepted_at timestamp with time zone,
  revoked_at timestamp with time zone
);
alter table identity.invitations add constraint invitations_pkey PRIMARY KEY (id);
alter table identity.invitations add constraint invitations_token_key UNIQUE (token_hash);
alter table identity.invitations add constraint invitations_email_folded CHECK ((email = lower(email)));
alter table identity.invitations add constraint invitations_has_roles CHECK ((cardinality(roles) > 0));
CREATE UNIQUE INDEX invitations_open_key ON identity.invitations USING btree (tenant_id, email) WHERE ((accepted_at IS NULL) AND (revoked_at IS NULL));
alter table identity.invitations enable row level security, force row level security;
create policy invitations_of_token on identity.invitations as permissive for select to public
  using ((token_hash = decode(NULLIF(current_setting('app.invitation'::text, true), ''::text), 'hex'::text)));
create policy tenant_isolation on identity.invitations as permissive for all to public
  using (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)))
  with check (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));
grant delete, insert, select, update on identity.invitations to platen_site_app;
grant select on identity.invitations to platen_site_dumper;

create table identity.recovery_codes (
  account_id uuid not null,
  code_hash bytea not null,
  used_at timestamp with time zone
);
alter table identity.recovery_codes add constraint recovery_codes_pkey PRIMARY KEY (account_id, code_hash);
alter table identity.recovery_codes add constraint recovery_codes_account_fkey FOREIGN KEY (account_id) REFERENCES identity.accounts(id) ON DELETE CASCADE;
grant delete, insert, select, update on identity.recovery_codes to platen_site_app;
grant select on identity.recovery_codes to platen_site_dumper;

create table identity.refresh_tokens (
  token_hash bytea not null,
  session_id uuid not null,
  issued_at timestamp with time zone not null default now(),
  used_at timestamp with time zone
);
alter table identity.refresh_tokens add constraint refresh_tokens_pkey PRIMARY KEY (token_hash);
alter table identity.refresh_tokens add constraint refresh_tokens_session_fkey FOREIGN KEY (session_id) REFERENCES identity.sessions(id) ON DELETE CASCADE;
CREATE INDEX refresh_tokens_session_idx ON identity.refresh_tokens USING btree (session_id);
grant delete, insert, select, update on identity.refresh_tokens to platen_site_app;
grant select on identity.refresh_tokens to platen_site_dumper;

create table identity.roles (
  id uuid not null,
  tenant_id uuid not null,
  name text not null,
  description text not null default ''::text,
  permissions text[] not null,
  version integer not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now()
);
alter table identity.roles add constraint roles_pkey PRIMARY KEY (id);
alter table identity.roles add constraint roles_tenant_id_key UNIQUE (tenant_id, id);
alter table identity.roles add constraint roles_name_not_empty CHECK ((name <> ''::text));
CREATE UNIQUE INDEX roles_tenant_name_key ON identity.roles USING btree (tenant_id, lower(name));
alter table identity.roles enable row level security, force row level security;
create policy tenant_isolation on identity.roles as permissive for all to public
  using (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)))
  with check (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));
grant delete, insert, select, update on identity.roles to platen_site_app;
grant select on identity.roles to platen_site_dumper;
grant select on identity.roles to platen_site_reader;

create table identity.sessions (
  id uuid not null,
  account_id uuid not null,
  tenant_id uuid not null,
  method text not null,
  created_at timestamp with time zone not null default now(),
  last_used_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  revoked_because text,
  ip text,
  user_agent text,
  second_factor text
);
alter table identity.sessions add constraint sessions_pkey PRIMARY KEY (id);
alter table identity.sessions add constraint sessions_method_known CHECK ((method = ANY (ARRAY['password'::text, 'ticket'::text, 'setup'::text])));
alter table identity.sessions add constraint sessions_second_factor_known CHECK ((second_factor = ANY (ARRAY['totp'::text, 'recovery-code'::text])));
alter table identity.sessions add constraint sessions_account_fkey FOREIGN KEY (account_id) REFERENCES identity.accounts(id);
CREATE INDEX sessions_account_idx ON identity.sessions USING btree (account_id);
grant delete, insert, select, update on identity.sessions to platen_site_app;
grant select on identity.sessions to platen_site_dumper;

create table identity.signing_keys (
  kid text not null,
  public_jwk jsonb not null,
  sealed_private_key text not null,
  created_at timestamp with time zone not null default now(),
  retired_at timestamp with time zone
);
alter table identity.signing_keys add constraint signing_keys_pkey PRIMARY KEY (kid);
CREATE UNIQUE INDEX signing_keys_one_current ON identity.signing_keys USING btree ((true)) WHERE (retired_at IS NULL);
grant delete, insert, select, update on identity.signing_keys to platen_site_app;
grant select on identity.signing_keys to platen_site_dumper;

create table identity.tickets (
  token_hash bytea not null,
  account_id uuid not null,
  tenant_id uuid not null,
  requested_by text not null,
  issued_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone
);
alter table identity.tickets add constraint tickets_pkey PRIMARY KEY (token_hash);
alter table identity.tickets add constraint tickets_account_fkey FOREIGN KEY (account_id) REFERENCES identity.accounts(id);
grant delete, insert, select, update on identity.tickets to platen_site_app;
grant select on identity.tickets to platen_site_dumper;

create table identity.user_roles (
  tenant_id uuid not null,
  user_id uuid not null,
  system_role text,
  role_id uuid
);
alter table identity.user_roles add constraint user_roles_key UNIQUE NULLS NOT DISTINCT (tenant_id, user_id, system_role, role_id);
alter table identity.user_roles add constraint user_roles_one_kind CHECK ((num_nonnulls(system_role, role_id) = 1));
alter table identity.user_roles add constraint user_roles_role_fkey FOREIGN KEY (tenant_id, role_id) REFERENCES identity.roles(tenant_id, id) DEFERRABLE;
alter table identity.user_roles add constraint user_roles_user_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES identity.users(tenant_id, id) ON DELETE CASCADE DEFERRABLE;
CREATE INDEX user_roles_role_idx ON identity.user_roles USING btree (tenant_id, role_id) WHERE (role_id IS NOT NULL);
alter table identity.user_roles enable row level security, force row level security;
create policy tenant_isolation on identity.user_roles as permissive for all to public
  using (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)))
  with check (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));
grant delete, insert, select, update on identity.user_roles to platen_site_app;
grant select on identity.user_roles to platen_site_dumper;
grant select on identity.user_roles to platen_site_reader;

create table identity.users (
  id uuid not null,
  tenant_id uuid not null,
  account_id uuid not null,
  email text not null,
  name text not null,
  state text not null default 'active'::text,
  created_at timestamp with time zone not null default now(),
  version integer not null default 1,
  updated_at timestamp with time zone not null default now()
);
alter table identity.users add constraint users_pkey PRIMARY KEY (id);
alter table identity.users add constraint users_tenant_account_key UNIQUE (tenant_id, account_id);
alter table identity.users add constraint users_tenant_email_key UNIQUE (tenant_id, email);
alter table identity.users add constraint users_tenant_id_key UNIQUE (tenant_id, id);
alter table identity.users add constraint users_state_known CHECK ((state = ANY (ARRAY['active'::text, 'disabled'::text, 'erased'::text])));
alter table identity.users add constraint users_account_fkey FOREIGN KEY (account_id) REFERENCES identity.accounts(id);
CREATE INDEX users_account_idx ON identity.users USING btree (account_id);
alter table identity.users enable row level security, force row level security;
create policy tenant_isolation on identity.users as permissive for all to public
  using (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)))
  with check (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));
create policy users_of_account on identity.users as permissive for select to public
  using ((account_id = (NULLIF(current_setting('app.account'::text, true), ''::text))::uuid));
grant delete, insert, select, update on identity.users to platen_site_app;
grant select on identity.users to platen_site_dumper;
grant select on identity.users to platen_site_reader;

CREATE OR REPLACE FUNCTION identity.guard_audit_partition(partition regclass)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
BEGIN
  PERFORM platform.isolate_tenants(partition);
  EXECUTE format('CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON %s
    FOR EACH STATEMENT EXECUTE FUNCTION identity.refuse_audit_change()', partition);
END $function$;
-- anybody may execute identity.guard_audit_partition(regclass)

CREATE OR REPLACE FUNCTION identity.refuse_audit_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
BEGIN
  RAISE EXCEPTION 'audit entries are never changed or deleted' USING ERRCODE = 'insufficient_privilege';
END $function$;
-- anybody may execute identity.refuse_audit_change()
