-- Integrations that are being set up. Their settings are JSON, as those of an integration, and may be incomplete. The sample of
-- their connection test is a secret named `sample/` with the number of the integration.
CREATE TABLE integration_draft (
    workspace_id BIGINT NOT NULL,
    integration_id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    form BIGINT NOT NULL,
    settings TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by TEXT,
    -- The job of the latest connection test.
    test_job BIGINT,
    PRIMARY KEY (workspace_id, integration_id)
);

-- 1: its settings come from who does not run this machine, so that the network policy applies to them.
ALTER TABLE integration ADD COLUMN is_restricted BIGINT NOT NULL DEFAULT 0;
