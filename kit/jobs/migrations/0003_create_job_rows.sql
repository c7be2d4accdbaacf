-- Why: jobs are rows of their own, with state, progress and result; the library's job is only the nudge that carries the id.
-- Lock: none on tables of ours, new table; row locks on the library's queue. Rows touched: jobs that wait there become rows here.
-- Old code: still works; what it enqueues meanwhile stays in the library's queue and is run by old code only.
-- Undo by hand: drop table jobs.jobs; drop function jobs.nudge(); (loses queued jobs)

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
select platform.grant_to('{platen_api,platen_worker}', 'select, insert, update, delete', 'table jobs.jobs');

-- The nudge, in the transaction that queued the job. Runs as the owner: the API role cannot see the library's queue.
create function jobs.nudge() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  perform graphile_worker.add_job(
    'job', json_build_object('tenantId', null, 'payload', json_build_object('id', new.id)), run_at => new.run_at, max_attempts => 3
  );
  return null;
end;
$$;
revoke all on function jobs.nudge() from public;

create trigger jobs_nudge after insert or update of state, run_at on jobs.jobs
  for each row when (new.state = 'queued') execute function jobs.nudge();

-- Jobs of an earlier version that wait in the library's queue. The owner passes its row-level security.
do $$
begin
  perform set_config('app.operator', 'on', true);
  with waiting as (
    delete from graphile_worker._private_jobs job using graphile_worker._private_tasks task
    where task.id = job.task_id and task.identifier <> 'operation' and job.attempts < job.max_attempts
    returning task.identifier, job.payload::jsonb as envelope, job.run_at, job.attempts, job.max_attempts, job.key, job.created_at
  )
  insert into jobs.jobs (id, tenant_id, name, queue, payload, key, attempts, max_attempts, timeout_ms, run_at, created_at)
  select gen_random_uuid(), (envelope->>'tenantId')::uuid, identifier, 'default', envelope->'payload', key, attempts, max_attempts, 600000,
    run_at, created_at
  from waiting where envelope ? 'payload';
end;
$$;
