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
  "position" bigint
);
alter table outbox.deliveries add constraint deliveries_pkey PRIMARY KEY (event_id, handler);
alter table outbox.deliveries add constraint deliveries_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'delivered'::text, 'dead'::text, 'discarded'::text])));
alter table outbox.deliveries add constraint deliveries_event_id_fkey FOREIGN KEY (event_id) REFERENCES outbox.events(id) ON DELETE CASCADE;
CREATE INDEX deliveries_due_idx ON outbox.deliveries USING btree (next_attempt_at) WHERE (state = 'pending'::text);
CREATE INDEX deliveries_open_idx ON outbox.deliveries USING btree (handler, tenant_id, aggregate_id, sequence) WHERE (state = ANY (ARRAY['pending'::text, 'dead'::text]));
CREATE INDEX deliveries_tried_idx ON outbox.deliveries USING btree (handler, tenant_id, aggregate_id, sequence) WHERE ((attempts > 0) AND (state = ANY (ARRAY['pending'::text, 'dead'::text])));
CREATE INDEX deliveries_turn_idx ON outbox.deliveries USING btree ("position") WHERE (state = 'pending'::text);
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
