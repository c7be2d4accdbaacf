--
-- PostgreSQL database dump
--


-- Dumped from database version 18.4
-- Dumped by pg_dump version 18.0

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: graphile_worker; Type: SCHEMA; Schema: -; Owner: platen_owner
--

CREATE SCHEMA graphile_worker;


ALTER SCHEMA graphile_worker OWNER TO platen_owner;

--
-- Name: identity; Type: SCHEMA; Schema: -; Owner: platen_owner
--

CREATE SCHEMA identity;


ALTER SCHEMA identity OWNER TO platen_owner;

--
-- Name: jobs; Type: SCHEMA; Schema: -; Owner: platen_owner
--

CREATE SCHEMA jobs;


ALTER SCHEMA jobs OWNER TO platen_owner;

--
-- Name: manager; Type: SCHEMA; Schema: -; Owner: platen_owner
--

CREATE SCHEMA manager;


ALTER SCHEMA manager OWNER TO platen_owner;

--
-- Name: operations; Type: SCHEMA; Schema: -; Owner: platen_owner
--

CREATE SCHEMA operations;


ALTER SCHEMA operations OWNER TO platen_owner;

--
-- Name: outbox; Type: SCHEMA; Schema: -; Owner: platen_owner
--

CREATE SCHEMA outbox;


ALTER SCHEMA outbox OWNER TO platen_owner;

--
-- Name: platform; Type: SCHEMA; Schema: -; Owner: platen_owner
--

CREATE SCHEMA platform;


ALTER SCHEMA platform OWNER TO platen_owner;

--
-- Name: job_spec; Type: TYPE; Schema: graphile_worker; Owner: platen_owner
--

CREATE TYPE graphile_worker.job_spec AS (
	identifier text,
	payload json,
	queue_name text,
	run_at timestamp with time zone,
	max_attempts smallint,
	job_key text,
	priority smallint,
	flags text[]
);


ALTER TYPE graphile_worker.job_spec OWNER TO platen_owner;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: _private_jobs; Type: TABLE; Schema: graphile_worker; Owner: platen_owner
--

CREATE TABLE graphile_worker._private_jobs (
    id bigint NOT NULL,
    job_queue_id integer,
    task_id integer NOT NULL,
    payload json DEFAULT '{}'::json NOT NULL,
    priority smallint DEFAULT 0 NOT NULL,
    run_at timestamp with time zone DEFAULT now() NOT NULL,
    attempts smallint DEFAULT 0 NOT NULL,
    max_attempts smallint DEFAULT 25 NOT NULL,
    last_error text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    key text,
    locked_at timestamp with time zone,
    locked_by text,
    revision integer DEFAULT 0 NOT NULL,
    flags jsonb,
    is_available boolean GENERATED ALWAYS AS (((locked_at IS NULL) AND (attempts < max_attempts))) STORED NOT NULL,
    CONSTRAINT jobs_key_check CHECK (((length(key) > 0) AND (length(key) <= 512))),
    CONSTRAINT jobs_max_attempts_check CHECK ((max_attempts >= 1))
);


ALTER TABLE graphile_worker._private_jobs OWNER TO platen_owner;

--
-- Name: add_job(text, json, text, timestamp with time zone, integer, text, integer, text[], text); Type: FUNCTION; Schema: graphile_worker; Owner: platen_owner
--

CREATE FUNCTION graphile_worker.add_job(identifier text, payload json DEFAULT NULL::json, queue_name text DEFAULT NULL::text, run_at timestamp with time zone DEFAULT NULL::timestamp with time zone, max_attempts integer DEFAULT NULL::integer, job_key text DEFAULT NULL::text, priority integer DEFAULT NULL::integer, flags text[] DEFAULT NULL::text[], job_key_mode text DEFAULT 'replace'::text) RETURNS graphile_worker._private_jobs
    LANGUAGE plpgsql
    AS $$
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
$$;


ALTER FUNCTION graphile_worker.add_job(identifier text, payload json, queue_name text, run_at timestamp with time zone, max_attempts integer, job_key text, priority integer, flags text[], job_key_mode text) OWNER TO platen_owner;

--
-- Name: add_jobs(graphile_worker.job_spec[], boolean); Type: FUNCTION; Schema: graphile_worker; Owner: platen_owner
--

CREATE FUNCTION graphile_worker.add_jobs(specs graphile_worker.job_spec[], job_key_preserve_run_at boolean DEFAULT false) RETURNS SETOF graphile_worker._private_jobs
    LANGUAGE plpgsql
    AS $$
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
$$;


ALTER FUNCTION graphile_worker.add_jobs(specs graphile_worker.job_spec[], job_key_preserve_run_at boolean) OWNER TO platen_owner;

--
-- Name: complete_jobs(bigint[]); Type: FUNCTION; Schema: graphile_worker; Owner: platen_owner
--

CREATE FUNCTION graphile_worker.complete_jobs(job_ids bigint[]) RETURNS SETOF graphile_worker._private_jobs
    LANGUAGE sql
    AS $$
  delete from "graphile_worker"._private_jobs as jobs
    where id = any(job_ids)
    and (
      locked_at is null
    or
      locked_at < now() - interval '4 hours'
    )
    returning *;
$$;


ALTER FUNCTION graphile_worker.complete_jobs(job_ids bigint[]) OWNER TO platen_owner;

--
-- Name: force_unlock_workers(text[]); Type: FUNCTION; Schema: graphile_worker; Owner: platen_owner
--

CREATE FUNCTION graphile_worker.force_unlock_workers(worker_ids text[]) RETURNS void
    LANGUAGE sql
    AS $$
update "graphile_worker"._private_jobs as jobs
set locked_at = null, locked_by = null
where locked_by = any(worker_ids);
update "graphile_worker"._private_job_queues as job_queues
set locked_at = null, locked_by = null
where locked_by = any(worker_ids);
$$;


ALTER FUNCTION graphile_worker.force_unlock_workers(worker_ids text[]) OWNER TO platen_owner;

--
-- Name: permanently_fail_jobs(bigint[], text); Type: FUNCTION; Schema: graphile_worker; Owner: platen_owner
--

CREATE FUNCTION graphile_worker.permanently_fail_jobs(job_ids bigint[], error_message text DEFAULT NULL::text) RETURNS SETOF graphile_worker._private_jobs
    LANGUAGE sql
    AS $$
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
$$;


ALTER FUNCTION graphile_worker.permanently_fail_jobs(job_ids bigint[], error_message text) OWNER TO platen_owner;

--
-- Name: remove_job(text); Type: FUNCTION; Schema: graphile_worker; Owner: platen_owner
--

CREATE FUNCTION graphile_worker.remove_job(job_key text) RETURNS graphile_worker._private_jobs
    LANGUAGE plpgsql STRICT
    AS $$
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
$$;


ALTER FUNCTION graphile_worker.remove_job(job_key text) OWNER TO platen_owner;

--
-- Name: reschedule_jobs(bigint[], timestamp with time zone, integer, integer, integer); Type: FUNCTION; Schema: graphile_worker; Owner: platen_owner
--

CREATE FUNCTION graphile_worker.reschedule_jobs(job_ids bigint[], run_at timestamp with time zone DEFAULT NULL::timestamp with time zone, priority integer DEFAULT NULL::integer, attempts integer DEFAULT NULL::integer, max_attempts integer DEFAULT NULL::integer) RETURNS SETOF graphile_worker._private_jobs
    LANGUAGE sql
    AS $$
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
$$;


ALTER FUNCTION graphile_worker.reschedule_jobs(job_ids bigint[], run_at timestamp with time zone, priority integer, attempts integer, max_attempts integer) OWNER TO platen_owner;

--
-- Name: refuse_audit_change(); Type: FUNCTION; Schema: identity; Owner: platen_owner
--

CREATE FUNCTION identity.refuse_audit_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
BEGIN
  RAISE EXCEPTION 'audit entries are never changed or deleted' USING ERRCODE = 'insufficient_privilege';
END $$;


ALTER FUNCTION identity.refuse_audit_change() OWNER TO platen_owner;

--
-- Name: enqueue(text, uuid, jsonb, text, timestamp with time zone, integer, text, integer); Type: FUNCTION; Schema: jobs; Owner: platen_owner
--

CREATE FUNCTION jobs.enqueue(job text, tenant uuid, payload jsonb, queue text, run_at timestamp with time zone, max_attempts integer, key text, priority integer) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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


ALTER FUNCTION jobs.enqueue(job text, tenant uuid, payload jsonb, queue text, run_at timestamp with time zone, max_attempts integer, key text, priority integer) OWNER TO platen_owner;

--
-- Name: want_reconciliation(); Type: FUNCTION; Schema: manager; Owner: platen_owner
--

CREATE FUNCTION manager.want_reconciliation() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
BEGIN
  PERFORM pg_catalog.pg_notify('reconciliation_wanted', '');
  RETURN NULL;
END $$;


ALTER FUNCTION manager.want_reconciliation() OWNER TO platen_owner;

--
-- Name: has_pending_deliveries(); Type: FUNCTION; Schema: outbox; Owner: platen_owner
--

CREATE FUNCTION outbox.has_pending_deliveries() RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog'
    AS $$
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
$$;


ALTER FUNCTION outbox.has_pending_deliveries() OWNER TO platen_owner;

--
-- Name: grant_to(text[], text, text); Type: FUNCTION; Schema: platform; Owner: platen_owner
--

CREATE FUNCTION platform.grant_to(roles text[], privileges text, object text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog'
    AS $$
declare
  member text;
begin
  foreach member in array roles loop
    continue when current_user = 'platen_owner' and starts_with(member, 'platen_site_');
    continue when current_user = 'platen_site_owner' and not starts_with(member, 'platen_site_');
    if exists (select from pg_roles where rolname = member) then
      execute format('grant %s on %s to %I', privileges, object, member);
    end if;
  end loop;
end
$$;


ALTER FUNCTION platform.grant_to(roles text[], privileges text, object text) OWNER TO platen_owner;

--
-- Name: isolate_tenants(regclass); Type: FUNCTION; Schema: platform; Owner: platen_owner
--

CREATE FUNCTION platform.isolate_tenants(relation regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog'
    AS $$
begin
  execute format('alter table %s enable row level security, force row level security', relation);
  execute format(
    'create policy tenant_isolation on %s
       using (tenant_id = nullif(current_setting(''app.tenant'', true), '''')::uuid or current_setting(''app.operator'', true) = ''on'')
       with check (tenant_id = nullif(current_setting(''app.tenant'', true), '''')::uuid or current_setting(''app.operator'', true) = ''on'')',
    relation);
end
$$;


ALTER FUNCTION platform.isolate_tenants(relation regclass) OWNER TO platen_owner;

--
-- Name: _private_job_queues; Type: TABLE; Schema: graphile_worker; Owner: platen_owner
--

CREATE TABLE graphile_worker._private_job_queues (
    id integer NOT NULL,
    queue_name text NOT NULL,
    locked_at timestamp with time zone,
    locked_by text,
    is_available boolean GENERATED ALWAYS AS ((locked_at IS NULL)) STORED NOT NULL,
    CONSTRAINT job_queues_queue_name_check CHECK ((length(queue_name) <= 128))
);


ALTER TABLE graphile_worker._private_job_queues OWNER TO platen_owner;

--
-- Name: _private_known_crontabs; Type: TABLE; Schema: graphile_worker; Owner: platen_owner
--

CREATE TABLE graphile_worker._private_known_crontabs (
    identifier text NOT NULL,
    known_since timestamp with time zone NOT NULL,
    last_execution timestamp with time zone
);


ALTER TABLE graphile_worker._private_known_crontabs OWNER TO platen_owner;

--
-- Name: _private_tasks; Type: TABLE; Schema: graphile_worker; Owner: platen_owner
--

CREATE TABLE graphile_worker._private_tasks (
    id integer NOT NULL,
    identifier text NOT NULL,
    CONSTRAINT tasks_identifier_check CHECK ((length(identifier) <= 128))
);


ALTER TABLE graphile_worker._private_tasks OWNER TO platen_owner;

--
-- Name: job_queues_id_seq; Type: SEQUENCE; Schema: graphile_worker; Owner: platen_owner
--

ALTER TABLE graphile_worker._private_job_queues ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME graphile_worker.job_queues_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: jobs; Type: VIEW; Schema: graphile_worker; Owner: platen_owner
--

CREATE VIEW graphile_worker.jobs AS
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
   FROM ((graphile_worker._private_jobs jobs
     JOIN graphile_worker._private_tasks tasks ON ((tasks.id = jobs.task_id)))
     LEFT JOIN graphile_worker._private_job_queues job_queues ON ((job_queues.id = jobs.job_queue_id)));


ALTER VIEW graphile_worker.jobs OWNER TO platen_owner;

--
-- Name: jobs_id_seq1; Type: SEQUENCE; Schema: graphile_worker; Owner: platen_owner
--

ALTER TABLE graphile_worker._private_jobs ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME graphile_worker.jobs_id_seq1
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: migrations; Type: TABLE; Schema: graphile_worker; Owner: platen_owner
--

CREATE TABLE graphile_worker.migrations (
    id integer NOT NULL,
    ts timestamp with time zone DEFAULT now() NOT NULL,
    breaking boolean DEFAULT false NOT NULL
);


ALTER TABLE graphile_worker.migrations OWNER TO platen_owner;

--
-- Name: tasks_id_seq; Type: SEQUENCE; Schema: graphile_worker; Owner: platen_owner
--

ALTER TABLE graphile_worker._private_tasks ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME graphile_worker.tasks_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: accounts; Type: TABLE; Schema: identity; Owner: platen_owner
--

CREATE TABLE identity.accounts (
    id uuid NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    password_hash text,
    operator boolean DEFAULT false NOT NULL,
    state text DEFAULT 'active'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT accounts_email_folded CHECK ((email = lower(email))),
    CONSTRAINT accounts_state_known CHECK ((state = ANY (ARRAY['active'::text, 'disabled'::text])))
);


ALTER TABLE identity.accounts OWNER TO platen_owner;

--
-- Name: audit_entries; Type: TABLE; Schema: identity; Owner: platen_owner
--

CREATE TABLE identity.audit_entries (
    id uuid NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    tenant_id uuid,
    actor_id uuid,
    actor_label text NOT NULL,
    action text NOT NULL,
    resource text NOT NULL,
    resource_id text,
    changes jsonb,
    ip text,
    request_id text,
    operation_id uuid
);

ALTER TABLE ONLY identity.audit_entries FORCE ROW LEVEL SECURITY;


ALTER TABLE identity.audit_entries OWNER TO platen_owner;

--
-- Name: refresh_tokens; Type: TABLE; Schema: identity; Owner: platen_owner
--

CREATE TABLE identity.refresh_tokens (
    token_hash bytea NOT NULL,
    session_id uuid NOT NULL,
    issued_at timestamp with time zone DEFAULT now() NOT NULL,
    used_at timestamp with time zone
);


ALTER TABLE identity.refresh_tokens OWNER TO platen_owner;

--
-- Name: sessions; Type: TABLE; Schema: identity; Owner: platen_owner
--

CREATE TABLE identity.sessions (
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    method text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_used_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    revoked_because text,
    ip text,
    user_agent text,
    CONSTRAINT sessions_method_known CHECK ((method = ANY (ARRAY['password'::text, 'ticket'::text, 'setup'::text])))
);


ALTER TABLE identity.sessions OWNER TO platen_owner;

--
-- Name: signing_keys; Type: TABLE; Schema: identity; Owner: platen_owner
--

CREATE TABLE identity.signing_keys (
    kid text NOT NULL,
    public_jwk jsonb NOT NULL,
    sealed_private_key text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    retired_at timestamp with time zone
);


ALTER TABLE identity.signing_keys OWNER TO platen_owner;

--
-- Name: tickets; Type: TABLE; Schema: identity; Owner: platen_owner
--

CREATE TABLE identity.tickets (
    token_hash bytea NOT NULL,
    account_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    requested_by text NOT NULL,
    issued_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);


ALTER TABLE identity.tickets OWNER TO platen_owner;

--
-- Name: users; Type: TABLE; Schema: identity; Owner: platen_owner
--

CREATE TABLE identity.users (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    account_id uuid NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    state text DEFAULT 'active'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT users_state_known CHECK ((state = ANY (ARRAY['active'::text, 'disabled'::text])))
);

ALTER TABLE ONLY identity.users FORCE ROW LEVEL SECURITY;


ALTER TABLE identity.users OWNER TO platen_owner;

--
-- Name: schedules; Type: TABLE; Schema: jobs; Owner: platen_owner
--

CREATE TABLE jobs.schedules (
    name text NOT NULL,
    due_at timestamp with time zone NOT NULL,
    CONSTRAINT schedules_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200)))
);


ALTER TABLE jobs.schedules OWNER TO platen_owner;

--
-- Name: workers; Type: TABLE; Schema: jobs; Owner: platen_owner
--

CREATE TABLE jobs.workers (
    pool_id text NOT NULL,
    worker_id text NOT NULL,
    started_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    seen_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);


ALTER TABLE jobs.workers OWNER TO platen_owner;

--
-- Name: alert_deliveries; Type: TABLE; Schema: manager; Owner: platen_owner
--

CREATE TABLE manager.alert_deliveries (
    id uuid NOT NULL,
    webhook_id uuid NOT NULL,
    alert_id uuid,
    type text NOT NULL,
    alert jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    delivered_at timestamp with time zone,
    CONSTRAINT alert_deliveries_type_known CHECK ((type = ANY (ARRAY['alert.raised'::text, 'alert.resolved'::text, 'test'::text])))
);

ALTER TABLE ONLY manager.alert_deliveries FORCE ROW LEVEL SECURITY;


ALTER TABLE manager.alert_deliveries OWNER TO platen_owner;

--
-- Name: alert_mails; Type: TABLE; Schema: manager; Owner: platen_owner
--

CREATE TABLE manager.alert_mails (
    id uuid NOT NULL,
    alert_id uuid NOT NULL,
    recipient text NOT NULL,
    message_id text NOT NULL,
    subject text NOT NULL,
    text text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    refused text
);

ALTER TABLE ONLY manager.alert_mails FORCE ROW LEVEL SECURITY;


ALTER TABLE manager.alert_mails OWNER TO platen_owner;

--
-- Name: alert_webhooks; Type: TABLE; Schema: manager; Owner: platen_owner
--

CREATE TABLE manager.alert_webhooks (
    id uuid NOT NULL,
    url text NOT NULL,
    sealed_secret text,
    signed boolean GENERATED ALWAYS AS ((sealed_secret IS NOT NULL)) STORED NOT NULL,
    created_by text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_state text,
    last_status integer,
    last_detail text,
    last_at timestamp with time zone,
    CONSTRAINT alert_webhooks_last_state_known CHECK ((last_state = ANY (ARRAY['delivered'::text, 'retrying'::text, 'failed'::text]))),
    CONSTRAINT alert_webhooks_last_whole CHECK ((((last_state IS NULL) = (last_at IS NULL)) AND ((last_state IS NULL) = (last_detail IS NULL))))
);

ALTER TABLE ONLY manager.alert_webhooks FORCE ROW LEVEL SECURITY;


ALTER TABLE manager.alert_webhooks OWNER TO platen_owner;

--
-- Name: alerts; Type: TABLE; Schema: manager; Owner: platen_owner
--

CREATE TABLE manager.alerts (
    id uuid NOT NULL,
    kind text NOT NULL,
    severity text NOT NULL,
    subject_kind text NOT NULL,
    subject_id text NOT NULL,
    subject_label text NOT NULL,
    detail text NOT NULL,
    dedupe_key text NOT NULL,
    count integer DEFAULT 1 NOT NULL,
    raised_at timestamp with time zone NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    resolved_at timestamp with time zone,
    acknowledged_at timestamp with time zone,
    acknowledged_by text,
    mailed_at timestamp with time zone,
    message_id text,
    CONSTRAINT alerts_acknowledged_whole CHECK (((acknowledged_at IS NULL) = (acknowledged_by IS NULL))),
    CONSTRAINT alerts_count_positive CHECK ((count > 0)),
    CONSTRAINT alerts_mailed_whole CHECK (((mailed_at IS NULL) = (message_id IS NULL))),
    CONSTRAINT alerts_severity_known CHECK ((severity = ANY (ARRAY['info'::text, 'warning'::text, 'critical'::text])))
);

ALTER TABLE ONLY manager.alerts FORCE ROW LEVEL SECURITY;


ALTER TABLE manager.alerts OWNER TO platen_owner;

--
-- Name: backups; Type: TABLE; Schema: manager; Owner: platen_owner
--

CREATE TABLE manager.backups (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    site_id uuid NOT NULL,
    state text NOT NULL,
    reason text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    taken_at timestamp with time zone,
    stored_at timestamp with time zone,
    verified_at timestamp with time zone,
    restore_ms bigint,
    size_bytes bigint,
    plain_bytes bigint,
    object_prefix text NOT NULL,
    manifest_sha256 text,
    release text,
    draft jsonb DEFAULT '{}'::jsonb NOT NULL,
    error text,
    total_rows bigint,
    CONSTRAINT backups_reason_known CHECK ((reason = ANY (ARRAY['on-demand'::text, 'scheduled'::text, 'before-restore'::text, 'archive'::text]))),
    CONSTRAINT backups_state_known CHECK ((state = ANY (ARRAY['pending'::text, 'running'::text, 'stored'::text, 'verified'::text, 'failed'::text, 'removing'::text]))),
    CONSTRAINT backups_stored_has_manifest CHECK (((state <> ALL (ARRAY['stored'::text, 'verified'::text])) OR ((stored_at IS NOT NULL) AND (manifest_sha256 IS NOT NULL)))),
    CONSTRAINT backups_verified_has_time CHECK (((state <> 'verified'::text) OR ((verified_at IS NOT NULL) AND (restore_ms IS NOT NULL))))
);

ALTER TABLE ONLY manager.backups FORCE ROW LEVEL SECURITY;


ALTER TABLE manager.backups OWNER TO platen_owner;

--
-- Name: benches; Type: TABLE; Schema: manager; Owner: platen_owner
--

CREATE TABLE manager.benches (
    id uuid DEFAULT uuidv7() NOT NULL,
    name text NOT NULL,
    server_id uuid NOT NULL,
    release_name text,
    processes integer NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    CONSTRAINT benches_processes_positive CHECK (((processes >= 1) AND (processes <= 64))),
    CONSTRAINT benches_state_known CHECK ((state = ANY (ARRAY['pending'::text, 'active'::text, 'broken'::text, 'archived'::text])))
);


ALTER TABLE manager.benches OWNER TO platen_owner;

--
-- Name: certificates; Type: TABLE; Schema: manager; Owner: platen_owner
--

CREATE TABLE manager.certificates (
    id uuid DEFAULT uuidv7() NOT NULL,
    names text[] NOT NULL,
    state text NOT NULL,
    issuer text NOT NULL,
    certificate_pem text NOT NULL,
    sealed_private_key text NOT NULL,
    serial text NOT NULL,
    not_before timestamp with time zone NOT NULL,
    not_after timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT certificates_state_known CHECK ((state = ANY (ARRAY['pending'::text, 'active'::text, 'expiring'::text, 'expired'::text, 'failed'::text])))
);


ALTER TABLE manager.certificates OWNER TO platen_owner;

--
-- Name: claims; Type: TABLE; Schema: manager; Owner: platen_owner
--

CREATE TABLE manager.claims (
    single boolean DEFAULT true NOT NULL,
    code_hash bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    claimed_at timestamp with time zone,
    claimed_by uuid,
    CONSTRAINT claims_single CHECK (single)
);


ALTER TABLE manager.claims OWNER TO platen_owner;

--
-- Name: clusters; Type: TABLE; Schema: manager; Owner: platen_owner
--

CREATE TABLE manager.clusters (
    id uuid DEFAULT uuidv7() NOT NULL,
    name text NOT NULL,
    title text NOT NULL,
    region text DEFAULT ''::text NOT NULL,
    enabled boolean DEFAULT true NOT NULL
);


ALTER TABLE manager.clusters OWNER TO platen_owner;

--
-- Name: disk_samples; Type: TABLE; Schema: manager; Owner: platen_owner
--

CREATE TABLE manager.disk_samples (
    taken_at timestamp with time zone NOT NULL,
    free_bytes bigint NOT NULL,
    total_bytes bigint NOT NULL
);


ALTER TABLE manager.disk_samples OWNER TO platen_owner;

--
-- Name: former_databases; Type: TABLE; Schema: manager; Owner: platen_owner
--

CREATE TABLE manager.former_databases (
    database_name text NOT NULL,
    tenant_id uuid NOT NULL,
    site_id uuid NOT NULL,
    operation_id uuid NOT NULL,
    set_aside_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY manager.former_databases FORCE ROW LEVEL SECURITY;


ALTER TABLE manager.former_databases OWNER TO platen_owner;

--
-- Name: hosts; Type: TABLE; Schema: manager; Owner: platen_owner
--

CREATE TABLE manager.hosts (
    host text NOT NULL,
    tenant_id uuid NOT NULL,
    site_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT hosts_host_folded CHECK ((host = lower(host)))
);

ALTER TABLE ONLY manager.hosts FORCE ROW LEVEL SECURITY;


ALTER TABLE manager.hosts OWNER TO platen_owner;

--
-- Name: idempotency_keys; Type: TABLE; Schema: manager; Owner: platen_owner
--

CREATE TABLE manager.idempotency_keys (
    tenant_id uuid NOT NULL,
    account_id uuid NOT NULL,
    route text NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    status integer NOT NULL,
    body jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY manager.idempotency_keys FORCE ROW LEVEL SECURITY;


ALTER TABLE manager.idempotency_keys OWNER TO platen_owner;

--
-- Name: plans; Type: TABLE; Schema: manager; Owner: platen_owner
--

CREATE TABLE manager.plans (
    id uuid DEFAULT uuidv7() NOT NULL,
    name text NOT NULL,
    title text NOT NULL,
    price_cents bigint NOT NULL,
    currency text DEFAULT 'EUR'::text NOT NULL,
    max_storage_bytes bigint NOT NULL,
    max_users integer NOT NULL,
    "position" integer NOT NULL,
    backup_every_hours integer DEFAULT 24 NOT NULL,
    backup_at_hour integer DEFAULT 2 NOT NULL,
    backup_time_zone text DEFAULT 'Europe/Paris'::text NOT NULL,
    backup_keep_days integer DEFAULT 30 NOT NULL,
    CONSTRAINT plans_backup_days_kept CHECK (((backup_keep_days >= 1) AND (backup_keep_days <= 3650))),
    CONSTRAINT plans_backup_hour_of_day CHECK (((backup_at_hour >= 0) AND (backup_at_hour <= 23))),
    CONSTRAINT plans_backup_interval_known CHECK ((backup_every_hours = ANY (ARRAY[6, 8, 12, 24, 168]))),
    CONSTRAINT plans_price_not_negative CHECK ((price_cents >= 0)),
    CONSTRAINT plans_storage_positive CHECK ((max_storage_bytes > 0)),
    CONSTRAINT plans_users_positive CHECK ((max_users > 0))
);


ALTER TABLE manager.plans OWNER TO platen_owner;

--
-- Name: platform_keys; Type: TABLE; Schema: manager; Owner: platen_owner
--

CREATE TABLE manager.platform_keys (
    name text NOT NULL,
    public_key_pem text NOT NULL,
    sealed_private_key text NOT NULL
);


ALTER TABLE manager.platform_keys OWNER TO platen_owner;

--
-- Name: reconciliation_plans; Type: TABLE; Schema: manager; Owner: platen_owner
--

CREATE TABLE manager.reconciliation_plans (
    scope text NOT NULL,
    ran_at timestamp with time zone NOT NULL,
    duration_ms integer NOT NULL,
    differences jsonb NOT NULL,
    error text,
    repaired_at timestamp with time zone,
    repairs jsonb DEFAULT '[]'::jsonb NOT NULL,
    CONSTRAINT reconciliation_plans_duration_not_negative CHECK ((duration_ms >= 0))
);


ALTER TABLE manager.reconciliation_plans OWNER TO platen_owner;

--
-- Name: reconciliation_sightings; Type: TABLE; Schema: manager; Owner: platen_owner
--

CREATE TABLE manager.reconciliation_sightings (
    scope text NOT NULL,
    kind text NOT NULL,
    subject_id text NOT NULL,
    first_seen_at timestamp with time zone NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    attempted_at timestamp with time zone,
    CONSTRAINT reconciliation_sightings_attempts_not_negative CHECK ((attempts >= 0))
);


ALTER TABLE manager.reconciliation_sightings OWNER TO platen_owner;

--
-- Name: releases; Type: TABLE; Schema: manager; Owner: platen_owner
--

CREATE TABLE manager.releases (
    name text NOT NULL,
    template_database text NOT NULL,
    apps jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);


ALTER TABLE manager.releases OWNER TO platen_owner;

--
-- Name: servers; Type: TABLE; Schema: manager; Owner: platen_owner
--

CREATE TABLE manager.servers (
    id uuid DEFAULT uuidv7() NOT NULL,
    cluster_id uuid NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    hostname text NOT NULL,
    ip inet,
    private_ip inet,
    container_prefix text NOT NULL,
    state text DEFAULT 'active'::text NOT NULL,
    CONSTRAINT servers_role_known CHECK ((role = ANY (ARRAY['proxy'::text, 'app'::text, 'database'::text]))),
    CONSTRAINT servers_state_known CHECK ((state = ANY (ARRAY['pending'::text, 'active'::text, 'maintenance'::text, 'archived'::text])))
);


ALTER TABLE manager.servers OWNER TO platen_owner;

--
-- Name: sites; Type: TABLE; Schema: manager; Owner: platen_owner
--

CREATE TABLE manager.sites (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    name text NOT NULL,
    state text NOT NULL,
    plan_id uuid NOT NULL,
    bench_id uuid,
    admin_email text NOT NULL,
    admin_name text NOT NULL,
    database_name text NOT NULL,
    sealed_secret text NOT NULL,
    generation integer DEFAULT 1 NOT NULL,
    placed boolean DEFAULT false NOT NULL,
    routed boolean DEFAULT false NOT NULL,
    probe_ok boolean,
    probe_at timestamp with time zone,
    probe_detail text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
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
    CONSTRAINT sites_backup_days_kept CHECK (((backup_keep_days >= 1) AND (backup_keep_days <= 3650))),
    CONSTRAINT sites_backup_hour_of_day CHECK (((backup_at_hour >= 0) AND (backup_at_hour <= 23))),
    CONSTRAINT sites_backup_interval_known CHECK ((backup_every_hours = ANY (ARRAY[6, 8, 12, 24, 168]))),
    CONSTRAINT sites_backup_policy_whole CHECK ((num_nulls(backup_every_hours, backup_at_hour, backup_time_zone, backup_keep_days) = ANY (ARRAY[0, 4]))),
    CONSTRAINT sites_state_known CHECK ((state = ANY (ARRAY['pending'::text, 'installing'::text, 'updating'::text, 'recovering'::text, 'active'::text, 'suspended'::text, 'inactive'::text, 'broken'::text, 'archived'::text, 'dropped'::text])))
);

ALTER TABLE ONLY manager.sites FORCE ROW LEVEL SECURITY;


ALTER TABLE manager.sites OWNER TO platen_owner;

--
-- Name: snapshot_consumers; Type: TABLE; Schema: manager; Owner: platen_owner
--

CREATE TABLE manager.snapshot_consumers (
    consumer text NOT NULL,
    bench_id uuid,
    version bigint NOT NULL,
    changed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    acknowledged_version bigint DEFAULT 0 NOT NULL,
    acknowledged_at timestamp with time zone,
    problems jsonb DEFAULT '[]'::jsonb NOT NULL
);


ALTER TABLE manager.snapshot_consumers OWNER TO platen_owner;

--
-- Name: tenant_data_keys; Type: TABLE; Schema: manager; Owner: platen_owner
--

CREATE TABLE manager.tenant_data_keys (
    tenant_id uuid NOT NULL,
    sealed_key text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY manager.tenant_data_keys FORCE ROW LEVEL SECURITY;


ALTER TABLE manager.tenant_data_keys OWNER TO platen_owner;

--
-- Name: tenants; Type: TABLE; Schema: manager; Owner: platen_owner
--

CREATE TABLE manager.tenants (
    id uuid NOT NULL,
    name text NOT NULL,
    slug text NOT NULL,
    state text DEFAULT 'active'::text NOT NULL,
    max_sites integer DEFAULT 50 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT tenants_max_sites_not_negative CHECK ((max_sites >= 0)),
    CONSTRAINT tenants_state_known CHECK ((state = ANY (ARRAY['active'::text, 'suspended'::text])))
);

ALTER TABLE ONLY manager.tenants FORCE ROW LEVEL SECURITY;


ALTER TABLE manager.tenants OWNER TO platen_owner;

--
-- Name: log_lines; Type: TABLE; Schema: operations; Owner: platen_owner
--

CREATE TABLE operations.log_lines (
    id bigint NOT NULL,
    operation_id uuid NOT NULL,
    tenant_id uuid,
    step text,
    message text NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE ONLY operations.log_lines FORCE ROW LEVEL SECURITY;


ALTER TABLE operations.log_lines OWNER TO platen_owner;

--
-- Name: log_lines_id_seq; Type: SEQUENCE; Schema: operations; Owner: platen_owner
--

ALTER TABLE operations.log_lines ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME operations.log_lines_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: operation_steps; Type: TABLE; Schema: operations; Owner: platen_owner
--

CREATE TABLE operations.operation_steps (
    operation_id uuid NOT NULL,
    tenant_id uuid,
    "position" integer NOT NULL,
    name text NOT NULL,
    weight real NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    attempt integer DEFAULT 0 NOT NULL,
    failures integer DEFAULT 0 NOT NULL,
    undo_attempt integer DEFAULT 0 NOT NULL,
    problem jsonb,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    CONSTRAINT operation_steps_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'running'::text, 'succeeded'::text, 'failed'::text, 'skipped'::text, 'undoing'::text, 'undone'::text])))
);

ALTER TABLE ONLY operations.operation_steps FORCE ROW LEVEL SECURITY;


ALTER TABLE operations.operation_steps OWNER TO platen_owner;

--
-- Name: operations; Type: TABLE; Schema: operations; Owner: platen_owner
--

CREATE TABLE operations.operations (
    id uuid NOT NULL,
    tenant_id uuid,
    type text NOT NULL,
    version integer NOT NULL,
    subject_kind text NOT NULL,
    subject_id text NOT NULL,
    subject_label text,
    actor_id text,
    actor_label text,
    input jsonb NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    direction text DEFAULT 'forward'::text NOT NULL,
    past_pivot boolean DEFAULT false NOT NULL,
    cancel_requested_at timestamp with time zone,
    cancel_requested_by text,
    problem jsonb,
    fence integer DEFAULT 0 NOT NULL,
    worker_id text,
    lease_until timestamp with time zone,
    not_before timestamp with time zone,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    CONSTRAINT operations_direction_check CHECK ((direction = ANY (ARRAY['forward'::text, 'back'::text]))),
    CONSTRAINT operations_ended_check CHECK (((ended_at IS NOT NULL) = (state = ANY (ARRAY['succeeded'::text, 'failed'::text, 'cancelled'::text])))),
    CONSTRAINT operations_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'running'::text, 'undoing'::text, 'needs-attention'::text, 'succeeded'::text, 'failed'::text, 'cancelled'::text])))
);

ALTER TABLE ONLY operations.operations FORCE ROW LEVEL SECURITY;


ALTER TABLE operations.operations OWNER TO platen_owner;

--
-- Name: aggregates; Type: TABLE; Schema: outbox; Owner: platen_owner
--

CREATE TABLE outbox.aggregates (
    tenant_id uuid NOT NULL,
    aggregate_id uuid NOT NULL,
    last_sequence bigint NOT NULL
);

ALTER TABLE ONLY outbox.aggregates FORCE ROW LEVEL SECURITY;


ALTER TABLE outbox.aggregates OWNER TO platen_owner;

--
-- Name: deliveries; Type: TABLE; Schema: outbox; Owner: platen_owner
--

CREATE TABLE outbox.deliveries (
    event_id uuid NOT NULL,
    handler text NOT NULL,
    tenant_id uuid NOT NULL,
    aggregate_id uuid NOT NULL,
    sequence bigint NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    next_attempt_at timestamp with time zone DEFAULT now() NOT NULL,
    leased_until timestamp with time zone,
    last_error text,
    delivered_at timestamp with time zone,
    CONSTRAINT deliveries_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'delivered'::text, 'dead'::text, 'discarded'::text])))
);

ALTER TABLE ONLY outbox.deliveries FORCE ROW LEVEL SECURITY;


ALTER TABLE outbox.deliveries OWNER TO platen_owner;

--
-- Name: events; Type: TABLE; Schema: outbox; Owner: platen_owner
--

CREATE TABLE outbox.events (
    id uuid NOT NULL,
    "position" bigint NOT NULL,
    tenant_id uuid NOT NULL,
    type text NOT NULL,
    version integer NOT NULL,
    aggregate text NOT NULL,
    aggregate_id uuid NOT NULL,
    sequence bigint NOT NULL,
    payload jsonb NOT NULL,
    occurred_at timestamp with time zone DEFAULT now() NOT NULL,
    distributed_at timestamp with time zone,
    CONSTRAINT events_payload_check CHECK ((jsonb_typeof(payload) = 'object'::text)),
    CONSTRAINT events_version_check CHECK ((version > 0))
);

ALTER TABLE ONLY outbox.events FORCE ROW LEVEL SECURITY;


ALTER TABLE outbox.events OWNER TO platen_owner;

--
-- Name: events_position_seq; Type: SEQUENCE; Schema: outbox; Owner: platen_owner
--

ALTER TABLE outbox.events ALTER COLUMN "position" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME outbox.events_position_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: handlers; Type: TABLE; Schema: outbox; Owner: platen_owner
--

CREATE TABLE outbox.handlers (
    name text NOT NULL,
    types text[] NOT NULL,
    registered_at timestamp with time zone DEFAULT now() NOT NULL
);


ALTER TABLE outbox.handlers OWNER TO platen_owner;

--
-- Name: inbox; Type: TABLE; Schema: outbox; Owner: platen_owner
--

CREATE TABLE outbox.inbox (
    consumer text NOT NULL,
    event_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY outbox.inbox FORCE ROW LEVEL SECURITY;


ALTER TABLE outbox.inbox OWNER TO platen_owner;

--
-- Name: migrations; Type: TABLE; Schema: platform; Owner: platen_owner
--

CREATE TABLE platform.migrations (
    set_name text NOT NULL,
    file text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone
);


ALTER TABLE platform.migrations OWNER TO platen_owner;

--
-- Name: TABLE migrations; Type: COMMENT; Schema: platform; Owner: platen_owner
--

COMMENT ON TABLE platform.migrations IS 'Ledger of the migration runner; applied_at is null while a file without transaction runs';


--
-- Data for Name: _private_job_queues; Type: TABLE DATA; Schema: graphile_worker; Owner: platen_owner
--



--
-- Data for Name: _private_jobs; Type: TABLE DATA; Schema: graphile_worker; Owner: platen_owner
--



--
-- Data for Name: _private_known_crontabs; Type: TABLE DATA; Schema: graphile_worker; Owner: platen_owner
--



--
-- Data for Name: _private_tasks; Type: TABLE DATA; Schema: graphile_worker; Owner: platen_owner
--



--
-- Data for Name: migrations; Type: TABLE DATA; Schema: graphile_worker; Owner: platen_owner
--

INSERT INTO graphile_worker.migrations VALUES
	(1, '2026-11-28 08:48:58.050498+00', true),
	(2, '2026-11-28 08:48:58.050498+00', false),
	(3, '2026-11-28 08:48:58.050498+00', true),
	(4, '2026-11-28 08:48:58.050498+00', false),
	(5, '2026-11-28 08:48:58.050498+00', false),
	(6, '2026-11-28 08:48:58.050498+00', false),
	(7, '2026-11-28 08:48:58.050498+00', false),
	(8, '2026-11-28 08:48:58.050498+00', false),
	(9, '2026-11-28 08:48:58.050498+00', false),
	(10, '2026-11-28 08:48:58.050498+00', false),
	(11, '2026-11-28 08:48:58.050498+00', true),
	(12, '2026-11-28 08:48:58.050498+00', false),
	(13, '2026-11-28 08:48:58.050498+00', true),
	(14, '2026-11-28 08:48:58.050498+00', true),
	(15, '2026-11-28 08:48:58.050498+00', false),
	(16, '2026-11-28 08:48:58.050498+00', true),
	(17, '2026-11-28 08:48:58.050498+00', false),
	(18, '2026-11-28 08:48:58.050498+00', false),
	(19, '2026-11-28 08:48:58.050498+00', true),
	(20, '2026-11-28 08:48:58.050498+00', false);


--
-- Data for Name: accounts; Type: TABLE DATA; Schema: identity; Owner: platen_owner
--



--
-- Data for Name: audit_entries; Type: TABLE DATA; Schema: identity; Owner: platen_owner
--



--
-- Data for Name: refresh_tokens; Type: TABLE DATA; Schema: identity; Owner: platen_owner
--



--
-- Data for Name: sessions; Type: TABLE DATA; Schema: identity; Owner: platen_owner
--



--
-- Data for Name: signing_keys; Type: TABLE DATA; Schema: identity; Owner: platen_owner
--



--
-- Data for Name: tickets; Type: TABLE DATA; Schema: identity; Owner: platen_owner
--



--
-- Data for Name: users; Type: TABLE DATA; Schema: identity; Owner: platen_owner
--



--
-- Data for Name: schedules; Type: TABLE DATA; Schema: jobs; Owner: platen_owner
--



--
-- Data for Name: workers; Type: TABLE DATA; Schema: jobs; Owner: platen_owner
--



--
-- Data for Name: alert_deliveries; Type: TABLE DATA; Schema: manager; Owner: platen_owner
--



--
-- Data for Name: alert_mails; Type: TABLE DATA; Schema: manager; Owner: platen_owner
--



--
-- Data for Name: alert_webhooks; Type: TABLE DATA; Schema: manager; Owner: platen_owner
--



--
-- Data for Name: alerts; Type: TABLE DATA; Schema: manager; Owner: platen_owner
--



--
-- Data for Name: backups; Type: TABLE DATA; Schema: manager; Owner: platen_owner
--



--
-- Data for Name: benches; Type: TABLE DATA; Schema: manager; Owner: platen_owner
--



--
-- Data for Name: certificates; Type: TABLE DATA; Schema: manager; Owner: platen_owner
--



--
-- Data for Name: claims; Type: TABLE DATA; Schema: manager; Owner: platen_owner
--



--
-- Data for Name: clusters; Type: TABLE DATA; Schema: manager; Owner: platen_owner
--

INSERT INTO manager.clusters VALUES
	('01a22157-e545-76fe-afa5-5c235ee8b846', 'default', 'This machine', '', true);


--
-- Data for Name: disk_samples; Type: TABLE DATA; Schema: manager; Owner: platen_owner
--



--
-- Data for Name: former_databases; Type: TABLE DATA; Schema: manager; Owner: platen_owner
--



--
-- Data for Name: hosts; Type: TABLE DATA; Schema: manager; Owner: platen_owner
--



--
-- Data for Name: idempotency_keys; Type: TABLE DATA; Schema: manager; Owner: platen_owner
--



--
-- Data for Name: plans; Type: TABLE DATA; Schema: manager; Owner: platen_owner
--

INSERT INTO manager.plans VALUES
	('01a22157-e540-7c9b-bdd4-67a0f8844748', 'starter', 'Starter', 0, 'EUR', 1000000000, 3, 1, 24, 2, 'Europe/Paris', 30),
	('01a22157-e540-7fe7-9639-4a33ee1759d8', 'business', 'Business', 2900, 'EUR', 10000000000, 15, 2, 24, 2, 'Europe/Paris', 30),
	('01a22157-e541-7024-ab65-41c2713a08d7', 'enterprise', 'Enterprise', 9900, 'EUR', 100000000000, 100, 3, 24, 2, 'Europe/Paris', 30);


--
-- Data for Name: platform_keys; Type: TABLE DATA; Schema: manager; Owner: platen_owner
--



--
-- Data for Name: reconciliation_plans; Type: TABLE DATA; Schema: manager; Owner: platen_owner
--



--
-- Data for Name: reconciliation_sightings; Type: TABLE DATA; Schema: manager; Owner: platen_owner
--



--
-- Data for Name: releases; Type: TABLE DATA; Schema: manager; Owner: platen_owner
--



--
-- Data for Name: servers; Type: TABLE DATA; Schema: manager; Owner: platen_owner
--



--
-- Data for Name: sites; Type: TABLE DATA; Schema: manager; Owner: platen_owner
--



--
-- Data for Name: snapshot_consumers; Type: TABLE DATA; Schema: manager; Owner: platen_owner
--



--
-- Data for Name: tenant_data_keys; Type: TABLE DATA; Schema: manager; Owner: platen_owner
--



--
-- Data for Name: tenants; Type: TABLE DATA; Schema: manager; Owner: platen_owner
--



--
-- Data for Name: log_lines; Type: TABLE DATA; Schema: operations; Owner: platen_owner
--



--
-- Data for Name: operation_steps; Type: TABLE DATA; Schema: operations; Owner: platen_owner
--



--
-- Data for Name: operations; Type: TABLE DATA; Schema: operations; Owner: platen_owner
--



--
-- Data for Name: aggregates; Type: TABLE DATA; Schema: outbox; Owner: platen_owner
--



--
-- Data for Name: deliveries; Type: TABLE DATA; Schema: outbox; Owner: platen_owner
--



--
-- Data for Name: events; Type: TABLE DATA; Schema: outbox; Owner: platen_owner
--



--
-- Data for Name: handlers; Type: TABLE DATA; Schema: outbox; Owner: platen_owner
--



--
-- Data for Name: inbox; Type: TABLE DATA; Schema: outbox; Owner: platen_owner
--



--
-- Data for Name: migrations; Type: TABLE DATA; Schema: platform; Owner: platen_owner
--

INSERT INTO platform.migrations VALUES
	('outbox', '0001_create_outbox.sql', '62a0ff33e8b2c9e6c69100c199e7c5e94f73ac8a4714094ff8031d114fad4986', '2026-11-28 08:48:58.021098+00'),
	('jobs', '0001_install_graphile_worker.sql', 'a5927b5c845d842fd7c78ff56406db4ae8e7b1c2897e01bd27881e5bef1d87a6', '2026-11-28 08:48:58.050498+00'),
	('jobs', '0002_create_jobs.sql', '03b8d0373243dddad2979f418ff51e8658f2a8ca6d7da57efe331e8292a2edb6', '2026-11-28 08:48:58.071179+00'),
	('operations', '0001_create_operations.sql', 'b2be399dc2056ab727b65ede8117a4b545ed5e4555d930fc31660d7a3674ffa7', '2026-11-28 08:48:58.098137+00'),
	('identity', '0001_create_identity.sql', 'bac5985890f3aff4586f83878ad672710fd9536ddf46315c869447568948e587', '2026-11-28 08:48:58.125325+00'),
	('manager', '0001_create_manager.sql', 'c83a1a1db146cf2df4cc93a7012e80cd44efde142a48b8ee5bb1f25b6ba6cad7', '2026-11-28 08:48:58.168534+00'),
	('manager', '0002_create_reconciliation.sql', 'e83a6f13ea36eebf0e8abaeac54caa93e2ee3c14a50c6f466b2e3676d87efcbe', '2026-11-28 08:48:58.233917+00'),
	('manager', '0003_create_alerts.sql', '6921ebe93c721392da276dd3fd4e62e01217586fdc77c8f8bc30b3c679a6f399', '2026-11-28 08:48:58.240577+00'),
	('manager', '0004_create_backups.sql', '659d6328b649834c18f66328ddf6e6b24ed307ec647dd4980f513ccab2cc0c2b', '2026-11-28 08:48:58.254821+00'),
	('manager', '0005_add_site_life.sql', '960d71295d9c9536686022f63c5b8703faa051e43ca332dc745a8ff839a7811c', '2026-11-28 08:48:58.270232+00'),
	('manager', '0006_create_backup_policies.sql', '29e7b30e5a32ebf9de9705757f41499429bff64a060361841f245a8836e5a67a', '2026-11-28 08:48:58.284847+00'),
	('manager', '0007_create_alert_webhooks.sql', 'c013f84f9dcb6960b28155aa879ccf5606bf7630f0242c6b17b262ea4616776c', '2026-11-28 08:48:58.294306+00'),
	('manager', '0008_add_site_usage.sql', '55b10099a8f4ae2ae1d148cc89c61eb409bff6645c1e385018c70a489d54606e', '2026-11-28 08:48:58.306852+00');


--
-- Name: job_queues_id_seq; Type: SEQUENCE SET; Schema: graphile_worker; Owner: platen_owner
--

SELECT pg_catalog.setval('graphile_worker.job_queues_id_seq', 1, false);


--
-- Name: jobs_id_seq1; Type: SEQUENCE SET; Schema: graphile_worker; Owner: platen_owner
--

SELECT pg_catalog.setval('graphile_worker.jobs_id_seq1', 1, false);


--
-- Name: tasks_id_seq; Type: SEQUENCE SET; Schema: graphile_worker; Owner: platen_owner
--

SELECT pg_catalog.setval('graphile_worker.tasks_id_seq', 1, false);


--
-- Name: log_lines_id_seq; Type: SEQUENCE SET; Schema: operations; Owner: platen_owner
--

SELECT pg_catalog.setval('operations.log_lines_id_seq', 1, false);


--
-- Name: events_position_seq; Type: SEQUENCE SET; Schema: outbox; Owner: platen_owner
--

SELECT pg_catalog.setval('outbox.events_position_seq', 1, false);


--
-- Name: _private_job_queues job_queues_pkey1; Type: CONSTRAINT; Schema: graphile_worker; Owner: platen_owner
--

ALTER TABLE ONLY graphile_worker._private_job_queues
    ADD CONSTRAINT job_queues_pkey1 PRIMARY KEY (id);


--
-- Name: _private_job_queues job_queues_queue_name_key; Type: CONSTRAINT; Schema: graphile_worker; Owner: platen_owner
--

ALTER TABLE ONLY graphile_worker._private_job_queues
    ADD CONSTRAINT job_queues_queue_name_key UNIQUE (queue_name);


--
-- Name: _private_jobs jobs_key_key1; Type: CONSTRAINT; Schema: graphile_worker; Owner: platen_owner
--

ALTER TABLE ONLY graphile_worker._private_jobs
    ADD CONSTRAINT jobs_key_key1 UNIQUE (key);


--
-- Name: _private_jobs jobs_pkey1; Type: CONSTRAINT; Schema: graphile_worker; Owner: platen_owner
--

ALTER TABLE ONLY graphile_worker._private_jobs
    ADD CONSTRAINT jobs_pkey1 PRIMARY KEY (id);


--
-- Name: _private_known_crontabs known_crontabs_pkey; Type: CONSTRAINT; Schema: graphile_worker; Owner: platen_owner
--

ALTER TABLE ONLY graphile_worker._private_known_crontabs
    ADD CONSTRAINT known_crontabs_pkey PRIMARY KEY (identifier);


--
-- Name: migrations migrations_pkey; Type: CONSTRAINT; Schema: graphile_worker; Owner: platen_owner
--

ALTER TABLE ONLY graphile_worker.migrations
    ADD CONSTRAINT migrations_pkey PRIMARY KEY (id);


--
-- Name: _private_tasks tasks_identifier_key; Type: CONSTRAINT; Schema: graphile_worker; Owner: platen_owner
--

ALTER TABLE ONLY graphile_worker._private_tasks
    ADD CONSTRAINT tasks_identifier_key UNIQUE (identifier);


--
-- Name: _private_tasks tasks_pkey; Type: CONSTRAINT; Schema: graphile_worker; Owner: platen_owner
--

ALTER TABLE ONLY graphile_worker._private_tasks
    ADD CONSTRAINT tasks_pkey PRIMARY KEY (id);


--
-- Name: accounts accounts_email_key; Type: CONSTRAINT; Schema: identity; Owner: platen_owner
--

ALTER TABLE ONLY identity.accounts
    ADD CONSTRAINT accounts_email_key UNIQUE (email);


--
-- Name: accounts accounts_pkey; Type: CONSTRAINT; Schema: identity; Owner: platen_owner
--

ALTER TABLE ONLY identity.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);


--
-- Name: audit_entries audit_entries_pkey; Type: CONSTRAINT; Schema: identity; Owner: platen_owner
--

ALTER TABLE ONLY identity.audit_entries
    ADD CONSTRAINT audit_entries_pkey PRIMARY KEY (id);


--
-- Name: refresh_tokens refresh_tokens_pkey; Type: CONSTRAINT; Schema: identity; Owner: platen_owner
--

ALTER TABLE ONLY identity.refresh_tokens
    ADD CONSTRAINT refresh_tokens_pkey PRIMARY KEY (token_hash);


--
-- Name: sessions sessions_pkey; Type: CONSTRAINT; Schema: identity; Owner: platen_owner
--

ALTER TABLE ONLY identity.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);


--
-- Name: signing_keys signing_keys_pkey; Type: CONSTRAINT; Schema: identity; Owner: platen_owner
--

ALTER TABLE ONLY identity.signing_keys
    ADD CONSTRAINT signing_keys_pkey PRIMARY KEY (kid);


--
-- Name: tickets tickets_pkey; Type: CONSTRAINT; Schema: identity; Owner: platen_owner
--

ALTER TABLE ONLY identity.tickets
    ADD CONSTRAINT tickets_pkey PRIMARY KEY (token_hash);


--
-- Name: users users_pkey; Type: CONSTRAINT; Schema: identity; Owner: platen_owner
--

ALTER TABLE ONLY identity.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);


--
-- Name: users users_tenant_account_key; Type: CONSTRAINT; Schema: identity; Owner: platen_owner
--

ALTER TABLE ONLY identity.users
    ADD CONSTRAINT users_tenant_account_key UNIQUE (tenant_id, account_id);


--
-- Name: users users_tenant_email_key; Type: CONSTRAINT; Schema: identity; Owner: platen_owner
--

ALTER TABLE ONLY identity.users
    ADD CONSTRAINT users_tenant_email_key UNIQUE (tenant_id, email);


--
-- Name: schedules schedules_pkey; Type: CONSTRAINT; Schema: jobs; Owner: platen_owner
--

ALTER TABLE ONLY jobs.schedules
    ADD CONSTRAINT schedules_pkey PRIMARY KEY (name);


--
-- Name: workers workers_pkey; Type: CONSTRAINT; Schema: jobs; Owner: platen_owner
--

ALTER TABLE ONLY jobs.workers
    ADD CONSTRAINT workers_pkey PRIMARY KEY (pool_id);


--
-- Name: alert_deliveries alert_deliveries_once_key; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.alert_deliveries
    ADD CONSTRAINT alert_deliveries_once_key UNIQUE (alert_id, webhook_id, type);


--
-- Name: alert_deliveries alert_deliveries_pkey; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.alert_deliveries
    ADD CONSTRAINT alert_deliveries_pkey PRIMARY KEY (id);


--
-- Name: alert_mails alert_mails_message_key; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.alert_mails
    ADD CONSTRAINT alert_mails_message_key UNIQUE (message_id);


--
-- Name: alert_mails alert_mails_pkey; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.alert_mails
    ADD CONSTRAINT alert_mails_pkey PRIMARY KEY (id);


--
-- Name: alert_mails alert_mails_recipient_key; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.alert_mails
    ADD CONSTRAINT alert_mails_recipient_key UNIQUE (alert_id, recipient);


--
-- Name: alert_webhooks alert_webhooks_pkey; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.alert_webhooks
    ADD CONSTRAINT alert_webhooks_pkey PRIMARY KEY (id);


--
-- Name: alert_webhooks alert_webhooks_url_key; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.alert_webhooks
    ADD CONSTRAINT alert_webhooks_url_key UNIQUE (url);


--
-- Name: alerts alerts_pkey; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.alerts
    ADD CONSTRAINT alerts_pkey PRIMARY KEY (id);


--
-- Name: backups backups_object_prefix_key; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.backups
    ADD CONSTRAINT backups_object_prefix_key UNIQUE (object_prefix);


--
-- Name: backups backups_pkey; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.backups
    ADD CONSTRAINT backups_pkey PRIMARY KEY (id);


--
-- Name: benches benches_name_key; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.benches
    ADD CONSTRAINT benches_name_key UNIQUE (name);


--
-- Name: benches benches_pkey; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.benches
    ADD CONSTRAINT benches_pkey PRIMARY KEY (id);


--
-- Name: certificates certificates_pkey; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.certificates
    ADD CONSTRAINT certificates_pkey PRIMARY KEY (id);


--
-- Name: certificates certificates_serial_key; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.certificates
    ADD CONSTRAINT certificates_serial_key UNIQUE (serial);


--
-- Name: claims claims_pkey; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.claims
    ADD CONSTRAINT claims_pkey PRIMARY KEY (single);


--
-- Name: clusters clusters_name_key; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.clusters
    ADD CONSTRAINT clusters_name_key UNIQUE (name);


--
-- Name: clusters clusters_pkey; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.clusters
    ADD CONSTRAINT clusters_pkey PRIMARY KEY (id);


--
-- Name: disk_samples disk_samples_pkey; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.disk_samples
    ADD CONSTRAINT disk_samples_pkey PRIMARY KEY (taken_at);


--
-- Name: former_databases former_databases_operation_key; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.former_databases
    ADD CONSTRAINT former_databases_operation_key UNIQUE (operation_id);


--
-- Name: former_databases former_databases_pkey; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.former_databases
    ADD CONSTRAINT former_databases_pkey PRIMARY KEY (database_name);


--
-- Name: hosts hosts_pkey; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.hosts
    ADD CONSTRAINT hosts_pkey PRIMARY KEY (host);


--
-- Name: idempotency_keys idempotency_keys_pkey; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (tenant_id, account_id, route, key);


--
-- Name: plans plans_name_key; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.plans
    ADD CONSTRAINT plans_name_key UNIQUE (name);


--
-- Name: plans plans_pkey; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.plans
    ADD CONSTRAINT plans_pkey PRIMARY KEY (id);


--
-- Name: platform_keys platform_keys_pkey; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.platform_keys
    ADD CONSTRAINT platform_keys_pkey PRIMARY KEY (name);


--
-- Name: reconciliation_plans reconciliation_plans_pkey; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.reconciliation_plans
    ADD CONSTRAINT reconciliation_plans_pkey PRIMARY KEY (scope);


--
-- Name: reconciliation_sightings reconciliation_sightings_pkey; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.reconciliation_sightings
    ADD CONSTRAINT reconciliation_sightings_pkey PRIMARY KEY (scope, kind, subject_id);


--
-- Name: releases releases_pkey; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.releases
    ADD CONSTRAINT releases_pkey PRIMARY KEY (name);


--
-- Name: releases releases_template_key; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.releases
    ADD CONSTRAINT releases_template_key UNIQUE (template_database);


--
-- Name: servers servers_name_key; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.servers
    ADD CONSTRAINT servers_name_key UNIQUE (name);


--
-- Name: servers servers_pkey; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.servers
    ADD CONSTRAINT servers_pkey PRIMARY KEY (id);


--
-- Name: sites sites_database_name_key; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.sites
    ADD CONSTRAINT sites_database_name_key UNIQUE (database_name);


--
-- Name: sites sites_pkey; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.sites
    ADD CONSTRAINT sites_pkey PRIMARY KEY (id);


--
-- Name: snapshot_consumers snapshot_consumers_pkey; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.snapshot_consumers
    ADD CONSTRAINT snapshot_consumers_pkey PRIMARY KEY (consumer);


--
-- Name: tenant_data_keys tenant_data_keys_pkey; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.tenant_data_keys
    ADD CONSTRAINT tenant_data_keys_pkey PRIMARY KEY (tenant_id);


--
-- Name: tenants tenants_pkey; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.tenants
    ADD CONSTRAINT tenants_pkey PRIMARY KEY (id);


--
-- Name: tenants tenants_slug_key; Type: CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.tenants
    ADD CONSTRAINT tenants_slug_key UNIQUE (slug);


--
-- Name: log_lines log_lines_pkey; Type: CONSTRAINT; Schema: operations; Owner: platen_owner
--

ALTER TABLE ONLY operations.log_lines
    ADD CONSTRAINT log_lines_pkey PRIMARY KEY (id);


--
-- Name: operation_steps operation_steps_pkey; Type: CONSTRAINT; Schema: operations; Owner: platen_owner
--

ALTER TABLE ONLY operations.operation_steps
    ADD CONSTRAINT operation_steps_pkey PRIMARY KEY (operation_id, "position");


--
-- Name: operations operations_pkey; Type: CONSTRAINT; Schema: operations; Owner: platen_owner
--

ALTER TABLE ONLY operations.operations
    ADD CONSTRAINT operations_pkey PRIMARY KEY (id);


--
-- Name: aggregates aggregates_pkey; Type: CONSTRAINT; Schema: outbox; Owner: platen_owner
--

ALTER TABLE ONLY outbox.aggregates
    ADD CONSTRAINT aggregates_pkey PRIMARY KEY (tenant_id, aggregate_id);


--
-- Name: deliveries deliveries_pkey; Type: CONSTRAINT; Schema: outbox; Owner: platen_owner
--

ALTER TABLE ONLY outbox.deliveries
    ADD CONSTRAINT deliveries_pkey PRIMARY KEY (event_id, handler);


--
-- Name: events events_aggregate_sequence_key; Type: CONSTRAINT; Schema: outbox; Owner: platen_owner
--

ALTER TABLE ONLY outbox.events
    ADD CONSTRAINT events_aggregate_sequence_key UNIQUE (tenant_id, aggregate_id, sequence);


--
-- Name: events events_pkey; Type: CONSTRAINT; Schema: outbox; Owner: platen_owner
--

ALTER TABLE ONLY outbox.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (id);


--
-- Name: handlers handlers_pkey; Type: CONSTRAINT; Schema: outbox; Owner: platen_owner
--

ALTER TABLE ONLY outbox.handlers
    ADD CONSTRAINT handlers_pkey PRIMARY KEY (name);


--
-- Name: inbox inbox_pkey; Type: CONSTRAINT; Schema: outbox; Owner: platen_owner
--

ALTER TABLE ONLY outbox.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (consumer, event_id);


--
-- Name: migrations migrations_pkey; Type: CONSTRAINT; Schema: platform; Owner: platen_owner
--

ALTER TABLE ONLY platform.migrations
    ADD CONSTRAINT migrations_pkey PRIMARY KEY (set_name, file);


--
-- Name: jobs_main_index; Type: INDEX; Schema: graphile_worker; Owner: platen_owner
--

CREATE INDEX jobs_main_index ON graphile_worker._private_jobs USING btree (priority, run_at) INCLUDE (id, task_id, job_queue_id) WHERE (is_available = true);


--
-- Name: jobs_no_queue_index; Type: INDEX; Schema: graphile_worker; Owner: platen_owner
--

CREATE INDEX jobs_no_queue_index ON graphile_worker._private_jobs USING btree (priority, run_at) INCLUDE (id, task_id) WHERE ((is_available = true) AND (job_queue_id IS NULL));


--
-- Name: audit_entries_tenant_at_idx; Type: INDEX; Schema: identity; Owner: platen_owner
--

CREATE INDEX audit_entries_tenant_at_idx ON identity.audit_entries USING btree (tenant_id, at DESC);


--
-- Name: refresh_tokens_session_idx; Type: INDEX; Schema: identity; Owner: platen_owner
--

CREATE INDEX refresh_tokens_session_idx ON identity.refresh_tokens USING btree (session_id);


--
-- Name: sessions_account_idx; Type: INDEX; Schema: identity; Owner: platen_owner
--

CREATE INDEX sessions_account_idx ON identity.sessions USING btree (account_id);


--
-- Name: signing_keys_one_current; Type: INDEX; Schema: identity; Owner: platen_owner
--

CREATE UNIQUE INDEX signing_keys_one_current ON identity.signing_keys USING btree ((true)) WHERE (retired_at IS NULL);


--
-- Name: users_account_idx; Type: INDEX; Schema: identity; Owner: platen_owner
--

CREATE INDEX users_account_idx ON identity.users USING btree (account_id);


--
-- Name: alert_deliveries_webhook_idx; Type: INDEX; Schema: manager; Owner: platen_owner
--

CREATE INDEX alert_deliveries_webhook_idx ON manager.alert_deliveries USING btree (webhook_id);


--
-- Name: alerts_kind_raised_idx; Type: INDEX; Schema: manager; Owner: platen_owner
--

CREATE INDEX alerts_kind_raised_idx ON manager.alerts USING btree (kind, raised_at);


--
-- Name: alerts_open_key; Type: INDEX; Schema: manager; Owner: platen_owner
--

CREATE UNIQUE INDEX alerts_open_key ON manager.alerts USING btree (dedupe_key) WHERE (resolved_at IS NULL);


--
-- Name: backups_site_idx; Type: INDEX; Schema: manager; Owner: platen_owner
--

CREATE INDEX backups_site_idx ON manager.backups USING btree (site_id, id DESC);


--
-- Name: backups_tenant_idx; Type: INDEX; Schema: manager; Owner: platen_owner
--

CREATE INDEX backups_tenant_idx ON manager.backups USING btree (tenant_id);


--
-- Name: benches_server_state_idx; Type: INDEX; Schema: manager; Owner: platen_owner
--

CREATE INDEX benches_server_state_idx ON manager.benches USING btree (server_id, state);


--
-- Name: former_databases_site_idx; Type: INDEX; Schema: manager; Owner: platen_owner
--

CREATE INDEX former_databases_site_idx ON manager.former_databases USING btree (site_id);


--
-- Name: hosts_site_idx; Type: INDEX; Schema: manager; Owner: platen_owner
--

CREATE INDEX hosts_site_idx ON manager.hosts USING btree (site_id);


--
-- Name: idempotency_keys_created_idx; Type: INDEX; Schema: manager; Owner: platen_owner
--

CREATE INDEX idempotency_keys_created_idx ON manager.idempotency_keys USING btree (created_at);


--
-- Name: servers_cluster_state_idx; Type: INDEX; Schema: manager; Owner: platen_owner
--

CREATE INDEX servers_cluster_state_idx ON manager.servers USING btree (cluster_id, state);


--
-- Name: sites_bench_idx; Type: INDEX; Schema: manager; Owner: platen_owner
--

CREATE INDEX sites_bench_idx ON manager.sites USING btree (bench_id);


--
-- Name: sites_name_key; Type: INDEX; Schema: manager; Owner: platen_owner
--

CREATE UNIQUE INDEX sites_name_key ON manager.sites USING btree (name) WHERE (state <> 'dropped'::text);


--
-- Name: sites_state_idx; Type: INDEX; Schema: manager; Owner: platen_owner
--

CREATE INDEX sites_state_idx ON manager.sites USING btree (state);


--
-- Name: sites_tenant_idx; Type: INDEX; Schema: manager; Owner: platen_owner
--

CREATE INDEX sites_tenant_idx ON manager.sites USING btree (tenant_id, id DESC);


--
-- Name: snapshot_consumers_bench_idx; Type: INDEX; Schema: manager; Owner: platen_owner
--

CREATE INDEX snapshot_consumers_bench_idx ON manager.snapshot_consumers USING btree (bench_id);


--
-- Name: log_lines_operation_idx; Type: INDEX; Schema: operations; Owner: platen_owner
--

CREATE INDEX log_lines_operation_idx ON operations.log_lines USING btree (operation_id, id);


--
-- Name: operations_subject_idx; Type: INDEX; Schema: operations; Owner: platen_owner
--

CREATE INDEX operations_subject_idx ON operations.operations USING btree (subject_id, id);


--
-- Name: operations_tenant_idx; Type: INDEX; Schema: operations; Owner: platen_owner
--

CREATE INDEX operations_tenant_idx ON operations.operations USING btree (tenant_id, id);


--
-- Name: operations_unfinished_idx; Type: INDEX; Schema: operations; Owner: platen_owner
--

CREATE INDEX operations_unfinished_idx ON operations.operations USING btree (created_at) WHERE (ended_at IS NULL);


--
-- Name: operations_unfinished_key; Type: INDEX; Schema: operations; Owner: platen_owner
--

CREATE UNIQUE INDEX operations_unfinished_key ON operations.operations USING btree (subject_kind, subject_id) WHERE (ended_at IS NULL);


--
-- Name: deliveries_due_idx; Type: INDEX; Schema: outbox; Owner: platen_owner
--

CREATE INDEX deliveries_due_idx ON outbox.deliveries USING btree (next_attempt_at) WHERE (state = 'pending'::text);


--
-- Name: deliveries_open_idx; Type: INDEX; Schema: outbox; Owner: platen_owner
--

CREATE INDEX deliveries_open_idx ON outbox.deliveries USING btree (handler, tenant_id, aggregate_id, sequence) WHERE (state = ANY (ARRAY['pending'::text, 'dead'::text]));


--
-- Name: events_distributed_idx; Type: INDEX; Schema: outbox; Owner: platen_owner
--

CREATE INDEX events_distributed_idx ON outbox.events USING btree (distributed_at);


--
-- Name: events_undistributed_idx; Type: INDEX; Schema: outbox; Owner: platen_owner
--

CREATE INDEX events_undistributed_idx ON outbox.events USING btree ("position") WHERE (distributed_at IS NULL);


--
-- Name: inbox_received_at_idx; Type: INDEX; Schema: outbox; Owner: platen_owner
--

CREATE INDEX inbox_received_at_idx ON outbox.inbox USING btree (received_at);


--
-- Name: audit_entries audit_entries_append_only; Type: TRIGGER; Schema: identity; Owner: platen_owner
--

CREATE TRIGGER audit_entries_append_only BEFORE DELETE OR UPDATE ON identity.audit_entries FOR EACH ROW EXECUTE FUNCTION identity.refuse_audit_change();


--
-- Name: audit_entries audit_entries_no_truncate; Type: TRIGGER; Schema: identity; Owner: platen_owner
--

CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON identity.audit_entries FOR EACH STATEMENT EXECUTE FUNCTION identity.refuse_audit_change();


--
-- Name: benches benches_want_reconciliation; Type: TRIGGER; Schema: manager; Owner: platen_owner
--

CREATE TRIGGER benches_want_reconciliation AFTER UPDATE OF state, processes ON manager.benches FOR EACH STATEMENT EXECUTE FUNCTION manager.want_reconciliation();


--
-- Name: sites sites_want_reconciliation; Type: TRIGGER; Schema: manager; Owner: platen_owner
--

CREATE TRIGGER sites_want_reconciliation AFTER UPDATE OF state, placed, routed, bench_id ON manager.sites FOR EACH STATEMENT EXECUTE FUNCTION manager.want_reconciliation();


--
-- Name: refresh_tokens refresh_tokens_session_fkey; Type: FK CONSTRAINT; Schema: identity; Owner: platen_owner
--

ALTER TABLE ONLY identity.refresh_tokens
    ADD CONSTRAINT refresh_tokens_session_fkey FOREIGN KEY (session_id) REFERENCES identity.sessions(id) ON DELETE CASCADE;


--
-- Name: sessions sessions_account_fkey; Type: FK CONSTRAINT; Schema: identity; Owner: platen_owner
--

ALTER TABLE ONLY identity.sessions
    ADD CONSTRAINT sessions_account_fkey FOREIGN KEY (account_id) REFERENCES identity.accounts(id);


--
-- Name: tickets tickets_account_fkey; Type: FK CONSTRAINT; Schema: identity; Owner: platen_owner
--

ALTER TABLE ONLY identity.tickets
    ADD CONSTRAINT tickets_account_fkey FOREIGN KEY (account_id) REFERENCES identity.accounts(id);


--
-- Name: users users_account_fkey; Type: FK CONSTRAINT; Schema: identity; Owner: platen_owner
--

ALTER TABLE ONLY identity.users
    ADD CONSTRAINT users_account_fkey FOREIGN KEY (account_id) REFERENCES identity.accounts(id);


--
-- Name: alert_deliveries alert_deliveries_alert_fkey; Type: FK CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.alert_deliveries
    ADD CONSTRAINT alert_deliveries_alert_fkey FOREIGN KEY (alert_id) REFERENCES manager.alerts(id) ON DELETE CASCADE;


--
-- Name: alert_deliveries alert_deliveries_webhook_fkey; Type: FK CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.alert_deliveries
    ADD CONSTRAINT alert_deliveries_webhook_fkey FOREIGN KEY (webhook_id) REFERENCES manager.alert_webhooks(id) ON DELETE CASCADE;


--
-- Name: alert_mails alert_mails_alert_fkey; Type: FK CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.alert_mails
    ADD CONSTRAINT alert_mails_alert_fkey FOREIGN KEY (alert_id) REFERENCES manager.alerts(id) ON DELETE CASCADE;


--
-- Name: backups backups_site_fkey; Type: FK CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.backups
    ADD CONSTRAINT backups_site_fkey FOREIGN KEY (site_id) REFERENCES manager.sites(id);


--
-- Name: backups backups_tenant_fkey; Type: FK CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.backups
    ADD CONSTRAINT backups_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES manager.tenants(id);


--
-- Name: benches benches_release_fkey; Type: FK CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.benches
    ADD CONSTRAINT benches_release_fkey FOREIGN KEY (release_name) REFERENCES manager.releases(name);


--
-- Name: benches benches_server_fkey; Type: FK CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.benches
    ADD CONSTRAINT benches_server_fkey FOREIGN KEY (server_id) REFERENCES manager.servers(id);


--
-- Name: former_databases former_databases_site_fkey; Type: FK CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.former_databases
    ADD CONSTRAINT former_databases_site_fkey FOREIGN KEY (site_id) REFERENCES manager.sites(id);


--
-- Name: former_databases former_databases_tenant_fkey; Type: FK CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.former_databases
    ADD CONSTRAINT former_databases_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES manager.tenants(id);


--
-- Name: hosts hosts_site_fkey; Type: FK CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.hosts
    ADD CONSTRAINT hosts_site_fkey FOREIGN KEY (site_id) REFERENCES manager.sites(id);


--
-- Name: hosts hosts_tenant_fkey; Type: FK CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.hosts
    ADD CONSTRAINT hosts_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES manager.tenants(id);


--
-- Name: servers servers_cluster_fkey; Type: FK CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.servers
    ADD CONSTRAINT servers_cluster_fkey FOREIGN KEY (cluster_id) REFERENCES manager.clusters(id);


--
-- Name: sites sites_bench_fkey; Type: FK CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.sites
    ADD CONSTRAINT sites_bench_fkey FOREIGN KEY (bench_id) REFERENCES manager.benches(id);


--
-- Name: sites sites_plan_fkey; Type: FK CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.sites
    ADD CONSTRAINT sites_plan_fkey FOREIGN KEY (plan_id) REFERENCES manager.plans(id);


--
-- Name: sites sites_tenant_fkey; Type: FK CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.sites
    ADD CONSTRAINT sites_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES manager.tenants(id);


--
-- Name: snapshot_consumers snapshot_consumers_bench_fkey; Type: FK CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.snapshot_consumers
    ADD CONSTRAINT snapshot_consumers_bench_fkey FOREIGN KEY (bench_id) REFERENCES manager.benches(id);


--
-- Name: tenant_data_keys tenant_data_keys_tenant_fkey; Type: FK CONSTRAINT; Schema: manager; Owner: platen_owner
--

ALTER TABLE ONLY manager.tenant_data_keys
    ADD CONSTRAINT tenant_data_keys_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES manager.tenants(id);


--
-- Name: log_lines log_lines_operation_fkey; Type: FK CONSTRAINT; Schema: operations; Owner: platen_owner
--

ALTER TABLE ONLY operations.log_lines
    ADD CONSTRAINT log_lines_operation_fkey FOREIGN KEY (operation_id) REFERENCES operations.operations(id) ON DELETE CASCADE;


--
-- Name: operation_steps operation_steps_operation_fkey; Type: FK CONSTRAINT; Schema: operations; Owner: platen_owner
--

ALTER TABLE ONLY operations.operation_steps
    ADD CONSTRAINT operation_steps_operation_fkey FOREIGN KEY (operation_id) REFERENCES operations.operations(id) ON DELETE CASCADE;


--
-- Name: deliveries deliveries_event_id_fkey; Type: FK CONSTRAINT; Schema: outbox; Owner: platen_owner
--

ALTER TABLE ONLY outbox.deliveries
    ADD CONSTRAINT deliveries_event_id_fkey FOREIGN KEY (event_id) REFERENCES outbox.events(id) ON DELETE CASCADE;


--
-- Name: _private_job_queues; Type: ROW SECURITY; Schema: graphile_worker; Owner: platen_owner
--

ALTER TABLE graphile_worker._private_job_queues ENABLE ROW LEVEL SECURITY;

--
-- Name: _private_jobs; Type: ROW SECURITY; Schema: graphile_worker; Owner: platen_owner
--

ALTER TABLE graphile_worker._private_jobs ENABLE ROW LEVEL SECURITY;

--
-- Name: _private_known_crontabs; Type: ROW SECURITY; Schema: graphile_worker; Owner: platen_owner
--

ALTER TABLE graphile_worker._private_known_crontabs ENABLE ROW LEVEL SECURITY;

--
-- Name: _private_tasks; Type: ROW SECURITY; Schema: graphile_worker; Owner: platen_owner
--

ALTER TABLE graphile_worker._private_tasks ENABLE ROW LEVEL SECURITY;

--
-- Name: _private_job_queues worker; Type: POLICY; Schema: graphile_worker; Owner: platen_owner
--

CREATE POLICY worker ON graphile_worker._private_job_queues TO platen_worker USING (true) WITH CHECK (true);


--
-- Name: _private_jobs worker; Type: POLICY; Schema: graphile_worker; Owner: platen_owner
--

CREATE POLICY worker ON graphile_worker._private_jobs TO platen_worker USING (true) WITH CHECK (true);


--
-- Name: _private_known_crontabs worker; Type: POLICY; Schema: graphile_worker; Owner: platen_owner
--

CREATE POLICY worker ON graphile_worker._private_known_crontabs TO platen_worker USING (true) WITH CHECK (true);


--
-- Name: _private_tasks worker; Type: POLICY; Schema: graphile_worker; Owner: platen_owner
--

CREATE POLICY worker ON graphile_worker._private_tasks TO platen_worker USING (true) WITH CHECK (true);


--
-- Name: audit_entries; Type: ROW SECURITY; Schema: identity; Owner: platen_owner
--

ALTER TABLE identity.audit_entries ENABLE ROW LEVEL SECURITY;

--
-- Name: audit_entries audit_entries_of_nobody; Type: POLICY; Schema: identity; Owner: platen_owner
--

CREATE POLICY audit_entries_of_nobody ON identity.audit_entries FOR INSERT WITH CHECK (((tenant_id IS NULL) AND (NULLIF(current_setting('app.tenant'::text, true), ''::text) IS NULL)));


--
-- Name: audit_entries tenant_isolation; Type: POLICY; Schema: identity; Owner: platen_owner
--

CREATE POLICY tenant_isolation ON identity.audit_entries USING (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text))) WITH CHECK (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));


--
-- Name: users tenant_isolation; Type: POLICY; Schema: identity; Owner: platen_owner
--

CREATE POLICY tenant_isolation ON identity.users USING (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text))) WITH CHECK (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));


--
-- Name: users; Type: ROW SECURITY; Schema: identity; Owner: platen_owner
--

ALTER TABLE identity.users ENABLE ROW LEVEL SECURITY;

--
-- Name: users users_of_account; Type: POLICY; Schema: identity; Owner: platen_owner
--

CREATE POLICY users_of_account ON identity.users FOR SELECT USING ((account_id = (NULLIF(current_setting('app.account'::text, true), ''::text))::uuid));


--
-- Name: alert_deliveries; Type: ROW SECURITY; Schema: manager; Owner: platen_owner
--

ALTER TABLE manager.alert_deliveries ENABLE ROW LEVEL SECURITY;

--
-- Name: alert_deliveries alert_deliveries_of_operators; Type: POLICY; Schema: manager; Owner: platen_owner
--

CREATE POLICY alert_deliveries_of_operators ON manager.alert_deliveries USING ((current_setting('app.operator'::text, true) = 'on'::text));


--
-- Name: alert_mails; Type: ROW SECURITY; Schema: manager; Owner: platen_owner
--

ALTER TABLE manager.alert_mails ENABLE ROW LEVEL SECURITY;

--
-- Name: alert_mails alert_mails_of_operators; Type: POLICY; Schema: manager; Owner: platen_owner
--

CREATE POLICY alert_mails_of_operators ON manager.alert_mails USING ((current_setting('app.operator'::text, true) = 'on'::text));


--
-- Name: alert_webhooks; Type: ROW SECURITY; Schema: manager; Owner: platen_owner
--

ALTER TABLE manager.alert_webhooks ENABLE ROW LEVEL SECURITY;

--
-- Name: alert_webhooks alert_webhooks_of_operators; Type: POLICY; Schema: manager; Owner: platen_owner
--

CREATE POLICY alert_webhooks_of_operators ON manager.alert_webhooks USING ((current_setting('app.operator'::text, true) = 'on'::text));


--
-- Name: alerts; Type: ROW SECURITY; Schema: manager; Owner: platen_owner
--

ALTER TABLE manager.alerts ENABLE ROW LEVEL SECURITY;

--
-- Name: alerts alerts_of_operators; Type: POLICY; Schema: manager; Owner: platen_owner
--

CREATE POLICY alerts_of_operators ON manager.alerts USING ((current_setting('app.operator'::text, true) = 'on'::text));


--
-- Name: backups; Type: ROW SECURITY; Schema: manager; Owner: platen_owner
--

ALTER TABLE manager.backups ENABLE ROW LEVEL SECURITY;

--
-- Name: backups backups_of_tenant; Type: POLICY; Schema: manager; Owner: platen_owner
--

CREATE POLICY backups_of_tenant ON manager.backups USING (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));


--
-- Name: former_databases; Type: ROW SECURITY; Schema: manager; Owner: platen_owner
--

ALTER TABLE manager.former_databases ENABLE ROW LEVEL SECURITY;

--
-- Name: former_databases former_databases_of_tenant; Type: POLICY; Schema: manager; Owner: platen_owner
--

CREATE POLICY former_databases_of_tenant ON manager.former_databases USING (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));


--
-- Name: hosts; Type: ROW SECURITY; Schema: manager; Owner: platen_owner
--

ALTER TABLE manager.hosts ENABLE ROW LEVEL SECURITY;

--
-- Name: hosts hosts_of_tenant; Type: POLICY; Schema: manager; Owner: platen_owner
--

CREATE POLICY hosts_of_tenant ON manager.hosts USING (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));


--
-- Name: idempotency_keys; Type: ROW SECURITY; Schema: manager; Owner: platen_owner
--

ALTER TABLE manager.idempotency_keys ENABLE ROW LEVEL SECURITY;

--
-- Name: idempotency_keys idempotency_keys_of_tenant; Type: POLICY; Schema: manager; Owner: platen_owner
--

CREATE POLICY idempotency_keys_of_tenant ON manager.idempotency_keys USING (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));


--
-- Name: sites; Type: ROW SECURITY; Schema: manager; Owner: platen_owner
--

ALTER TABLE manager.sites ENABLE ROW LEVEL SECURITY;

--
-- Name: sites sites_of_tenant; Type: POLICY; Schema: manager; Owner: platen_owner
--

CREATE POLICY sites_of_tenant ON manager.sites USING (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));


--
-- Name: tenant_data_keys; Type: ROW SECURITY; Schema: manager; Owner: platen_owner
--

ALTER TABLE manager.tenant_data_keys ENABLE ROW LEVEL SECURITY;

--
-- Name: tenant_data_keys tenant_data_keys_of_tenant; Type: POLICY; Schema: manager; Owner: platen_owner
--

CREATE POLICY tenant_data_keys_of_tenant ON manager.tenant_data_keys USING (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));


--
-- Name: tenants; Type: ROW SECURITY; Schema: manager; Owner: platen_owner
--

ALTER TABLE manager.tenants ENABLE ROW LEVEL SECURITY;

--
-- Name: tenants tenants_own; Type: POLICY; Schema: manager; Owner: platen_owner
--

CREATE POLICY tenants_own ON manager.tenants USING (((id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));


--
-- Name: log_lines; Type: ROW SECURITY; Schema: operations; Owner: platen_owner
--

ALTER TABLE operations.log_lines ENABLE ROW LEVEL SECURITY;

--
-- Name: operation_steps; Type: ROW SECURITY; Schema: operations; Owner: platen_owner
--

ALTER TABLE operations.operation_steps ENABLE ROW LEVEL SECURITY;

--
-- Name: operations; Type: ROW SECURITY; Schema: operations; Owner: platen_owner
--

ALTER TABLE operations.operations ENABLE ROW LEVEL SECURITY;

--
-- Name: log_lines tenant_isolation; Type: POLICY; Schema: operations; Owner: platen_owner
--

CREATE POLICY tenant_isolation ON operations.log_lines USING (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text))) WITH CHECK (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));


--
-- Name: operation_steps tenant_isolation; Type: POLICY; Schema: operations; Owner: platen_owner
--

CREATE POLICY tenant_isolation ON operations.operation_steps USING (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text))) WITH CHECK (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));


--
-- Name: operations tenant_isolation; Type: POLICY; Schema: operations; Owner: platen_owner
--

CREATE POLICY tenant_isolation ON operations.operations USING (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text))) WITH CHECK (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));


--
-- Name: aggregates; Type: ROW SECURITY; Schema: outbox; Owner: platen_owner
--

ALTER TABLE outbox.aggregates ENABLE ROW LEVEL SECURITY;

--
-- Name: deliveries; Type: ROW SECURITY; Schema: outbox; Owner: platen_owner
--

ALTER TABLE outbox.deliveries ENABLE ROW LEVEL SECURITY;

--
-- Name: events; Type: ROW SECURITY; Schema: outbox; Owner: platen_owner
--

ALTER TABLE outbox.events ENABLE ROW LEVEL SECURITY;

--
-- Name: inbox; Type: ROW SECURITY; Schema: outbox; Owner: platen_owner
--

ALTER TABLE outbox.inbox ENABLE ROW LEVEL SECURITY;

--
-- Name: aggregates tenant_isolation; Type: POLICY; Schema: outbox; Owner: platen_owner
--

CREATE POLICY tenant_isolation ON outbox.aggregates USING (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text))) WITH CHECK (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));


--
-- Name: deliveries tenant_isolation; Type: POLICY; Schema: outbox; Owner: platen_owner
--

CREATE POLICY tenant_isolation ON outbox.deliveries USING (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text))) WITH CHECK (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));


--
-- Name: events tenant_isolation; Type: POLICY; Schema: outbox; Owner: platen_owner
--

CREATE POLICY tenant_isolation ON outbox.events USING (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text))) WITH CHECK (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));


--
-- Name: inbox tenant_isolation; Type: POLICY; Schema: outbox; Owner: platen_owner
--

CREATE POLICY tenant_isolation ON outbox.inbox USING (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text))) WITH CHECK (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));


--
-- Name: SCHEMA graphile_worker; Type: ACL; Schema: -; Owner: platen_owner
--

GRANT USAGE ON SCHEMA graphile_worker TO platen_worker;


--
-- Name: SCHEMA identity; Type: ACL; Schema: -; Owner: platen_owner
--

GRANT USAGE ON SCHEMA identity TO platen_api;
GRANT USAGE ON SCHEMA identity TO platen_worker;


--
-- Name: SCHEMA jobs; Type: ACL; Schema: -; Owner: platen_owner
--

GRANT USAGE ON SCHEMA jobs TO platen_api;
GRANT USAGE ON SCHEMA jobs TO platen_worker;


--
-- Name: SCHEMA manager; Type: ACL; Schema: -; Owner: platen_owner
--

GRANT USAGE ON SCHEMA manager TO platen_api;
GRANT USAGE ON SCHEMA manager TO platen_worker;


--
-- Name: SCHEMA operations; Type: ACL; Schema: -; Owner: platen_owner
--

GRANT USAGE ON SCHEMA operations TO platen_api;
GRANT USAGE ON SCHEMA operations TO platen_worker;


--
-- Name: SCHEMA outbox; Type: ACL; Schema: -; Owner: platen_owner
--

GRANT USAGE ON SCHEMA outbox TO platen_api;
GRANT USAGE ON SCHEMA outbox TO platen_worker;


--
-- Name: SCHEMA platform; Type: ACL; Schema: -; Owner: platen_owner
--

GRANT USAGE ON SCHEMA platform TO platen_api;
GRANT USAGE ON SCHEMA platform TO platen_worker;


--
-- Name: TABLE _private_jobs; Type: ACL; Schema: graphile_worker; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE graphile_worker._private_jobs TO platen_worker;


--
-- Name: FUNCTION add_job(identifier text, payload json, queue_name text, run_at timestamp with time zone, max_attempts integer, job_key text, priority integer, flags text[], job_key_mode text); Type: ACL; Schema: graphile_worker; Owner: platen_owner
--

GRANT ALL ON FUNCTION graphile_worker.add_job(identifier text, payload json, queue_name text, run_at timestamp with time zone, max_attempts integer, job_key text, priority integer, flags text[], job_key_mode text) TO platen_worker;


--
-- Name: FUNCTION add_jobs(specs graphile_worker.job_spec[], job_key_preserve_run_at boolean); Type: ACL; Schema: graphile_worker; Owner: platen_owner
--

GRANT ALL ON FUNCTION graphile_worker.add_jobs(specs graphile_worker.job_spec[], job_key_preserve_run_at boolean) TO platen_worker;


--
-- Name: FUNCTION complete_jobs(job_ids bigint[]); Type: ACL; Schema: graphile_worker; Owner: platen_owner
--

GRANT ALL ON FUNCTION graphile_worker.complete_jobs(job_ids bigint[]) TO platen_worker;


--
-- Name: FUNCTION force_unlock_workers(worker_ids text[]); Type: ACL; Schema: graphile_worker; Owner: platen_owner
--

GRANT ALL ON FUNCTION graphile_worker.force_unlock_workers(worker_ids text[]) TO platen_worker;


--
-- Name: FUNCTION permanently_fail_jobs(job_ids bigint[], error_message text); Type: ACL; Schema: graphile_worker; Owner: platen_owner
--

GRANT ALL ON FUNCTION graphile_worker.permanently_fail_jobs(job_ids bigint[], error_message text) TO platen_worker;


--
-- Name: FUNCTION remove_job(job_key text); Type: ACL; Schema: graphile_worker; Owner: platen_owner
--

GRANT ALL ON FUNCTION graphile_worker.remove_job(job_key text) TO platen_worker;


--
-- Name: FUNCTION reschedule_jobs(job_ids bigint[], run_at timestamp with time zone, priority integer, attempts integer, max_attempts integer); Type: ACL; Schema: graphile_worker; Owner: platen_owner
--

GRANT ALL ON FUNCTION graphile_worker.reschedule_jobs(job_ids bigint[], run_at timestamp with time zone, priority integer, attempts integer, max_attempts integer) TO platen_worker;


--
-- Name: FUNCTION enqueue(job text, tenant uuid, payload jsonb, queue text, run_at timestamp with time zone, max_attempts integer, key text, priority integer); Type: ACL; Schema: jobs; Owner: platen_owner
--

REVOKE ALL ON FUNCTION jobs.enqueue(job text, tenant uuid, payload jsonb, queue text, run_at timestamp with time zone, max_attempts integer, key text, priority integer) FROM PUBLIC;
GRANT ALL ON FUNCTION jobs.enqueue(job text, tenant uuid, payload jsonb, queue text, run_at timestamp with time zone, max_attempts integer, key text, priority integer) TO platen_api;
GRANT ALL ON FUNCTION jobs.enqueue(job text, tenant uuid, payload jsonb, queue text, run_at timestamp with time zone, max_attempts integer, key text, priority integer) TO platen_worker;


--
-- Name: FUNCTION has_pending_deliveries(); Type: ACL; Schema: outbox; Owner: platen_owner
--

REVOKE ALL ON FUNCTION outbox.has_pending_deliveries() FROM PUBLIC;
GRANT ALL ON FUNCTION outbox.has_pending_deliveries() TO platen_api;
GRANT ALL ON FUNCTION outbox.has_pending_deliveries() TO platen_worker;


--
-- Name: TABLE _private_job_queues; Type: ACL; Schema: graphile_worker; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE graphile_worker._private_job_queues TO platen_worker;


--
-- Name: TABLE _private_known_crontabs; Type: ACL; Schema: graphile_worker; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE graphile_worker._private_known_crontabs TO platen_worker;


--
-- Name: TABLE _private_tasks; Type: ACL; Schema: graphile_worker; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE graphile_worker._private_tasks TO platen_worker;


--
-- Name: TABLE jobs; Type: ACL; Schema: graphile_worker; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE graphile_worker.jobs TO platen_worker;


--
-- Name: TABLE migrations; Type: ACL; Schema: graphile_worker; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE graphile_worker.migrations TO platen_worker;


--
-- Name: TABLE accounts; Type: ACL; Schema: identity; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.accounts TO platen_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.accounts TO platen_worker;


--
-- Name: TABLE audit_entries; Type: ACL; Schema: identity; Owner: platen_owner
--

GRANT SELECT,INSERT ON TABLE identity.audit_entries TO platen_api;
GRANT SELECT,INSERT ON TABLE identity.audit_entries TO platen_worker;


--
-- Name: TABLE refresh_tokens; Type: ACL; Schema: identity; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.refresh_tokens TO platen_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.refresh_tokens TO platen_worker;


--
-- Name: TABLE sessions; Type: ACL; Schema: identity; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.sessions TO platen_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.sessions TO platen_worker;


--
-- Name: TABLE signing_keys; Type: ACL; Schema: identity; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.signing_keys TO platen_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.signing_keys TO platen_worker;


--
-- Name: TABLE tickets; Type: ACL; Schema: identity; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.tickets TO platen_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.tickets TO platen_worker;


--
-- Name: TABLE users; Type: ACL; Schema: identity; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.users TO platen_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.users TO platen_worker;


--
-- Name: TABLE schedules; Type: ACL; Schema: jobs; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE jobs.schedules TO platen_worker;


--
-- Name: TABLE workers; Type: ACL; Schema: jobs; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE jobs.workers TO platen_worker;


--
-- Name: TABLE alert_deliveries; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE manager.alert_deliveries TO platen_worker;
GRANT INSERT ON TABLE manager.alert_deliveries TO platen_api;


--
-- Name: TABLE alert_mails; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE manager.alert_mails TO platen_worker;


--
-- Name: TABLE alert_webhooks; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE manager.alert_webhooks TO platen_worker;
GRANT INSERT,DELETE ON TABLE manager.alert_webhooks TO platen_api;


--
-- Name: COLUMN alert_webhooks.id; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT SELECT(id) ON TABLE manager.alert_webhooks TO platen_api;


--
-- Name: COLUMN alert_webhooks.url; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT SELECT(url) ON TABLE manager.alert_webhooks TO platen_api;


--
-- Name: COLUMN alert_webhooks.signed; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT SELECT(signed) ON TABLE manager.alert_webhooks TO platen_api;


--
-- Name: COLUMN alert_webhooks.created_by; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT SELECT(created_by) ON TABLE manager.alert_webhooks TO platen_api;


--
-- Name: COLUMN alert_webhooks.created_at; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT SELECT(created_at) ON TABLE manager.alert_webhooks TO platen_api;


--
-- Name: COLUMN alert_webhooks.last_state; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT SELECT(last_state) ON TABLE manager.alert_webhooks TO platen_api;


--
-- Name: COLUMN alert_webhooks.last_status; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT SELECT(last_status) ON TABLE manager.alert_webhooks TO platen_api;


--
-- Name: COLUMN alert_webhooks.last_detail; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT SELECT(last_detail) ON TABLE manager.alert_webhooks TO platen_api;


--
-- Name: COLUMN alert_webhooks.last_at; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT SELECT(last_at) ON TABLE manager.alert_webhooks TO platen_api;


--
-- Name: TABLE alerts; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE manager.alerts TO platen_worker;
GRANT SELECT ON TABLE manager.alerts TO platen_api;


--
-- Name: COLUMN alerts.acknowledged_at; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT UPDATE(acknowledged_at) ON TABLE manager.alerts TO platen_api;


--
-- Name: COLUMN alerts.acknowledged_by; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT UPDATE(acknowledged_by) ON TABLE manager.alerts TO platen_api;


--
-- Name: TABLE backups; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE manager.backups TO platen_worker;
GRANT SELECT,INSERT ON TABLE manager.backups TO platen_api;


--
-- Name: TABLE benches; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE manager.benches TO platen_worker;
GRANT SELECT ON TABLE manager.benches TO platen_api;


--
-- Name: TABLE certificates; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE manager.certificates TO platen_worker;


--
-- Name: TABLE claims; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE manager.claims TO platen_worker;
GRANT SELECT,UPDATE ON TABLE manager.claims TO platen_api;


--
-- Name: TABLE clusters; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE manager.clusters TO platen_worker;
GRANT SELECT ON TABLE manager.clusters TO platen_api;


--
-- Name: TABLE disk_samples; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE manager.disk_samples TO platen_worker;


--
-- Name: TABLE former_databases; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE manager.former_databases TO platen_worker;
GRANT SELECT ON TABLE manager.former_databases TO platen_api;


--
-- Name: TABLE hosts; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE manager.hosts TO platen_worker;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE manager.hosts TO platen_api;


--
-- Name: TABLE idempotency_keys; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE manager.idempotency_keys TO platen_worker;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE manager.idempotency_keys TO platen_api;


--
-- Name: TABLE plans; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE manager.plans TO platen_worker;
GRANT SELECT ON TABLE manager.plans TO platen_api;


--
-- Name: COLUMN plans.backup_every_hours; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT UPDATE(backup_every_hours) ON TABLE manager.plans TO platen_api;


--
-- Name: COLUMN plans.backup_at_hour; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT UPDATE(backup_at_hour) ON TABLE manager.plans TO platen_api;


--
-- Name: COLUMN plans.backup_time_zone; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT UPDATE(backup_time_zone) ON TABLE manager.plans TO platen_api;


--
-- Name: COLUMN plans.backup_keep_days; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT UPDATE(backup_keep_days) ON TABLE manager.plans TO platen_api;


--
-- Name: TABLE platform_keys; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE manager.platform_keys TO platen_worker;


--
-- Name: TABLE reconciliation_plans; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE manager.reconciliation_plans TO platen_worker;
GRANT SELECT ON TABLE manager.reconciliation_plans TO platen_api;


--
-- Name: TABLE reconciliation_sightings; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE manager.reconciliation_sightings TO platen_worker;


--
-- Name: TABLE releases; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE manager.releases TO platen_worker;
GRANT SELECT ON TABLE manager.releases TO platen_api;


--
-- Name: TABLE servers; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE manager.servers TO platen_worker;
GRANT SELECT ON TABLE manager.servers TO platen_api;


--
-- Name: TABLE sites; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE manager.sites TO platen_worker;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE manager.sites TO platen_api;


--
-- Name: TABLE snapshot_consumers; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE manager.snapshot_consumers TO platen_worker;


--
-- Name: TABLE tenant_data_keys; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE manager.tenant_data_keys TO platen_worker;


--
-- Name: TABLE tenants; Type: ACL; Schema: manager; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE manager.tenants TO platen_worker;
GRANT SELECT,INSERT,UPDATE ON TABLE manager.tenants TO platen_api;


--
-- Name: TABLE log_lines; Type: ACL; Schema: operations; Owner: platen_owner
--

GRANT SELECT,INSERT ON TABLE operations.log_lines TO platen_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE operations.log_lines TO platen_worker;


--
-- Name: TABLE operation_steps; Type: ACL; Schema: operations; Owner: platen_owner
--

GRANT SELECT,INSERT ON TABLE operations.operation_steps TO platen_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE operations.operation_steps TO platen_worker;


--
-- Name: TABLE operations; Type: ACL; Schema: operations; Owner: platen_owner
--

GRANT SELECT,INSERT ON TABLE operations.operations TO platen_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE operations.operations TO platen_worker;


--
-- Name: COLUMN operations.cancel_requested_at; Type: ACL; Schema: operations; Owner: platen_owner
--

GRANT UPDATE(cancel_requested_at) ON TABLE operations.operations TO platen_api;


--
-- Name: COLUMN operations.cancel_requested_by; Type: ACL; Schema: operations; Owner: platen_owner
--

GRANT UPDATE(cancel_requested_by) ON TABLE operations.operations TO platen_api;


--
-- Name: COLUMN operations.not_before; Type: ACL; Schema: operations; Owner: platen_owner
--

GRANT UPDATE(not_before) ON TABLE operations.operations TO platen_api;


--
-- Name: TABLE aggregates; Type: ACL; Schema: outbox; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE outbox.aggregates TO platen_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE outbox.aggregates TO platen_worker;


--
-- Name: TABLE deliveries; Type: ACL; Schema: outbox; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE outbox.deliveries TO platen_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE outbox.deliveries TO platen_worker;


--
-- Name: TABLE events; Type: ACL; Schema: outbox; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE outbox.events TO platen_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE outbox.events TO platen_worker;


--
-- Name: TABLE handlers; Type: ACL; Schema: outbox; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE outbox.handlers TO platen_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE outbox.handlers TO platen_worker;


--
-- Name: TABLE inbox; Type: ACL; Schema: outbox; Owner: platen_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE outbox.inbox TO platen_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE outbox.inbox TO platen_worker;


--
-- Name: TABLE migrations; Type: ACL; Schema: platform; Owner: platen_owner
--

GRANT SELECT ON TABLE platform.migrations TO platen_api;
GRANT SELECT ON TABLE platform.migrations TO platen_worker;


--
-- PostgreSQL database dump complete
--


