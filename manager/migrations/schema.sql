-- What the migrations of this folder make, written by a test from the catalogs; do not edit.
-- After a new migration: UPDATE_SCHEMA=1 npm test -- <the folder of that test>

create schema manager;
grant usage on schema manager to platen_api;
grant usage on schema manager to platen_worker;

create table manager.alert_deliveries (
  id uuid not null,
  webhook_id uuid not null,
  alert_id uuid,
  type text not null,
  alert jsonb not null,
  created_at timestamp with time zone not null,
  delivered_at timestamp with time zone
);
alter table manager.alert_deliveries add constraint alert_deliveries_pkey PRIMARY KEY (id);
alter table manager.alert_deliveries add constraint alert_deliveries_once_key UNIQUE (alert_id, webhook_id, type);
alter table manager.alert_deliveries add constraint alert_deliveries_type_known CHECK ((type = ANY (ARRAY['alert.raised'::text, 'alert.resolved'::text, 'test'::text])));
alter table manager.alert_deliveries add constraint alert_deliveries_alert_fkey FOREIGN KEY (alert_id) REFERENCES manager.alerts(id) ON DELETE CASCADE;
alter table manager.alert_deliveries add constraint alert_deliveries_webhook_fkey FOREIGN KEY (webhook_id) REFERENCES manager.alert_webhooks(id) ON DELETE CASCADE;
CREATE INDEX alert_deliveries_webhook_idx ON manager.alert_deliveries USING btree (webhook_id);
alter table manager.alert_deliveries enable row level security, force row level security;
create policy alert_deliveries_of_operators on manager.alert_deliveries as permissive for all to public
  using ((current_setting('app.operator'::text, true) = 'on'::text));
grant delete, insert, select, update on manager.alert_deliveries to platen_worker;
grant insert on manager.alert_deliveries to platen_api;

create table manager.alert_mails (
  id uuid not null,
  alert_id uuid not null,
  recipient text not null,
  message_id text not null,
  subject text not null,
  text text not null,
  created_at timestamp with time zone not null,
  sent_at timestamp with time zone,
  refused text
);
alter table manager.alert_mails add constraint alert_mails_pkey PRIMARY KEY (id);
alter table manager.alert_mails add constraint alert_mails_message_key UNIQUE (message_id);
alter table manager.alert_mails add constraint alert_mails_recipient_key UNIQUE (alert_id, recipient);
alter table manager.alert_mails add constraint alert_mails_alert_fkey FOREIGN KEY (alert_id) REFERENCES manager.alerts(id) ON DELETE CASCADE;
alter table manager.alert_mails enable row level security, force row level security;
create policy alert_mails_of_operators on manager.alert_mails as permissive for all to public
  using ((current_setting('app.operator'::text, true) = 'on'::text));
grant delete, insert, select, update on manager.alert_mails to platen_worker;

create table manager.alert_webhooks (
  id uuid not null,
  url text not null,
  sealed_secret text,
  signed boolean not null generated always as ((sealed_secret IS NOT NULL)) stored,
  created_by text not null,
  created_at timestamp with time zone not null default now(),
  last_state text,
  last_status integer,
  last_detail text,
  last_at timestamp with time zone
);
alter table manager.alert_webhooks add constraint alert_webhooks_pkey PRIMARY KEY (id);
alter table manager.alert_webhooks add constraint alert_webhooks_url_key UNIQUE (url);
alter table manager.alert_webhooks add constraint alert_webhooks_last_state_known CHECK ((last_state = ANY (ARRAY['delivered'::text, 'retrying'::text, 'failed'::text])));
alter table manager.alert_webhooks add constraint alert_webhooks_last_whole CHECK ((((last_state IS NULL) = (last_at IS NULL)) AND ((last_state IS NULL) = (last_detail IS NULL))));
alter table manager.alert_webhooks enable row level security, force row level security;
create policy alert_webhooks_of_operators on manager.alert_webhooks as permissive for all to public
  using ((current_setting('app.operator'::text, true) = 'on'::text));
grant delete, insert on manager.alert_webhooks to platen_api;
grant delete, insert, select, update on manager.alert_webhooks to platen_worker;
grant select (created_at) on manager.alert_webhooks to platen_api;
grant select (created_by) on manager.alert_webhooks to platen_api;
grant select (id) on manager.alert_webhooks to platen_api;
grant select (last_at) on manager.alert_webhooks to platen_api;
grant select (last_detail) on manager.alert_webhooks to platen_api;
grant select (last_state) on manager.alert_webhooks to platen_api;
grant select (last_status) on manager.alert_webhooks to platen_api;
grant select (signed) on manager.alert_webhooks to platen_api;
grant select (url) on manager.alert_webhooks to platen_api;

create table manager.alerts (
  id uuid not null,
  kind text not null,
  severity text not null,
  subject_kind text not null,
  subject_id text not null,
  subject_label text not null,
  detail text not null,
  dedupe_key text not null,
  count integer not null default 1,
  raised_at timestamp with time zone not null,
  last_seen_at timestamp with time zone not null,
  resolved_at timestamp with time zone,
  acknowledged_at timestamp with time zone,
  acknowledged_by text,
  mailed_at timestamp with time zone,
  message_id text
);
alter table manager.alerts add constraint alerts_pkey PRIMARY KEY (id);
alter table manager.alerts add constraint alerts_acknowledged_whole CHECK (((acknowledged_at IS NULL) = (acknowledged_by IS NULL)));
alter table manager.alerts add constraint alerts_count_positive CHECK ((count > 0));
alter table manager.alerts add constraint alerts_mailed_whole CHECK (((mailed_at IS NULL) = (message_id IS NULL)));
alter table manager.alerts add constraint alerts_severity_known CHECK ((severity = ANY (ARRAY['info'::text, 'warning'::text, 'critical'::text])));
CREATE INDEX alerts_kind_raised_idx ON manager.alerts USING btree (kind, raised_at);
CREATE UNIQUE INDEX alerts_open_key ON manager.alerts USING btree (dedupe_key) WHERE (resolved_at IS NULL);
alter table manager.alerts enable row level security, force row level security;
create policy alerts_of_operators on manager.alerts as permissive for all to public
  using ((current_setting('app.operator'::text, true) = 'on'::text));
grant delete, insert, select, update on manager.alerts to platen_worker;
grant select on manager.alerts to platen_api;
grant update (acknowledged_at) on manager.alerts to platen_api;
grant update (acknowledged_by) on manager.alerts to platen_api;

create table manager.backups (
  id uuid not null,
  tenant_id uuid not null,
  site_id uuid not null,
  state text not null,
  reason text not null,
  created_at timestamp with time zone not null default now(),
  taken_at timestamp with time zone,
  stored_at timestamp with time zone,
  verified_at timestamp with time zone,
  restore_ms bigint,
  size_bytes bigint,
  plain_bytes bigint,
  object_prefix text not null,
  manifest_sha256 text,
  release text,
  draft jsonb not null default '{}'::jsonb,
  error text,
  total_rows bigint
);
alter table manager.backups add constraint backups_pkey PRIMARY KEY (id);
alter table manager.backups add constraint backups_object_prefix_key UNIQUE (object_prefix);
alter table manager.backups add constraint backups_reason_known CHECK ((reason = ANY (ARRAY['on-demand'::text, 'scheduled'::text, 'before-restore'::text, 'archive'::text])));
alter table manager.backups add constraint backups_state_known CHECK ((state = ANY (ARRAY['pending'::text, 'running'::text, 'stored'::text, 'verified'::text, 'failed'::text, 'removing'::text])));
alter table manager.backups add constraint backups_stored_has_manifest CHECK (((state <> ALL (ARRAY['stored'::text, 'verified'::text])) OR ((stored_at IS NOT NULL) AND (manifest_sha256 IS NOT NULL))));
alter table manager.backups add constraint backups_verified_has_time CHECK (((state <> 'verified'::text) OR ((verified_at IS NOT NULL) AND (restore_ms IS NOT NULL))));
alter table manager.backups add constraint backups_site_fkey FOREIGN KEY (site_id) REFERENCES manager.sites(id);
alter table manager.backups add constraint backups_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES manager.tenants(id);
CREATE INDEX backups_site_idx ON manager.backups USING btree (site_id, id DESC);
CREATE INDEX backups_tenant_idx ON manager.backups USING btree (tenant_id);
alter table manager.backups enable row level security, force row level security;
create policy backups_of_tenant on manager.backups as permissive for all to public
  using (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));
grant delete, insert, select, update on manager.backups to platen_worker;
grant insert, select on manager.backups to platen_api;

create table manager.benches (
  id uuid not null default uuidv7(),
  name text not null,
  server_id uuid not null,
  release_name text,
  processes integer not null,
  state text not null default 'pending'::text
);
alter table manager.benches add constraint benches_pkey PRIMARY KEY (id);
alter table manager.benches add constraint benches_name_key UNIQUE (name);
alter table manager.benches add constraint benches_processes_positive CHECK (((processes >= 1) AND (processes <= 64)));
alter table manager.benches add constraint benches_state_known CHECK ((state = ANY (ARRAY['pending'::text, 'active'::text, 'broken'::text, 'archived'::text])));
alter table manager.benches add constraint benches_release_fkey FOREIGN KEY (release_name) REFERENCES manager.releases(name);
alter table manager.benches add constraint benches_server_fkey FOREIGN KEY (server_id) REFERENCES manager.servers(id);
CREATE INDEX benches_server_state_idx ON manager.benches USING btree (server_id, state);
CREATE TRIGGER benches_want_reconciliation AFTER UPDATE OF state, processes ON manager.benches FOR EACH STATEMENT EXECUTE FUNCTION manager.want_reconciliation();
grant delete, insert, select, update on manager.benches to platen_worker;
grant select on manager.benches to platen_api;

create table manager.certificates (
  id uuid not null default uuidv7(),
  names text[] not null,
  state text not null,
  issuer text not null,
  certificate_pem text not null,
  sealed_private_key text not null,
  serial text not null,
  not_before timestamp with time zone not null,
  not_after timestamp with time zone not null,
  created_at timestamp with time zone not null default now()
);
alter table manager.certificates add constraint certificates_pkey PRIMARY KEY (id);
alter table manager.certificates add constraint certificates_serial_key UNIQUE (serial);
alter table manager.certificates add constraint certificates_state_known CHECK ((state = ANY (ARRAY['pending'::text, 'active'::text, 'expiring'::text, 'expired'::text, 'failed'::text])));
grant delete, insert, select, update on manager.certificates to platen_worker;

create table manager.claims (
  single boolean not null default true,
  code_hash bytea not null,
  expires_at timestamp with time zone not null,
  claimed_at timestamp with time zone,
  claimed_by uuid
);
alter table manager.claims add constraint claims_pkey PRIMARY KEY (single);
alter table manager.claims add constraint claims_single CHECK (single);
grant delete, insert, select, update on manager.claims to platen_worker;
grant select, update on manager.claims to platen_api;

create table manager.clusters (
  id uuid not null default uuidv7(),
  name text not null,
  title text not null,
  region text not null default ''::text,
  enabled boolean not null default true
);
alter table manager.clusters add constraint clusters_pkey PRIMARY KEY (id);
alter table manager.clusters add constraint clusters_name_key UNIQUE (name);
grant delete, insert, select, update on manager.clusters to platen_worker;
grant select on manager.clusters to platen_api;

create table manager.disk_samples (
  taken_at timestamp with time zone not null,
  free_bytes bigint not null,
  total_bytes bigint not null
);
alter table manager.disk_samples add constraint disk_samples_pkey PRIMARY KEY (taken_at);
grant delete, insert, select, update on manager.disk_samples to platen_worker;

create table manager.former_databases (
  database_name text not null,
  tenant_id uuid not null,
  site_id uuid not null,
  operation_id uuid not null,
  set_aside_at timestamp with time zone not null default now()
);
alter table manager.former_databases add constraint former_databases_pkey PRIMARY KEY (database_name);
alter table manager.former_databases add constraint former_databases_operation_key UNIQUE (operation_id);
alter table manager.former_databases add constraint former_databases_site_fkey FOREIGN KEY (site_id) REFERENCES manager.sites(id);
alter table manager.former_databases add constraint former_databases_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES manager.tenants(id);
CREATE INDEX former_databases_site_idx ON manager.former_databases USING btree (site_id);
alter table manager.former_databases enable row level security, force row level security;
create policy former_databases_of_tenant on manager.former_databases as permissive for all to public
  using (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));
grant delete, insert, select, update on manager.former_databases to platen_worker;
grant select on manager.former_databases to platen_api;

create table manager.hosts (
  host text not null,
  tenant_id uuid not null,
  site_id uuid not null,
  created_at timestamp with time zone not null default now()
);
alter table manager.hosts add constraint hosts_pkey PRIMARY KEY (host);
alter table manager.hosts add constraint hosts_host_folded CHECK ((host = lower(host)));
alter table manager.hosts add constraint hosts_site_fkey FOREIGN KEY (site_id) REFERENCES manager.sites(id);
alter table manager.hosts add constraint hosts_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES manager.tenants(id);
CREATE INDEX hosts_site_idx ON manager.hosts USING btree (site_id);
alter table manager.hosts enable row level security, force row level security;
create policy hosts_of_tenant on manager.hosts as permissive for all to public
  using (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));
grant delete, insert, select, update on manager.hosts to platen_api;
grant delete, insert, select, update on manager.hosts to platen_worker;

create table manager.idempotency_keys (
  tenant_id uuid not null,
  account_id uuid not null,
  route text not null,
  key text not null,
  request_hash bytea not null,
  status integer not null,
  body jsonb not null,
  created_at timestamp with time zone not null default now()
);
alter table manager.idempotency_keys add constraint idempotency_keys_pkey PRIMARY KEY (tenant_id, account_id, route, key);
CREATE INDEX idempotency_keys_created_idx ON manager.idempotency_keys USING btree (created_at);
alter table manager.idempotency_keys enable row level security, force row level security;
create policy idempotency_keys_of_tenant on manager.idempotency_keys as permissive for all to public
  using (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));
grant delete, insert, select, update on manager.idempotency_keys to platen_api;
grant delete, insert, select, update on manager.idempotency_keys to platen_worker;

create table manager.plans (
  id uuid not null default uuidv7(),
  name text not null,
  title text not null,
  price_cents bigint not null,
  currency text not null default 'EUR'::text,
  max_storage_bytes bigint not null,
  max_users integer not null,
  "position" integer not null,
  backup_every_hours integer not null default 24,
  backup_at_hour integer not null default 2,
  backup_time_zone text not null default 'Europe/Paris'::text,
  backup_keep_days integer not null default 30
);
alter table manager.plans add constraint plans_pkey PRIMARY KEY (id);
alter table manager.plans add constraint plans_name_key UNIQUE (name);
alter table manager.plans add constraint plans_backup_days_kept CHECK (((backup_keep_days >= 1) AND (backup_keep_days <= 3650)));
alter table manager.plans add constraint plans_backup_hour_of_day CHECK (((backup_at_hour >= 0) AND (backup_at_hour <= 23)));
alter table manager.plans add constraint plans_backup_interval_known CHECK ((backup_every_hours = ANY (ARRAY[6, 8, 12, 24, 168])));
alter table manager.plans add constraint plans_price_not_negative CHECK ((price_cents >= 0));
alter table manager.plans add constraint plans_storage_positive CHECK ((max_storage_bytes > 0));
alter table manager.plans add constraint plans_users_positive CHECK ((max_users > 0));
grant delete, insert, select, update on manager.plans to platen_worker;
grant select on manager.plans to platen_api;
grant update (backup_at_hour) on manager.plans to platen_api;
grant update (backup_every_hours) on manager.plans to platen_api;
grant update (backup_keep_days) on manager.plans to platen_api;
grant update (backup_time_zone) on manager.plans to platen_api;

create table manager.platform_keys (
  name text not null,
  public_key_pem text not null,
  sealed_private_key text not null
);
alter table manager.platform_keys add constraint platform_keys_pkey PRIMARY KEY (name);
grant delete, insert, select, update on manager.platform_keys to platen_worker;

create table manager.reconciliation_plans (
  scope text not null,
  ran_at timestamp with time zone not null,
  duration_ms integer not null,
  differences jsonb not null,
  error text,
  repaired_at timestamp with time zone,
  repairs jsonb not null default '[]'::jsonb
);
alter table manager.reconciliation_plans add constraint reconciliation_plans_pkey PRIMARY KEY (scope);
alter table manager.reconciliation_plans add constraint reconciliation_plans_duration_not_negative CHECK ((duration_ms >= 0));
grant delete, insert, select, update on manager.reconciliation_plans to platen_worker;
grant select on manager.reconciliation_plans to platen_api;

create table manager.reconciliation_sightings (
  scope text not null,
  kind text not null,
  subject_id text not null,
  first_seen_at timestamp with time zone not null,
  last_seen_at timestamp with time zone not null,
  attempts integer not null default 0,
  attempted_at timestamp with time zone
);
alter table manager.reconciliation_sightings add constraint reconciliation_sightings_pkey PRIMARY KEY (scope, kind, subject_id);
alter table manager.reconciliation_sightings add constraint reconciliation_sightings_attempts_not_negative CHECK ((attempts >= 0));
grant delete, insert, select, update on manager.reconciliation_sightings to platen_worker;

create table manager.registrations (
  id uuid not null,
  email text not null,
  name text not null,
  tenant_name text not null,
  password_hash text not null,
  locale text,
  token_hash bytea not null,
  sealed_token text,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null
);
alter table manager.registrations add constraint registrations_pkey PRIMARY KEY (id);
alter table manager.registrations add constraint registrations_token_key UNIQUE (token_hash);
alter table manager.registrations add constraint registrations_email_folded CHECK ((email = lower(email)));
CREATE INDEX registrations_email_idx ON manager.registrations USING btree (email, created_at);
CREATE INDEX registrations_expires_idx ON manager.registrations USING btree (expires_at);
grant delete, insert, select, update on manager.registrations to platen_api;
grant delete, insert, select, update on manager.registrations to platen_worker;

create table manager.releases (
  name text not null,
  template_database text not null,
  apps jsonb not null,
  created_at timestamp with time zone not null default now()
);
alter table manager.releases add constraint releases_pkey PRIMARY KEY (name);
alter table manager.releases add constraint releases_template_key UNIQUE (template_database);
grant delete, insert, select, update on manager.releases to platen_worker;
grant select on manager.releases to platen_api;

create table manager.servers (
  id uuid not null default uuidv7(),
  cluster_id uuid not null,
  name text not null,
  role text not null,
  hostname text not null,
  ip inet,
  private_ip inet,
  container_prefix text not null,
  state text not null default 'active'::text
);
alter table manager.servers add constraint servers_pkey PRIMARY KEY (id);
alter table manager.servers add constraint servers_name_key UNIQUE (name);
alter table manager.servers add constraint servers_role_known CHECK ((role = ANY (ARRAY['proxy'::text, 'app'::text, 'database'::text])));
alter table manager.servers add constraint servers_state_known CHECK ((state = ANY (ARRAY['pending'::text, 'active'::text, 'maintenance'::text, 'archived'::text])));
alter table manager.servers add constraint servers_cluster_fkey FOREIGN KEY (cluster_id) REFERENCES manager.clusters(id);
CREATE INDEX servers_cluster_state_idx ON manager.servers USING btree (cluster_id, state);
grant delete, insert, select, update on manager.servers to platen_worker;
grant select on manager.servers to platen_api;

create table manager.sites (
  id uuid not null,
  tenant_id uuid not null,
  name text not null,
  state text not null,
  plan_id uuid not null,
  bench_id uuid,
  admin_email text not null,
  admin_name text not null,
  database_name text not null,
  sealed_secret text not null,
  generation integer not null default 1,
  placed boolean not null default false,
  routed boolean not null default false,
  probe_ok boolean,
  probe_at timestamp with time zone,
  probe_detail text,
  created_at timestamp with time zone not null default now(),
  activated_at timestamp with time zone,
  dropped_at timestamp with time zone,
  archived_at timestamp with time zone,
  backup_every_hours integer,
  backup_at_hour integer,
  backup_time_zone text,
  time_over_seen_at timestamp with time zone,
  backup_keep_days integer,
  database_bytes bigint,
  files_bytes bigint,
  measured_at timestamp with time zone,
  measure_tried_at timestamp with time zone,
  suspended_with_tenant boolean not null default false
);
alter table manager.sites add constraint sites_pkey PRIMARY KEY (id);
alter table manager.sites add constraint sites_database_name_key UNIQUE (database_name);
alter table manager.sites add constraint sites_backup_days_kept CHECK (((backup_keep_days >= 1) AND (backup_keep_days <= 3650)));
alter table manager.sites add constraint sites_backup_hour_of_day CHECK (((backup_at_hour >= 0) AND (backup_at_hour <= 23)));
alter table manager.sites add constraint sites_backup_interval_known CHECK ((backup_every_hours = ANY (ARRAY[6, 8, 12, 24, 168])));
alter table manager.sites add constraint sites_backup_policy_whole CHECK ((num_nulls(backup_every_hours, backup_at_hour, backup_time_zone, backup_keep_days) = ANY (ARRAY[0, 4])));
alter table manager.sites add constraint sites_state_known CHECK ((state = ANY (ARRAY['pending'::text, 'installing'::text, 'updating'::text, 'recovering'::text, 'active'::text, 'suspended'::text, 'inactive'::text, 'broken'::text, 'archived'::text, 'dropped'::text])));
alter table manager.sites add constraint sites_bench_fkey FOREIGN KEY (bench_id) REFERENCES manager.benches(id);
alter table manager.sites add constraint sites_plan_fkey FOREIGN KEY (plan_id) REFERENCES manager.plans(id);
alter table manager.sites add constraint sites_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES manager.tenants(id);
CREATE INDEX sites_bench_idx ON manager.sites USING btree (bench_id);
CREATE UNIQUE INDEX sites_name_key ON manager.sites USING btree (name) WHERE (state <> 'dropped'::text);
CREATE INDEX sites_state_idx ON manager.sites USING btree (state);
CREATE INDEX sites_tenant_idx ON manager.sites USING btree (tenant_id, id DESC);
alter table manager.sites enable row level security, force row level security;
create policy sites_of_tenant on manager.sites as permissive for all to public
  using (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));
CREATE TRIGGER sites_want_reconciliation AFTER UPDATE OF state, placed, routed, bench_id ON manager.sites FOR EACH STATEMENT EXECUTE FUNCTION manager.want_reconciliation();
grant delete, insert, select, update on manager.sites to platen_api;
grant delete, insert, select, update on manager.sites to platen_worker;

create table manager.snapshot_consumers (
  consumer text not null,
  bench_id uuid,
  version bigint not null,
  changed_at timestamp with time zone not null default clock_timestamp(),
  acknowledged_version bigint not null default 0,
  acknowledged_at timestamp with time zone,
  problems jsonb not null default '[]'::jsonb
);
alter table manager.snapshot_consumers add constraint snapshot_consumers_pkey PRIMARY KEY (consumer);
alter table manager.snapshot_consumers add constraint snapshot_consumers_bench_fkey FOREIGN KEY (bench_id) REFERENCES manager.benches(id);
CREATE INDEX snapshot_consumers_bench_idx ON manager.snapshot_consumers USING btree (bench_id);
grant delete, insert, select, update on manager.snapshot_consumers to platen_worker;

create table manager.tenant_data_keys (
  tenant_id uuid not null,
  sealed_key text not null,
  created_at timestamp with time zone not null default now()
);
alter table manager.tenant_data_keys add constraint tenant_data_keys_pkey PRIMARY KEY (tenant_id);
alter table manager.tenant_data_keys add constraint tenant_data_keys_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES manager.tenants(id);
alter table manager.tenant_data_keys enable row level security, force row level security;
create policy tenant_data_keys_of_tenant on manager.tenant_data_keys as permissive for all to public
  using (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));
grant delete, insert, select, update on manager.tenant_data_keys to platen_worker;

create table manager.tenants (
  id uuid not null,
  name text not null,
  slug text not null,
  state text not null default 'active'::text,
  max_sites integer not null default 50,
  created_at timestamp with time zone not null default now(),
  domain text,
  settings jsonb not null default '{}'::jsonb,
  plan_id uuid not null,
  version integer not null default 1,
  updated_at timestamp with time zone not null default now(),
  provisioned_at timestamp with time zone,
  suspended_at timestamp with time zone,
  suspended_by text,
  suspended_because text
);
alter table manager.tenants add constraint tenants_pkey PRIMARY KEY (id);
alter table manager.tenants add constraint tenants_slug_key UNIQUE (slug);
alter table manager.tenants add constraint tenants_domain_folded CHECK ((domain = lower(domain)));
alter table manager.tenants add constraint tenants_max_sites_not_negative CHECK ((max_sites >= 0));
alter table manager.tenants add constraint tenants_slug_folded CHECK ((slug = lower(slug)));
alter table manager.tenants add constraint tenants_state_known CHECK ((state = ANY (ARRAY['active'::text, 'suspended'::text])));
alter table manager.tenants add constraint tenants_suspension_whole CHECK (((state = 'suspended'::text) = (suspended_at IS NOT NULL)));
alter table manager.tenants add constraint tenants_plan_fkey FOREIGN KEY (plan_id) REFERENCES manager.plans(id);
CREATE INDEX tenants_plan_idx ON manager.tenants USING btree (plan_id);
alter table manager.tenants enable row level security, force row level security;
create policy tenants_own on manager.tenants as permissive for all to public
  using (((id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));
grant delete, insert, select, update on manager.tenants to platen_worker;
grant insert, select, update on manager.tenants to platen_api;

CREATE OR REPLACE FUNCTION manager.wake_event_relay()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
BEGIN
  PERFORM pg_catalog.pg_notify('events_appended', '');
  RETURN NULL;
END $function$;
-- anybody may execute manager.wake_event_relay()

CREATE OR REPLACE FUNCTION manager.want_reconciliation()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
BEGIN
  PERFORM pg_catalog.pg_notify('reconciliation_wanted', '');
  RETURN NULL;
END $function$;
-- anybody may execute manager.want_reconciliation()
