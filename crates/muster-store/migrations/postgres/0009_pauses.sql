-- Integrations whose server showed another host key than the accepted one: a person decides before they go on.
CREATE TABLE pause (
    workspace_id BIGINT NOT NULL,
    integration_id BIGINT NOT NULL,
    since BIGINT NOT NULL,
    fingerprint TEXT NOT NULL,
    PRIMARY KEY (workspace_id, integration_id)
);
