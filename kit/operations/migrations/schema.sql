-- What the migrations of this folder make, written by a test from the catalogs; do not edit.
-- After a new migration: UPDATE_SCHEMA=1 npm test -- <the folder of that test>

create schema operations;
grant usage on schema operations to platen_api;
grant usage on schema operations to platen_worker;

create table operations.log_lines (
  id bigint not null generated always as identity,
  operation_id uuid not null,
  tenant_id uuid,
  step text,
  message text not null,
  at timestamp with time zone not null default clock_timestamp()
);
alter table operations.log_lines add constraint log_lines_pkey PRIMARY KEY (id);
alter table operations.log_lines add constraint log_lines_operation_fkey FOREIGN KEY (operation_id) REFERENCES operations.operations(id) ON DELETE CASCADE;
CREATE INDEX log_lines_operation_idx ON operations.log_lines USING btree (operation_id, id);
alter table operations.log_lines enable row level security, force row level security;
create policy tenant_isolation on operations.log_lines as permissive for all to public
  using (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)))
  with check (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));
grant delete, insert, select, update on operations.log_lines to platen_worker;
grant insert, select on operations.log_lines to platen_api;

create table operations.operation_steps (
  operation_id uuid not null,
  tenant_id uuid,
  "position" integer not null,
  name text not null,
  weight real not null,
  state text not null default 'pending'::text,
  attempt integer not null default 0,
  failures integer not null default 0,
  undo_attempt integer not null default 0,
  problem jsonb,
  started_at timestamp with time zone,
  ended_at timestamp with time zone
);
alter table operations.operation_steps add constraint operation_steps_pkey PRIMARY KEY (operation_id, "position");
alter table operations.operation_steps add constraint operation_steps_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'running'::text, 'succeeded'::text, 'failed'::text, 'skipped'::text, 'undoing'::text, 'undone'::text])));
alter table operations.operation_steps add constraint operation_steps_operation_fkey FOREIGN KEY (operation_id) REFERENCES operations.operations(id) ON DELETE CASCADE;
alter table operations.operation_steps enable row level security, force row level security;
create policy tenant_isolation on operations.operation_steps as permissive for all to public
  using (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)))
  with check (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));
grant delete, insert, select, update on operations.operation_steps to platen_worker;
grant insert, select on operations.operation_steps to platen_api;

create table operations.operations (
  id uuid not null,
  tenant_id uuid,
  type text not null,
  version integer not null,
  subject_kind text not null,
  subject_id text not null,
  subject_label text,
  actor_id text,
  actor_label text,
  input jsonb not null,
  state text not null default 'pending'::text,
  direction text not null default 'forward'::text,
  past_pivot boolean not null default false,
  cancel_requested_at timestamp with time zone,
  cancel_requested_by text,
  problem jsonb,
  fence integer not null default 0,
  worker_id text,
  lease_until timestamp with time zone,
  not_before timestamp with time zone,
  created_at timestamp with time zone not null default clock_timestamp(),
  started_at timestamp with time zone,
  ended_at timestamp with time zone
);
alter table operations.operations add constraint operations_pkey PRIMARY KEY (id);
alter table operations.operations add constraint operations_direction_check CHECK ((direction = ANY (ARRAY['forward'::text, 'back'::text])));
alter table operations.operations add constraint operations_ended_check CHECK (((ended_at IS NOT NULL) = (state = ANY (ARRAY['succeeded'::text, 'failed'::text, 'cancelled'::text]))));
alter table operations.operations add constraint operations_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'running'::text, 'undoing'::text, 'needs-attention'::text, 'succeeded'::text, 'failed'::text, 'cancelled'::text])));
CREATE INDEX operations_subject_idx ON operations.operations USING btree (subject_id, id);
CREATE INDEX operations_tenant_idx ON operations.operations USING btree (tenant_id, id);
CREATE INDEX operations_unfinished_idx ON operations.operations USING btree (created_at) WHERE (ended_at IS NULL);
CREATE UNIQUE INDEX operations_unfinished_key ON operations.operations USING btree (subject_kind, subject_id) WHERE (ended_at IS NULL);
alter table operations.operations enable row level security, force row level security;
create policy tenant_isolation on operations.operations as permissive for all to public
  using (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)))
  with check (((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) OR (current_setting('app.operator'::text, true) = 'on'::text)));
grant delete, insert, select, update on operations.operations to platen_worker;
grant insert, select on operations.operations to platen_api;
grant update (cancel_requested_at) on operations.operations to platen_api;
grant update (cancel_requested_by) on operations.operations to platen_api;
grant update (not_before) on operations.operations to platen_api;
