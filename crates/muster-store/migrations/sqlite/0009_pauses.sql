-- Integrations whose server showed another host key than the accepted one: a person decides before they go on.
CREATE TABLE pause (
    workspace_id INTEGER NOT NULL,
    integration_id INTEGER NOT NULL,
    since INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    PRIMARY KEY (workspace_id, integration_id)
) STRICT, WITHOUT ROWID;
