-- Why: events written in the transaction that made them true, and one delivery row per handler (see the README of kit/outbox).
-- Lock: none, new tables. Rows touched: none. Old code: does not know the schema.
-- Undo by hand: drop schema outbox cascade; (loses undelivered events)
create schema outbox;

-- One row per aggregate that ever had an event: numbers its events without gaps, and holds back a second writer until the first has
-- committed, so that whoever sees event n also sees event n - 1.
create table outbox.aggregates (
  tenant_id uuid not null,
  aggregate_id uuid not null,
  last_sequence bigint not null,
  constraint aggregates_pkey primary key (tenant_id, aggregate_id)
);

create table outbox.events (
  id uuid not null,
  -- Order of insertion, for reading in batches. Never a watermark: a smaller one may commit later.
  position bigint generated always as identity,
  tenant_id uuid not null,
  type text not null,
  version integer not null,
  aggregate text not null,
  aggregate_id uuid not null,
  sequence bigint not null,
  payload jsonb not null,
  occurred_at timestamptz not null default now(),
  -- When its delivery rows were written.
  distributed_at timestamptz,
  constraint events_pkey primary key (id),
  constraint events_aggregate_sequence_key unique (tenant_id, aggregate_id, sequence),
  constraint events_version_check check (version > 0),
  constraint events_payload_check check (jsonb_typeof(payload) = 'object')
);
create index events_undistributed_idx on outbox.events (position) where distributed_at is null;
create index events_distributed_idx on outbox.events (distributed_at);

-- What each handler subscribes to, as told by the processes that run it. Not bound to a tenant.
create table outbox.handlers (
  name text not null,
  types text[] not null,
  registered_at timestamptz not null default now(),
  constraint handlers_pkey primary key (name)
);

create table outbox.deliveries (
  event_id uuid not null,
  handler text not null,
  tenant_id uuid not null,
  aggregate_id uuid not null,
  sequence bigint not null,
  state text not null default 'pending',
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  leased_until timestamptz,
  last_error text,
  delivered_at timestamptz,
  constraint deliveries_pkey primary key (event_id, handler),
  constraint deliveries_event_id_fkey foreign key (event_id) references outbox.events (id) on delete cascade,
  constraint deliveries_state_check check (state in ('pending', 'delivered', 'dead', 'discarded'))
);
-- Serves the question "is an earlier event of this aggregate still open?" and the lists of pending and dead deliveries.
create index deliveries_open_idx on outbox.deliveries (handler, tenant_id, aggregate_id, sequence) where state in ('pending', 'dead');
create index deliveries_due_idx on outbox.deliveries (next_attempt_at) where state = 'pending';

-- For consumers that are told of an event from elsewhere (webhook, other database): remembers what they have taken in.
create table outbox.inbox (
  consumer text not null,
  event_id uuid not null,
  tenant_id uuid not null,
  received_at timestamptz not null default now(),
  constraint inbox_pkey primary key (consumer, event_id)
);
create index inbox_received_at_idx on outbox.inbox (received_at);

select platform.isolate_tenants('outbox.aggregates');
select platform.isolate_tenants('outbox.events');
select platform.isolate_tenants('outbox.deliveries');
select platform.isolate_tenants('outbox.inbox');

-- One round trip for the sweep over thousands of sites: it sets its own scope, and puts the caller's back. (A SET clause of the
-- function would say so more briefly, but only a superuser may give one for a parameter of our own.)
create function outbox.has_pending_deliveries() returns boolean
language plpgsql set search_path = pg_catalog as $function$
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
revoke execute on function outbox.has_pending_deliveries() from public;

select platform.grant_to('{platen_site_app,platen_site_reader,platen_site_dumper,platen_api,platen_worker}', 'usage', 'schema outbox');
select platform.grant_to('{platen_site_reader,platen_site_dumper}', 'select', 'all tables in schema outbox');
-- pg_dump reads the state of identity columns.
select platform.grant_to('{platen_site_dumper}', 'select', 'all sequences in schema outbox');
select platform.grant_to('{platen_site_app,platen_api,platen_worker}', 'select, insert, update, delete', 'all tables in schema outbox');
select platform.grant_to('{platen_site_app,platen_api,platen_worker}', 'execute', 'function outbox.has_pending_deliveries()');
