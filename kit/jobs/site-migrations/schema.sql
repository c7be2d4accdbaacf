-- What the migrations of this folder make, written by a test from the catalogs; do not edit.
-- After a new migration: UPDATE_SCHEMA=1 npm test -- <the folder of that test>

create schema jobs;
grant usage on schema jobs to platen_site_app;
grant usage on schema jobs to platen_site_dumper;
grant usage on schema jobs to platen_site_reader;

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
grant delete, insert, select, update on jobs.jobs to platen_site_app;
grant select on jobs.jobs to platen_site_dumper;
grant select on jobs.jobs to platen_site_reader;

create table jobs.schedules (
  name text not null,
  due_at timestamp with time zone not null
);
alter table jobs.schedules add constraint schedules_pkey PRIMARY KEY (name);
alter table jobs.schedules add constraint schedules_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200)));
grant delete, insert, select, update on jobs.schedules to platen_site_app;
grant select on jobs.schedules to platen_site_dumper;
grant select on jobs.schedules to platen_site_reader;
