-- What the migrations of this folder make, written by a test from the catalogs; do not edit.
-- After a new migration: UPDATE_SCHEMA=1 npm test -- <the folder of that test>

create schema graphile_worker;
grant usage on schema graphile_worker to platen_worker;

create schema jobs;
grant usage on schema jobs to platen_api;
grant usage on schema jobs to platen_worker;

create table graphile_worker._private_job_queues (
  id integer not null generated always as identity,
  queue_name text not null,
  locked_at timestamp with time zone,
  locked_by text,
  is_available boolean not null generated always as ((locked_at IS NULL)) stored
);
alter table graphile_worker._private_job_queues add constraint job_queues_pkey1 PRIMARY KEY (id);
alter table graphile_worker._private_job_queues add constraint job_queues_queue_name_key UNIQUE (queue_name);
alter table graphile_worker._private_job_queues add constraint job_queues_queue_name_check CHECK ((length(queue_name) <= 128));
alter table graphile_worker._private_job_queues enable row level security;
create policy worker on graphile_worker._private_job_queues as permissive for all to platen_worker
  using (true)
  with check (true);
grant delete, insert, select, update on graphile_worker._private_job_queues to platen_worker;

create table graphile_worker._private_jobs (
  id bigint not null generated always as identity,
  job_queue_id integer,
  task_id integer not null,
  payload json not null default '{}'::json,
  priority smallint not null default 0,
  run_at timestamp with time zone not null default now(),
  attempts smallint not null default 0,
  max_attempts smallint not null default 25,
  last_error text,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  key text,
  locked_at timestamp with time zone,
  locked_by text,
  revision integer not null default 0,
  flags jsonb,
  is_available boolean not null generated always as (((locked_at IS NULL) AND (attempts < max_attempts))) stored
);
alter table graphile_worker._private_jobs add constraint jobs_pkey1 PRIMARY KEY (id);
alter table graphile_worker._private_jobs add constraint jobs_key_key1 UNIQUE (key);
alter table graphile_worker._private_jobs add constraint jobs_key_check CHECK (((length(key) > 0) AND (length(key) <= 512)));
alter table graphile_worker._private_jobs add constraint jobs_max_attempts_check CHECK ((max_attempts >= 1));
CREATE INDEX jobs_main_index ON graphile_worker._private_jobs USING btree (priority, run_at) INCLUDE (id, task_id, job_queue_id) WHERE (is_available = true);
CREATE INDEX jobs_no_queue_index ON graphile_worker._private_jobs USING btree (priority, run_at) INCLUDE (id, task_id) WHERE ((is_available = true) AND (job_queue_id IS NULL));
alter table graphile_worker._private_jobs enable row level security;
create policy worker on graphile_worker._private_jobs as permissive for all to platen_worker
  using (true)
  with check (true);
grant delete, insert, select, update on graphile_worker._private_jobs to platen_worker;

create table graphile_worker._private_known_crontabs (
  identifier text not null,
  known_since timestamp with time zone not null,
  last_execution timestamp with time zone
);
alter table graphile_worker._private_known_crontabs add constraint known_crontabs_pkey PRIMARY KEY (identifier);
alter table graphile_worker._private_known_crontabs enable row level security;
create policy worker on graphile_worker._private_known_crontabs as permissive for all to platen_worker
  using (true)
  with check (true);
grant delete, insert, select, update on graphile_worker._private_known_crontabs to platen_worker;

create table graphile_worker._private_tasks (
  id integer not null generated always as identity,
  identifier text not null
);
alter table graphile_worker._private_tasks add constraint tasks_pkey PRIMARY KEY (id);
alter table graphile_worker._private_tasks add constraint tasks_identifier_key UNIQUE (identifier);
alter table graphile_worker._private_tasks add constraint tasks_identifier_check CHECK ((length(identifier) <= 128));
alter table graphile_worker._private_tasks enable row level security;
create policy worker on graphile_worker._private_tasks as permissive for all to platen_worker
  using (true)
  with check (true);
grant delete, insert, select, update on graphile_worker._private_tasks to platen_worker;

create view graphile_worker.jobs as
 SELECT jobs.id,
    job_queues.queue_name,
    tasks.identifier AS task_identifier,
    jobs.priority,
    jobs.run_at,
    jobs.attempts,
    jobs.max_attempts,
    jobs.last_error,
    jobs.created_at,
    jobs.updated_at,
    jobs.key,
    jobs.locked_at,
    jobs.locked_by,
    jobs.revision,
    jobs.flags
   FROM graphile_worker._private_jobs jobs
     JOIN graphile_worker._private_tasks tasks ON tasks.id = jobs.task_id
     LEFT JOIN graphile_worker._private_job_queues job_queues ON job_queues.id = jobs.job_queue_id;
grant delete, insert, select, update on graphile_worker.jobs to platen_worker;

create table graphile_worker.migrations (
  id integer not null,
  ts timestamp with time zone not null default now(),
  breaking boolean not null default false
);
alter table graphile_worker.migrations add constraint migrations_pkey PRIMARY KEY (id);
grant delete, insert, select, update on graphile_worker.migrations to platen_worker;

create table jobs.jobs (
  id uuid not null,
  tenant_id uuid,
  name text not null,
  queue text not null,
  state text not null default 'queued'::text,
  payload jsonb not null,
  key text,
  requested_by uuid,
  progress real not null default 0,
  progress_text text,
  attempts integer not null default 0,
  max_attempts integer not null,
  timeout_ms integer not null,
  last_error text,
  result jsonb,
  run_at timestamp with time zone not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  lease uuid,
  leased_until timestamp with time zone
);
alter table jobs.jobs add constraint jobs_pkey PRIMARY KEY (id);
alter table jobs.jobs add constraint jobs_ended_check CHECK (((state = ANY (ARRAY['queued'::text, 'running'::text])) = (ended_at IS NULL)));
alter table jobs.jobs add constraint jobs_lease_check CHECK ((((state = 'running'::text) = (lease IS NOT NULL)) AND ((lease IS NULL) = (leased_until IS NULL))));
alter table jobs.jobs add constraint jobs_limits_check CHECK (((max_attempts > 0) AND (timeout_ms > 0)));
alter table jobs.jobs add constraint jobs_progress_check CHECK (((progress >= (0)::double precision) AND (progress <= (1)::double precision)));
alter table jobs.jobs add constraint jobs_queue_check CHECK ((queue = ANY (ARRAY['high'::text, 'default'::text, 'low'::text])));
alter table jobs.jobs add constraint jobs_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'succeeded'::text, 'failed'::text, 'discarded'::text])));
alter table jobs.jobs add constraint jobs_text_check CHECK (((length(last_error) <= 500) AND (length(progress_text) <= 200) AND (length(key) <= 200)));
CREATE INDEX jobs_due_idx ON jobs.jobs USING btree (queue, run_at, id) WHERE (state = 'queued'::text);
CREATE INDEX jobs_ended_idx ON jobs.jobs USING btree (ended_at) WHERE (ended_at IS NOT NULL);
CREATE INDEX jobs_leased_idx ON jobs.jobs USING btree (leased_until) WHERE (state = 'running'::text);
CREATE UNIQUE INDEX jobs_open_key ON jobs.jobs USING btree (tenant_id, name, key) NULLS NOT DISTINCT WHERE ((key IS NOT NULL) AND (state = ANY (ARRAY['queued'::text, 'running'::text])));
CREATE INDEX jobs_tenant_idx ON jobs.jobs USING btree (tenant_id, id);
alter table jobs.jobs enable row level security, force row level security;
create policy tenant_isolation on jobs.jobs as permissive for all to public
  using (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)))
  with check (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));
CREATE TRIGGER jobs_nudge AFTER INSERT OR UPDATE OF state, run_at ON jobs.jobs FOR EACH ROW WHEN ((new.state = 'queued'::text)) EXECUTE FUNCTION jobs.nudge();
grant delete, insert, select, update on jobs.jobs to platen_api;
grant delete, insert, select, update on jobs.jobs to platen_worker;

create table jobs.schedules (
  name text not null,
  due_at timestamp with time zone not null
);
alter table jobs.schedules add constraint schedules_pkey PRIMARY KEY (name);
alter table jobs.schedules add constraint schedules_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200)));
grant delete, insert, select, update on jobs.schedules to platen_worker;

create table jobs.workers (
  pool_id text not null,
  worker_id text not null,
  started_at timestamp with time zone not null default clock_timestamp(),
  seen_at timestamp with time zone not null default clock_timestamp()
);
alter table jobs.workers add constraint workers_pkey PRIMARY KEY (pool_id);
grant delete, insert, select, update on jobs.workers to platen_worker;

CREATE OR REPLACE FUNCTION graphile_worker.add_job(identifier text, payload json DEFAULT NULL::json, queue_name text DEFAULT NULL::text, run_at timestamp with time zone DEFAULT NULL::timestamp with time zone, max_attempts integer DEFAULT NULL::integer, job_key text DEFAULT NULL::text, priority integer DEFAULT NULL::integer, flags text[] DEFAULT NULL::text[], job_key_mode text DEFAULT 'replace'::text)
 RETURNS graphile_worker._private_jobs
 LANGUAGE plpgsql
AS $function$
declare
  v_job "graphile_worker"._private_jobs;
begin
  if (job_key is null or job_key_mode is null or job_key_mode in ('replace', 'preserve_run_at')) then
    select * into v_job
    from "graphile_worker".add_jobs(
      ARRAY[(
        identifier,
        payload,
        queue_name,
        run_at,
        max_attempts::smallint,
        job_key,
        priority::smallint,
        flags
      )::"graphile_worker".job_spec],
      (job_key_mode = 'preserve_run_at')
    )
    limit 1;
    return v_job;
  elsif job_key_mode = 'unsafe_dedupe' then
    -- Ensure all the tasks exist (insert only missing identifiers so identity is not consumed)
    insert into "graphile_worker"._private_tasks as tasks (identifier)
    select add_job.identifier
    where not exists (
      select 1
      from "graphile_worker"._private_tasks as existing
      where existing.identifier = add_job.identifier
    )
    on conflict do nothing;
    -- Ensure all the queues exist
    if add_job.queue_name is not null then
      insert into "graphile_worker"._private_job_queues as job_queues (queue_name)
      select add_job.queue_name
      where not exists (
        select 1
        from "graphile_worker"._private_job_queues as existing
        where existing.queue_name = add_job.queue_name
      )
      on conflict do nothing;
    end if;
    -- Insert job, but if one already exists then do nothing, even if the
    -- existing job has already started (and thus represents an out-of-date
    -- world state). This is dangerous because it means that whatever state
    -- change triggered this add_job may not be acted upon (since it happened
    -- after the existing job started executing, but no further job is being
    -- scheduled), but it is useful in very rare circumstances for
    -- de-duplication. If in doubt, DO NOT USE THIS.
    insert into "graphile_worker"._private_jobs as jobs (
      job_queue_id,
      task_id,
      payload,
      run_at,
      max_attempts,
      key,
      priority,
      flags
    )
      select
        job_queues.id,
        tasks.id,
        coalesce(add_job.payload, '{}'::json),
        coalesce(add_job.run_at, now()),
        coalesce(add_job.max_attempts::smallint, 25::smallint),
        add_job.job_key,
        coalesce(add_job.priority::smallint, 0::smallint),
        (
          select jsonb_object_agg(flag, true)
          from unnest(add_job.flags) as item(flag)
        )
      from "graphile_worker"._private_tasks as tasks
      left join "graphile_worker"._private_job_queues as job_queues
      on job_queues.queue_name = add_job.queue_name
      where tasks.identifier = add_job.identifier
    on conflict (key)
      -- Bump the updated_at so that there's something to return
      do update set
        revision = jobs.revision + 1,
        updated_at = now()
      returning *
      into v_job;
    if v_job.revision = 0 then
      perform pg_notify('jobs:insert', '{"r":' || random()::text || ',"count":1}');
    end if;
    return v_job;
  else
    raise exception 'Invalid job_key_mode value, expected ''replace'', ''preserve_run_at'' or ''unsafe_dedupe''.' using errcode = 'GWBKM';
  end if;
end;
$function$;
grant execute on function graphile_worker.add_job(text,json,text,timestamp with time zone,integer,text,integer,text[],text) to public;
grant execute on function graphile_worker.add_job(text,json,text,timestamp with time zone,integer,text,integer,text[],text) to platen_worker;

CREATE OR REPLACE FUNCTION graphile_worker.add_jobs(specs graphile_worker.job_spec[], job_key_preserve_run_at boolean DEFAULT false)
 RETURNS SETOF graphile_worker._private_jobs
 LANGUAGE plpgsql
AS $function$
begin
  -- Ensure all the tasks exist (insert only missing identifiers so identity is not consumed)
  insert into "graphile_worker"._private_tasks as tasks (identifier)
  select distinct spec.identifier
  from unnest(specs) spec
  where not exists (
    select 1
    from "graphile_worker"._private_tasks as existing
    where existing.identifier = spec.identifier
  )
  on conflict do nothing;
  -- Ensure all the queues exist
  insert into "graphile_worker"._private_job_queues as job_queues (queue_name)
  select distinct spec.queue_name
  from unnest(specs) spec
  where spec.queue_name is not null
  and not exists (
    select 1
    from "graphile_worker"._private_job_queues as existing
    where existing.queue_name = spec.queue_name
  )
  on conflict do nothing;
  -- Ensure any locked jobs have their key cleared - in the case of locked
  -- existing job create a new job instead as it must have already started
  -- executing (i.e. it's world state is out of date, and the fact add_job
  -- has been called again implies there's new information that needs to be
  -- acted upon).
  update "graphile_worker"._private_jobs as jobs
  set
    key = null,
    attempts = jobs.max_attempts,
    updated_at = now()
  from unnest(specs) spec
  where spec.job_key is not null
  and jobs.key = spec.job_key
  and is_available is not true;

  -- WARNING: this count is not 100% accurate; 'on conflict' clause will cause it to be an overestimate
  perform pg_notify('jobs:insert', '{"r":' || random()::text || ',"count":' || array_length(specs, 1)::text || '}');

  -- TODO: is there a risk that a conflict could occur depending on the
  -- isolation level?
  return query insert into "graphile_worker"._private_jobs as jobs (
    job_queue_id,
    task_id,
    payload,
    run_at,
    max_attempts,
    key,
    priority,
    flags
  )
    select
      job_queues.id,
      tasks.id,
      coalesce(spec.payload, '{}'::json),
      coalesce(spec.run_at, now()),
      coalesce(spec.max_attempts, 25),
      spec.job_key,
      coalesce(spec.priority, 0),
      (
        select jsonb_object_agg(flag, true)
        from unnest(spec.flags) as item(flag)
      )
    from unnest(specs) spec
    inner join "graphile_worker"._private_tasks as tasks
    on tasks.identifier = spec.identifier
    left join "graphile_worker"._private_job_queues as job_queues
    on job_queues.queue_name = spec.queue_name
  on conflict (key) do update set
    job_queue_id = excluded.job_queue_id,
    task_id = excluded.task_id,
    payload =
      case
      when json_typeof(jobs.payload) = 'array' and json_typeof(excluded.payload) = 'array' then
        (jobs.payload::jsonb || excluded.payload::jsonb)::json
      else
        excluded.payload
      end,
    max_attempts = excluded.max_attempts,
    run_at = (case
      when job_key_preserve_run_at is true and jobs.attempts = 0 then jobs.run_at
      else excluded.run_at
    end),
    priority = excluded.priority,
    revision = jobs.revision + 1,
    flags = excluded.flags,
    -- always reset error/retry state
    attempts = 0,
    last_error = null,
    updated_at = now()
  where jobs.locked_at is null
  returning *;
end;
$function$;
grant execute on function graphile_worker.add_jobs(graphile_worker.job_spec[],boolean) to public;
grant execute on function graphile_worker.add_jobs(graphile_worker.job_spec[],boolean) to platen_worker;

CREATE OR REPLACE FUNCTION graphile_worker.complete_jobs(job_ids bigint[])
 RETURNS SETOF graphile_worker._private_jobs
 LANGUAGE sql
AS $function$
  delete from "graphile_worker"._private_jobs as jobs
    where id = any(job_ids)
    and (
      locked_at is null
    or
      locked_at < now() - interval '4 hours'
    )
    returning *;
$function$;
grant execute on function graphile_worker.complete_jobs(bigint[]) to public;
grant execute on function graphile_worker.complete_jobs(bigint[]) to platen_worker;

CREATE OR REPLACE FUNCTION graphile_worker.force_unlock_workers(worker_ids text[])
 RETURNS void
 LANGUAGE sql
AS $function$
update "graphile_worker"._private_jobs as jobs
set locked_at = null, locked_by = null
where locked_by = any(worker_ids);
update "graphile_worker"._private_job_queues as job_queues
set locked_at = null, locked_by = null
where locked_by = any(worker_ids);
$function$;
grant execute on function graphile_worker.force_unlock_workers(text[]) to public;
grant execute on function graphile_worker.force_unlock_workers(text[]) to platen_worker;

CREATE OR REPLACE FUNCTION graphile_worker.permanently_fail_jobs(job_ids bigint[], error_message text DEFAULT NULL::text)
 RETURNS SETOF graphile_worker._private_jobs
 LANGUAGE sql
AS $function$
  update "graphile_worker"._private_jobs as jobs
    set
      last_error = coalesce(error_message, 'Manually marked as failed'),
      attempts = max_attempts,
      updated_at = now()
    where id = any(job_ids)
    and (
      locked_at is null
    or
      locked_at < NOW() - interval '4 hours'
    )
    returning *;
$function$;
grant execute on function graphile_worker.permanently_fail_jobs(bigint[],text) to public;
grant execute on function graphile_worker.permanently_fail_jobs(bigint[],text) to platen_worker;

CREATE OR REPLACE FUNCTION graphile_worker.remove_job(job_key text)
 RETURNS graphile_worker._private_jobs
 LANGUAGE plpgsql
 STRICT
AS $function$
declare
  v_job "graphile_worker"._private_jobs;
begin
  -- Delete job if not locked
  delete from "graphile_worker"._private_jobs as jobs
    where key = job_key
    and (
      locked_at is null
    or
      locked_at < NOW() - interval '4 hours'
    )
  returning * into v_job;
  if not (v_job is null) then
    perform pg_notify('jobs:insert', '{"r":' || random()::text || ',"count":-1}');
    return v_job;
  end if;
  -- Otherwise prevent job from retrying, and clear the key
  update "graphile_worker"._private_jobs as jobs
  set
    key = null,
    attempts = jobs.max_attempts,
    updated_at = now()
  where key = job_key
  returning * into v_job;
  return v_job;
end;
$function$;
grant execute on function graphile_worker.remove_job(text) to public;
grant execute on function graphile_worker.remove_job(text) to platen_worker;

CREATE OR REPLACE FUNCTION graphile_worker.reschedule_jobs(job_ids bigint[], run_at timestamp with time zone DEFAULT NULL::timestamp with time zone, priority integer DEFAULT NULL::integer, attempts integer DEFAULT NULL::integer, max_attempts integer DEFAULT NULL::integer)
 RETURNS SETOF graphile_worker._private_jobs
 LANGUAGE sql
AS $function$
  update "graphile_worker"._private_jobs as jobs
    set
      run_at = coalesce(reschedule_jobs.run_at, jobs.run_at),
      priority = coalesce(reschedule_jobs.priority::smallint, jobs.priority),
      attempts = coalesce(reschedule_jobs.attempts::smallint, jobs.attempts),
      max_attempts = coalesce(reschedule_jobs.max_attempts::smallint, jobs.max_attempts),
      updated_at = now()
    where id = any(job_ids)
    and (
      locked_at is null
    or
      locked_at < NOW() - interval '4 hours'
    )
    returning *;
$function$;
grant execute on function graphile_worker.reschedule_jobs(bigint[],timestamp with time zone,integer,integer,integer) to public;
grant execute on function graphile_worker.reschedule_jobs(bigint[],timestamp with time zone,integer,integer,integer) to platen_worker;

CREATE OR REPLACE FUNCTION jobs.enqueue(job text, tenant uuid, payload jsonb, queue text, run_at timestamp with time zone, max_attempts integer, key text, priority integer)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
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
$function$;
grant execute on function jobs.enqueue(text,uuid,jsonb,text,timestamp with time zone,integer,text,integer) to platen_api;
grant execute on function jobs.enqueue(text,uuid,jsonb,text,timestamp with time zone,integer,text,integer) to platen_worker;

CREATE OR REPLACE FUNCTION jobs.nudge()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform graphile_worker.add_job(
    'job', json_build_object('tenantId', null, 'payload', json_build_object('id', new.id)), run_at => new.run_at, max_attempts => 3
  );
  return null;
end;
$function$;
