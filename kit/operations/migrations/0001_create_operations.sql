-- Why: durable operations: what was asked, its steps, its log, and the claim (lease, fence) of the worker that runs it.
-- Lock: none, new schema. Rows touched: none. Old code: does not know it.
-- Undo by hand: drop schema operations cascade.
create schema operations;

create table operations.operations (
  id uuid constraint operations_pkey primary key,
  -- Null: an operation of the platform itself, for operators only.
  tenant_id uuid,
  type text not null,
  -- The step list it began with and ends with.
  version integer not null,
  subject_kind text not null,
  subject_id text not null,
  subject_label text,
  actor_id text,
  actor_label text,
  -- References only, never secrets.
  input jsonb not null,
  state text not null default 'pending',
  direction text not null default 'forward',
  -- True once a pivot step has succeeded: from then on only forward.
  past_pivot boolean not null default false,
  cancel_requested_at timestamptz,
  cancel_requested_by text,
  problem jsonb,
  -- The claim. Times are the database's.
  fence integer not null default 0,
  worker_id text,
  lease_until timestamptz,
  -- Not to be claimed before: a long wait between two attempts.
  not_before timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  ended_at timestamptz,
  constraint operations_state_check check (
    state in ('pending', 'running', 'undoing', 'needs-attention', 'succeeded', 'failed', 'cancelled')
  ),
  constraint operations_direction_check check (direction in ('forward', 'back')),
  constraint operations_ended_check check ((ended_at is not null) = (state in ('succeeded', 'failed', 'cancelled')))
);

-- One unfinished operation per subject.
create unique index operations_unfinished_key on operations.operations (subject_kind, subject_id) where ended_at is null;
-- What the sweep looks through: small, because finished operations are not in it.
create index operations_unfinished_idx on operations.operations (created_at) where ended_at is null;
create index operations_subject_idx on operations.operations (subject_id, id);
create index operations_tenant_idx on operations.operations (tenant_id, id);

create table operations.operation_steps (
  operation_id uuid not null constraint operation_steps_operation_fkey references operations.operations on delete cascade,
  tenant_id uuid,
  position integer not null,
  name text not null,
  weight real not null,
  state text not null default 'pending',
  -- Starts of run, also those cut short by a crash; failures counts only runs that failed.
  attempt integer not null default 0,
  failures integer not null default 0,
  undo_attempt integer not null default 0,
  problem jsonb,
  started_at timestamptz,
  ended_at timestamptz,
  constraint operation_steps_pkey primary key (operation_id, position),
  constraint operation_steps_state_check check (
    state in ('pending', 'running', 'succeeded', 'failed', 'skipped', 'undoing', 'undone')
  )
);

create table operations.log_lines (
  id bigint generated always as identity constraint log_lines_pkey primary key,
  operation_id uuid not null constraint log_lines_operation_fkey references operations.operations on delete cascade,
  tenant_id uuid,
  step text,
  message text not null,
  at timestamptz not null default clock_timestamp()
);

create index log_lines_operation_idx on operations.log_lines (operation_id, id);

select
  platform.isolate_tenants('operations.operations'),
  platform.isolate_tenants('operations.operation_steps'),
  platform.isolate_tenants('operations.log_lines'),
  platform.grant_to('{platen_api,platen_worker}', 'usage', 'schema operations'),
  platform.grant_to('{platen_api,platen_worker}', 'select, insert', 'all tables in schema operations'),
  -- The API starts and cancels; what happened is written by workers alone.
  platform.grant_to('{platen_api}', 'update (cancel_requested_at, cancel_requested_by, not_before)', 'table operations.operations'),
  platform.grant_to('{platen_worker}', 'update, delete', 'all tables in schema operations');
