-- What the migrations of this folder make, written by a test from the catalogs; do not edit.
-- After a new migration: UPDATE_SCHEMA=1 npm test -- <the folder of that test>

create schema outbox;
grant usage on schema outbox to platen_site_app;
grant usage on schema outbox to platen_site_dumper;
grant usage on schema outbox to platen_site_reader;

create table outbox.aggregates (
  tenant_id uuid not null,
  aggregate_id uuid not null,
  last_sequence bigint not null
);
alter table outbox.aggregates add constraint aggregates_pkey PRIMARY KEY (tenant_id, aggregate_id);
alter table outbox.aggregates enable row level security, force row level security;
create policy tenant_isolation on outbox.aggregates as permissive for all to public
  using (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)))
  with check (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));
grant delete, insert, select, update on outbox.aggregates to platen_site_app;
grant select on outbox.aggregates to platen_site_dumper;
grant select on outbox.aggregates to platen_site_reader;

create table outbox.deliveries (
  event_id uuid not null,
  handler text not null,
  tenant_id uuid not null,
  aggregate_id uuid not null,
  sequence bigint not null,
  state text not null default 'pending'::text,
  attempts integer not null default 0,
  next_attempt_at timestamp with time zone not null default now(),
  leased_until timestamp with time zone,
  last_error text,
  delivered_at timestamp with time zone,
  "position" bigint,
  webhook_id uuid generated always as (
CASE
    WHEN starts_with(handler, 'webhook:'::text) THEN (substr(handler, 9))::uuid
    ELSE NULL::uuid
END) stored
);
alter table outbox.deliveries add constraint deliveries_pkey PRIMARY KEY (event_id, handler);
alter table outbox.deliveries add constraint deliveries_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'delivered'::text, 'dead'::text, 'discarded'::text])));
alter table outbox.deliveries add constraint deliveries_event_id_fkey FOREIGN KEY (event_id) REFERENCES outbox.events(id) ON DELETE CASCADE;
alter table outbox.deliveries add constraint deliveries_webhook_fkey FOREIGN KEY (tenant_id, webhook_id) REFERENCES outbox.webhooks(tenant_id, id) ON DELETE CASCADE DEFERRABLE;
CREATE INDEX deliveries_due_idx ON outbox.deliveries USING btree (next_attempt_at) WHERE (state = 'pending'::text);
CREATE INDEX deliveries_open_idx ON outbox.deliveries USING btree (handler, tenant_id, aggregate_id, sequence) WHERE (state = ANY (ARRAY['pending'::text, 'dead'::text]));
CREATE INDEX deliveries_tried_idx ON outbox.deliveries USING btree (handler, tenant_id, aggregate_id, sequence) WHERE ((attempts > 0) AND (state = ANY (ARRAY['pending'::text, 'dead'::text])));
CREATE INDEX deliveries_turn_idx ON outbox.deliveries USING btree ("position") WHERE (state = 'pending'::text);
CREATE INDEX deliveries_webhook_idx ON outbox.deliveries USING btree (webhook_id) WHERE (webhook_id IS NOT NULL);
alter table outbox.deliveries enable row level security, force row level security;
create policy tenant_isolation on outbox.deliveries as permissive for all to public
  using (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)))
  with check (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));
grant delete, insert, select, update on outbox.deliveries to platen_site_app;
grant select on outbox.deliveries to platen_site_dumper;
grant select on outbox.deliveries to platen_site_reader;

create table outbox.events (
  id uuid not null,
  "position" bigint not null generated always as identity,
  tenant_id uuid not null,
  type text not null,
  version integer not null,
  aggregate text not null,
  aggregate_id uuid not null,
  sequence bigint not null,
  payload jsonb not null,
  occurred_at timestamp with time zone not null default now(),
  distributed_at timestamp with time zone
);
alter table outbox.events add constraint events_pkey PRIMARY KEY (id);
alter table outbox.events add constraint events_aggregate_sequence_key UNIQUE (tenant_id, aggregate_id, sequence);
alter table outbox.events add constraint events_payload_check CHECK ((jsonb_typeof(payload) = 'object'::text));
alter table outbox.events add constraint events_version_check CHECK ((version > 0));
CREATE INDEX events_distributed_idx ON outbox.events USING btree (distributed_at);
CREATE INDEX events_undistributed_idx ON outbox.events USING btree ("position") WHERE (distributed_at IS NULL);
alter table outbox.events enable row level security, force row level security;
create policy tenant_isolation on outbox.events as permissive for all to public
  using (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)))
  with check (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));
grant delete, insert, select, update on outbox.events to platen_site_app;
grant select on outbox.events to platen_site_dumper;
grant select on outbox.events to platen_site_reader;

grant select on outbox.events_position_seq to platen_site_dumper;

create table outbox.handlers (
  name text not null,
  types text[] not null,
  registered_at timestamp with time zone not null default now(),
  tenant_id uuid
);
alter table outbox.handlers add constraint handlers_pkey PRIMARY KEY (name);
alter table outbox.handlers add constraint handlers_webhook_check CHECK (((NOT starts_with(name, 'webhook:'::text)) OR (tenant_id IS NOT NULL)));
grant delete, insert, select, update on outbox.handlers to platen_site_app;
grant select on outbox.handlers to platen_site_dumper;
grant select on outbox.handlers to platen_site_reader;

create table outbox.inbox (
  consumer text not null,
  event_id uuid not null,
  tenant_id uuid not null,
  received_at timestamp with time zone not null default now()
);
alter table outbox.inbox add constraint inbox_pkey PRIMARY KEY (consumer, event_id);
CREATE INDEX inbox_received_at_idx ON outbox.inbox USING btree (received_at);
alter table outbox.inbox enable row level security, force row level security;
create policy tenant_isolation on outbox.inbox as permissive for all to public
  using (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)))
  with check (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));
grant delete, insert, select, update on outbox.inbox to platen_site_app;
grant select on outbox.inbox to platen_site_dumper;
grant select on outbox.inbox to platen_site_reader;

create table outbox.webhook_attempts (
  id uuid not null,
  tenant_id uuid not null,
  webhook_id uuid not null,
  event_id uuid not null,
  event_type text not null,
  attempt integer not null,
  outcome text not null,
  status integer,
  detail text not null,
  duration_ms integer not null,
  at timestamp with time zone not null default clock_timestamp()
);
alter table outbox.webhook_attempts add constraint webhook_attempts_pkey PRIMARY KEY (id);
alter table outbox.webhook_attempts add constraint webhook_attempts_outcome_check CHECK ((outcome = ANY (ARRAY['delivered'::text, 'retrying'::text, 'failed'::text])));
alter table outbox.webhook_attempts add constraint webhook_attempts_webhook_fkey FOREIGN KEY (tenant_id, webhook_id) REFERENCES outbox.webhooks(tenant_id, id) ON DELETE CASCADE DEFERRABLE;
CREATE INDEX webhook_attempts_age_idx ON outbox.webhook_attempts USING btree (at);
CREATE INDEX webhook_attempts_log_idx ON outbox.webhook_attempts USING btree (webhook_id, id DESC);
alter table outbox.webhook_attempts enable row level security, force row level security;
create policy tenant_isolation on outbox.webhook_attempts as permissive for all to public
  using (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)))
  with check (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));
grant delete, insert, select, update on outbox.webhook_attempts to platen_site_app;
grant select on outbox.webhook_attempts to platen_site_dumper;
grant select on outbox.webhook_attempts to platen_site_reader;

create table outbox.webhooks (
  id uuid not null,
  tenant_id uuid not null,
  url text not null,
  description text not null,
  types text[] not null,
  enabled boolean not null,
  sealed_secret text,
  has_secret boolean not null generated always as ((sealed_secret IS NOT NULL)) stored,
  previous_sealed_secret text,
  previous_until timestamp with time zone,
  version integer not null default 1,
  created_by text not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now()
);
alter table outbox.webhooks add constraint webhooks_pkey PRIMARY KEY (id);
alter table outbox.webhooks add constraint webhooks_tenant_key UNIQUE (tenant_id, id);
alter table outbox.webhooks add constraint webhooks_enabled_check CHECK (((NOT enabled) OR (sealed_secret IS NOT NULL)));
alter table outbox.webhooks add constraint webhooks_previous_check CHECK (((previous_sealed_secret IS NULL) = (previous_until IS NULL)));
alter table outbox.webhooks enable row level security, force row level security;
create policy tenant_isolation on outbox.webhooks as permissive for all to public
  using (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)))
  with check (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));
CREATE TRIGGER webhooks_keep_previous_secret BEFORE UPDATE OF sealed_secret ON outbox.webhooks FOR EACH ROW EXECUTE FUNCTION outbox.keep_previous_secret();
grant delete, insert, select, update on outbox.webhooks to platen_site_app;
grant select on outbox.webhooks to platen_site_dumper;

CREATE OR REPLACE FUNCTION outbox.has_pending_deliveries()
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
declare
  scope text := current_setting('app.operator', true);
  found_any boolean;
begin
  perform set_config('app.operator', 'on', true);
  found_any := exists (select from outbox.events where distributed_at is null)
    or exists (
      select from outbox.deliveries
      where state = 'pending' and next_attempt_at <= clock_timestamp() and (leased_until is null or leased_until <= clock_timestamp())
    );
  perform set_config('app.operator', coalesce(scope, ''), true);
  return found_any;
end
$function$;
grant execute on function outbox.has_pending_deliveries() to platen_site_app;

CREATE OR REPLACE FUNCTION outbox.keep_previous_secret()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
begin
  new.previous_sealed_secret := case when new.sealed_secret is not null then old.sealed_secret end;
  new.previous_until := case when new.previous_sealed_secret is not null then now() + interval '24 hours' end;
  return new;
end
$function$;
-- anybody may execute outbox.keep_previous_secret()
