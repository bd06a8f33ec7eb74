-- Integrations that are being set up. Their settings are JSON, as those of an integration, and may be incomplete. The sample of
-- their connection test is a secret named `sample/` with the number of the integration.
CREATE TABLE integration_draft (
    workspace_id INTEGER NOT NULL,
    integration_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    form INTEGER NOT NULL,
    settings TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    changed_by TEXT,
    -- The job of the latest connection test.
    test_job INTEGER,
    PRIMARY KEY (workspace_id, integration_id)
) STRICT, WITHOUT ROWID;

-- 1: its settings come from who does not run this machine, so that the network policy applies to them.
ALTER TABLE integration ADD COLUMN is_restricted INTEGER NOT NULL DEFAULT 0;
