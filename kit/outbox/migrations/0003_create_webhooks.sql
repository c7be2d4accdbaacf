-- Why: webhooks: where a tenant (of the control plane) or a site wants its events sent, the key that signs them, and a log of attempts.
-- A delivery to a webhook can only be one of an event of its own tenant: the reference from outbox.deliveries says so.
-- Lock: outbox.deliveries exclusively while it is written anew for the new column (a second for some 500,000 rows), handlers for a moment.
-- Rows touched: every delivery, once. Old code: delivers as before, and does not deliver to webhooks.
-- Undo by hand: delete from outbox.handlers where name like 'webhook:%'; alter table outbox.deliveries drop column webhook_id;
--   drop table outbox.webhook_attempts, outbox.webhooks;
--   drop function outbox.keep_previous_secret();
set local lock_timeout = '5s';

create table outbox.webhooks (
  id uuid not null,
  tenant_id uuid not null,
  url text not null,
  description text not null,
  -- Empty: every event.
  types text[] not null,
  enabled boolean not null,
  -- Random bytes, sealed by the vault of the place. Null: it is to be renewed, as in a copy of a site, which cannot open it.
  sealed_secret text,
  has_secret boolean not null generated always as (sealed_secret is not null) stored,
  -- Signs as well until then, so that receivers can change over. Set by the trigger below.
  previous_sealed_secret text,
  previous_until timestamptz,
  version integer not null default 1,
  created_by text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint webhooks_pkey primary key (id),
  -- What a reference within one tenant leads to.
  constraint webhooks_tenant_key unique (tenant_id, id),
  constraint webhooks_enabled_check check (not enabled or sealed_secret is not null),
  constraint webhooks_previous_check check ((previous_sealed_secret is null) = (previous_until is null))
);

-- Whoever renews a secret need not be able to read the one before.
create function outbox.keep_previous_secret() returns trigger language plpgsql set search_path = pg_catalog as $function$
begin
  new.previous_sealed_secret := case when new.sealed_secret is not null then old.sealed_secret end;
  new.previous_until := case when new.previous_sealed_secret is not null then now() + interval '24 hours' end;
  return new;
end
$function$;
create trigger webhooks_keep_previous_secret before update of sealed_secret on outbox.webhooks
  for each row execute function outbox.keep_previous_secret();

-- One row per attempt to deliver an event to a webhook.
create table outbox.webhook_attempts (
  id uuid not null,
  tenant_id uuid not null,
  webhook_id uuid not null,
  event_id uuid not null,
  event_type text not null,
  -- From 1; a replay begins anew.
  attempt integer not null,
  -- 'retrying': it is tried again; 'failed': it is not.
  outcome text not null,
  -- Null where nobody answered.
  status integer,
  -- A sentence, with the beginning of an answer that was not a yes.
  detail text not null,
  duration_ms integer not null,
  at timestamptz not null default clock_timestamp(),
  constraint webhook_attempts_pkey primary key (id),
  -- Deferrable, because a restored copy changes its tenant as a whole.
  constraint webhook_attempts_webhook_fkey foreign key (tenant_id, webhook_id) references outbox.webhooks (tenant_id, id)
    on delete cascade deferrable initially immediate,
  constraint webhook_attempts_outcome_check check (outcome in ('delivered', 'retrying', 'failed'))
);
create index webhook_attempts_log_idx on outbox.webhook_attempts (webhook_id, id desc);
create index webhook_attempts_age_idx on outbox.webhook_attempts (at);

-- The handler of a webhook is called `webhook:<id>`, and is always bound to a tenant.
alter table outbox.handlers add constraint handlers_webhook_check check (not starts_with(name, 'webhook:') or tenant_id is not null);
alter table outbox.deliveries add column webhook_id uuid
  generated always as (case when starts_with(handler, 'webhook:') then substr(handler, 9)::uuid end) stored;
alter table outbox.deliveries add constraint deliveries_webhook_fkey foreign key (tenant_id, webhook_id)
  references outbox.webhooks (tenant_id, id) on delete cascade deferrable initially immediate;
create index deliveries_webhook_idx on outbox.deliveries (webhook_id) where webhook_id is not null;

select platform.isolate_tenants('outbox.webhooks');
select platform.isolate_tenants('outbox.webhook_attempts');

select platform.grant_to('{platen_site_dumper}', 'select', 'outbox.webhooks');
select platform.grant_to('{platen_site_reader,platen_site_dumper}', 'select', 'outbox.webhook_attempts');
select platform.grant_to('{platen_site_app,platen_worker}', 'select, insert, update, delete', 'outbox.webhooks, outbox.webhook_attempts');
-- Requests to the control plane make, list, change and remove webhooks; only the worker that delivers reads the sealed secrets.
select platform.grant_to('{platen_api}',
  'select (id, tenant_id, url, description, types, enabled, has_secret, version, created_by, created_at, updated_at)', 'outbox.webhooks');
select platform.grant_to('{platen_api}', 'insert, update, delete', 'outbox.webhooks');
select platform.grant_to('{platen_api}', 'select', 'outbox.webhook_attempts');
