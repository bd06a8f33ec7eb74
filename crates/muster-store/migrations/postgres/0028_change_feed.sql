-- The revision of the workspace when a run ended: changes are read in this order, because runs do not end in the order in
-- which they began. Runs that ended before this was counted come first.
ALTER TABLE run ADD COLUMN revision BIGINT;
UPDATE run SET revision = 0 WHERE status <> 'running';
CREATE INDEX run_revision ON run (workspace_id, revision) WHERE revision IS NOT NULL;
