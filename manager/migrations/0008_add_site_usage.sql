-- Why: how much room each site takes, database and files, measured in turn; beside it its plan's limit, and an alert before that is reached.
-- Lock: sites for the moment in which columns without a default are added. Rows touched: none. Old code: does not know the columns.
-- Undo by hand: ALTER TABLE manager.sites DROP COLUMN database_bytes, DROP COLUMN files_bytes, DROP COLUMN measured_at, DROP COLUMN measure_tried_at.
SET LOCAL lock_timeout = '5s';

ALTER TABLE manager.sites
  ADD COLUMN database_bytes bigint,
  ADD COLUMN files_bytes bigint,
  ADD COLUMN measured_at timestamptz,
  -- Whose turn it is: what cannot be measured must not keep the others waiting.
  ADD COLUMN measure_tried_at timestamptz;
