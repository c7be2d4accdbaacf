-- Why: a user may have several roles, and a tenant may make its own beside the system's. System roles live in code and have no row.
-- Lock: ACCESS EXCLUSIVE on identity.users for as long as the copy takes (milliseconds).
-- Rows touched: one new row in identity.user_roles per user; identity.users loses its column role.
-- Old code: does not work with it (reads users.role).
-- Undo by hand: ALTER TABLE identity.users ADD role text; UPDATE identity.users u SET role = coalesce((SELECT system_role FROM
--   identity.user_roles r WHERE r.user_id = u.id AND system_role IS NOT NULL LIMIT 1), 'reader'); then drop both tables.
SET LOCAL lock_timeout = '5s';

CREATE TABLE identity.roles (
  id uuid CONSTRAINT roles_pkey PRIMARY KEY,
  tenant_id uuid NOT NULL,
  name text NOT NULL,
  description text NOT NULL DEFAULT '',
  permissions text[] NOT NULL,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT roles_tenant_id_key UNIQUE (tenant_id, id),
  CONSTRAINT roles_name_not_empty CHECK (name <> '')
);
CREATE UNIQUE INDEX roles_tenant_name_key ON identity.roles (tenant_id, lower(name));

ALTER TABLE identity.users
  ADD CONSTRAINT users_tenant_id_key UNIQUE (tenant_id, id),
  ADD COLUMN version integer NOT NULL DEFAULT 1,
  ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now(),
  DROP CONSTRAINT users_state_known,
  ADD CONSTRAINT users_state_known CHECK (state IN ('active', 'disabled', 'erased'));

-- References that begin with the tenant cannot lead to another one. Deferrable, because a restored copy changes its tenant as a whole.
-- Either a role of the system, by its name, or one of the tenant's own.
CREATE TABLE identity.user_roles (
  tenant_id uuid NOT NULL,
  user_id uuid NOT NULL,
  system_role text,
  role_id uuid,
  CONSTRAINT user_roles_key UNIQUE NULLS NOT DISTINCT (tenant_id, user_id, system_role, role_id),
  CONSTRAINT user_roles_one_kind CHECK (num_nonnulls(system_role, role_id) = 1),
  CONSTRAINT user_roles_user_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES identity.users (tenant_id, id) ON DELETE CASCADE
    DEFERRABLE INITIALLY IMMEDIATE,
  CONSTRAINT user_roles_role_fkey FOREIGN KEY (tenant_id, role_id) REFERENCES identity.roles (tenant_id, id)
    DEFERRABLE INITIALLY IMMEDIATE
);
CREATE INDEX user_roles_role_idx ON identity.user_roles (tenant_id, role_id) WHERE role_id IS NOT NULL;

SELECT set_config('app.operator', 'on', true);
INSERT INTO identity.user_roles (tenant_id, user_id, system_role) SELECT tenant_id, id, role FROM identity.users;
ALTER TABLE identity.users DROP COLUMN role;

SELECT platform.isolate_tenants('identity.roles');
SELECT platform.isolate_tenants('identity.user_roles');
SELECT platform.grant_to('{platen_site_app,platen_api,platen_worker}', 'select, insert, update, delete', 'identity.roles, identity.user_roles');
SELECT platform.grant_to('{platen_site_reader,platen_site_dumper}', 'select', 'identity.roles, identity.user_roles');
