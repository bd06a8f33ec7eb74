-- The settings of integrations: JSON, with the version of its form. `version` grows with every change of the settings.
CREATE TABLE integration_settings (
    workspace_id BIGINT NOT NULL,
    integration TEXT NOT NULL,
    version BIGINT NOT NULL,
    form BIGINT NOT NULL,
    settings TEXT NOT NULL,
    managed_by TEXT,
    is_active BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by TEXT,
    PRIMARY KEY (workspace_id, integration)
);

-- Every version that the settings of an integration had. No settings: the integration was removed.
CREATE TABLE integration_settings_history (
    workspace_id BIGINT NOT NULL,
    integration TEXT NOT NULL,
    version BIGINT NOT NULL,
    form BIGINT NOT NULL,
    settings TEXT,
    managed_by TEXT,
    is_active BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by TEXT,
    PRIMARY KEY (workspace_id, integration, version)
);

-- Credentials of integrations, encrypted. The version is encrypted with each, so that an old one cannot be put back.
CREATE TABLE credential (
    workspace_id BIGINT NOT NULL,
    integration TEXT NOT NULL,
    name TEXT NOT NULL,
    version BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    set_at BIGINT NOT NULL,
    set_by TEXT,
    expires_at BIGINT,
    PRIMARY KEY (workspace_id, integration, name)
);
