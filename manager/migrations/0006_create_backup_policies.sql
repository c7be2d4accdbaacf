-- Why: when sites are backed up and how long that is kept, per plan and per site; what a backup held, to compare the next one with; a state for
-- backups that are being removed; and since when a site is known to have had its time.
-- Lock: plans, sites and backups for the moment in which columns and checks are added (backups: its rows are read once). Rows touched: none.
-- Old code: unaffected; it knows no backups but on-demand ones and none that is being removed.
-- Undo by hand: DROP the columns backup_* of manager.plans and manager.sites, time_over_seen_at of manager.sites, total_rows of manager.backups.
SET LOCAL lock_timeout = '5s';

ALTER TABLE manager.plans
  ADD COLUMN backup_every_hours integer NOT NULL DEFAULT 24 CONSTRAINT plans_backup_interval_known CHECK (backup_every_hours IN (6, 8, 12, 24, 168)),
  ADD COLUMN backup_at_hour integer NOT NULL DEFAULT 2 CONSTRAINT plans_backup_hour_of_day CHECK (backup_at_hour BETWEEN 0 AND 23),
  ADD COLUMN backup_time_zone text NOT NULL DEFAULT 'Europe/Paris',
  ADD COLUMN backup_keep_days integer NOT NULL DEFAULT 30 CONSTRAINT plans_backup_days_kept CHECK (backup_keep_days BETWEEN 1 AND 3650);

-- Null: as its plan says. All or none: half a policy of its own would change with the plan's other half.
ALTER TABLE manager.sites
  ADD COLUMN backup_every_hours integer CONSTRAINT sites_backup_interval_known CHECK (backup_every_hours IN (6, 8, 12, 24, 168)),
  ADD COLUMN backup_at_hour integer CONSTRAINT sites_backup_hour_of_day CHECK (backup_at_hour BETWEEN 0 AND 23),
  ADD COLUMN backup_time_zone text,
  -- Archived for too long, or dropped so long ago that its backups go: acted on when it still is so a day later, for clocks jump.
  ADD COLUMN time_over_seen_at timestamptz,
  ADD COLUMN backup_keep_days integer CONSTRAINT sites_backup_days_kept CHECK (backup_keep_days BETWEEN 1 AND 3650),
  ADD CONSTRAINT sites_backup_policy_whole
    CHECK (num_nulls(backup_every_hours, backup_at_hour, backup_time_zone, backup_keep_days) IN (0, 4));

ALTER TABLE manager.backups
  -- Of all tables, counted in the moment that the dump shows.
  ADD COLUMN total_rows bigint,
  DROP CONSTRAINT backups_state_known,
  ADD CONSTRAINT backups_state_known CHECK (state IN ('pending', 'running', 'stored', 'verified', 'failed', 'removing'));

SELECT platform.grant_to(ARRAY['platen_api'],
  'UPDATE (backup_every_hours, backup_at_hour, backup_time_zone, backup_keep_days)', 'manager.plans');
