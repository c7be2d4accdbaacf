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
  updated_at timestamp with time zone not null default now()
);
alter table identity.accounts add constraint accounts_pkey PRIMARY KEY (id);
alter table identity.accounts add constraint accounts_email_key UNIQUE (email);
alter table identity.accounts add constraint accounts_email_folded CHECK ((email = lower(email)));
alter table identity.accounts add constraint accounts_state_known CHECK ((state = ANY (ARRAY['active'::text, 'disabled'::text])));
grant delete, insert, select, update on identity.accounts to platen_site_app;
grant select on identity.accounts to platen_site_dumper;

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
  operation_id uuid
);
alter table identity.audit_entries add constraint audit_entries_pkey PRIMARY KEY (id);
CREATE INDEX audit_entries_tenant_at_idx ON identity.audit_entries USING btree (tenant_id, at DESC);
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
  user_agent text
);
alter table identity.sessions add constraint sessions_pkey PRIMARY KEY (id);
alter table identity.sessions add constraint sessions_method_known CHECK ((method = ANY (ARRAY['password'::text, 'ticket'::text, 'setup'::text])));
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

create table identity.users (
  id uuid not null,
  tenant_id uuid not null,
  account_id uuid not null,
  email text not null,
  name text not null,
  role text not null,
  state text not null default 'active'::text,
  created_at timestamp with time zone not null default now()
);
alter table identity.users add constraint users_pkey PRIMARY KEY (id);
alter table identity.users add constraint users_tenant_account_key UNIQUE (tenant_id, account_id);
alter table identity.users add constraint users_tenant_email_key UNIQUE (tenant_id, email);
alter table identity.users add constraint users_state_known CHECK ((state = ANY (ARRAY['active'::text, 'disabled'::text])));
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

CREATE OR REPLACE FUNCTION identity.refuse_audit_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
BEGIN
  RAISE EXCEPTION 'audit entries are never changed or deleted' USING ERRCODE = 'insufficient_privilege';
END $function$;
-- anybody may execute identity.refuse_audit_change()
