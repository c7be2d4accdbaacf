-- Why: background work inside a site's database: the same rows as in the control plane, claimed by the benches themselves.
-- Lock: none, new schema. Rows touched: none. Old code: does not know it.
-- Undo by hand: drop schema jobs cascade; (loses queued jobs)
create schema jobs;

-- One row per job: what is to be done, who has it, what came of it. A claim is a lease: whoever holds it renews it, and what was leased
-- to a process that died is taken over when it ends.
create table jobs.jobs (
  id uuid constraint jobs_pkey primary key,
  -- Null: work of the platform itself.
  tenant_id uuid,
  name text not null,
  queue text not null,
  state text not null default 'queued',
  -- References only, never secrets.
  payload jsonb not null,
  -- Of the open jobs of one tenant and name one at most has it.
  key text,
  -- A user; null: the platform itself.
  requested_by uuid,
  progress real not null default 0,
  progress_text text,
  attempts integer not null default 0,
  max_attempts integer not null,
  timeout_ms integer not null,
  last_error text,
  result jsonb,
  run_at timestamptz not null,
  created_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  ended_at timestamptz,
  -- Of this run; another run has another one, so a process that lost it can record nothing.
  lease uuid,
  leased_until timestamptz,
  constraint jobs_queue_check check (queue in ('high', 'default', 'low')),
  constraint jobs_state_check check (state in ('queued', 'running', 'succeeded', 'failed', 'discarded')),
  constraint jobs_progress_check check (progress between 0 and 1),
  constraint jobs_limits_check check (max_attempts > 0 and timeout_ms > 0),
  constraint jobs_lease_check check ((state = 'running') = (lease is not null) and (lease is null) = (leased_until is null)),
  constraint jobs_ended_check check ((state in ('queued', 'running')) = (ended_at is null)),
  constraint jobs_text_check check (length(last_error) <= 500 and length(progress_text) <= 200 and length(key) <= 200)
);
create unique index jobs_open_key on jobs.jobs (tenant_id, name, key) nulls not distinct
  where key is not null and state in ('queued', 'running');
create index jobs_due_idx on jobs.jobs (queue, run_at, id) where state = 'queued';
create index jobs_leased_idx on jobs.jobs (leased_until) where state = 'running';
create index jobs_tenant_idx on jobs.jobs (tenant_id, id);
create index jobs_ended_idx on jobs.jobs (ended_at) where ended_at is not null;

select platform.isolate_tenants('jobs.jobs');

-- The last due minute that was enqueued for each schedule, so that several processes enqueue it once and a restart catches up.
create table jobs.schedules (
  name text constraint schedules_pkey primary key,
  due_at timestamptz not null,
  constraint schedules_name_check check (length(name) between 1 and 200)
);

select platform.grant_to('{platen_site_app,platen_site_reader,platen_site_dumper}', 'usage', 'schema jobs');
select platform.grant_to('{platen_site_reader,platen_site_dumper}', 'select', 'all tables in schema jobs');
select platform.grant_to('{platen_site_app}', 'select, insert, update, delete', 'all tables in schema jobs');
