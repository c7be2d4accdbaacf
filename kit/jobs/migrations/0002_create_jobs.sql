-- Why: what we add around graphile-worker: which pools are alive, when schedules ran last, and the one door through which jobs come in.
-- Lock: none, new schema. Rows touched: none. Old code: does not know it.
-- Undo by hand: drop schema jobs cascade; drop the policies and grants on graphile_worker.
create schema jobs;

-- One row per pool of a job runner. A pool that has not been seen for 30 s by the database's clock is dead and its jobs are unlocked.
create table jobs.workers (
  pool_id text constraint workers_pkey primary key,
  worker_id text not null,
  started_at timestamptz not null default clock_timestamp(),
  seen_at timestamptz not null default clock_timestamp()
);

-- The last due minute that was enqueued for each schedule, so that several runners enqueue it once and a restart catches up.
create table jobs.schedules (
  name text constraint schedules_pkey primary key,
  due_at timestamptz not null,
  constraint schedules_name_check check (length(name) between 1 and 200)
);

-- The library's tables carry the payloads of all tenants, so the API role may not see them: it enqueues here, and only for the tenant
-- of its own scope. Runs as the owner, who passes the library's row-level security.
create function jobs.enqueue(
  job text, tenant uuid, payload jsonb, queue text, run_at timestamptz, max_attempts integer, key text, priority integer
) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  queued graphile_worker._private_jobs;
begin
  if coalesce(current_setting('app.operator', true), '') <> 'on'
    and tenant is distinct from nullif(current_setting('app.tenant', true), '')::uuid
  then
    raise exception 'job % may not be enqueued for another tenant than that of the transaction', job
      using errcode = 'insufficient_privilege';
  end if;
  queued := graphile_worker.add_job(
    job, json_build_object('tenantId', tenant, 'payload', payload), queue, run_at, max_attempts, key, priority
  );
  return queued.id::text;
end;
$$;

revoke all on function jobs.enqueue(text, uuid, jsonb, text, timestamptz, integer, text, integer) from public;

select
  platform.grant_to('{platen_api,platen_worker}', 'usage', 'schema jobs'),
  platform.grant_to(
    '{platen_api,platen_worker}', 'execute', 'function jobs.enqueue(text, uuid, jsonb, text, timestamptz, integer, text, integer)'
  ),
  platform.grant_to('{platen_worker}', 'usage', 'schema graphile_worker'),
  platform.grant_to('{platen_worker}', 'execute', 'all functions in schema graphile_worker'),
  platform.grant_to('{platen_worker}', 'select, insert, update, delete', 'all tables in schema jobs, graphile_worker');

-- The library switches row-level security on without a policy; its worker must see every job.
do $$
declare
  library_table text;
begin
  if exists (select from pg_roles where rolname = 'platen_worker') then
    foreach library_table in array array['_private_jobs', '_private_job_queues', '_private_tasks', '_private_known_crontabs'] loop
      execute format('create policy worker on graphile_worker.%I to platen_worker using (true) with check (true)', library_table);
    end loop;
  end if;
end;
$$;
