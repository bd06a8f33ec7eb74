-- The settings of integrations: JSON, with the version of its form. `version` grows with every change of the settings.
CREATE TABLE integration_settings (
    workspace_id INTEGER NOT NULL,
    integration TEXT NOT NULL,
    version INTEGER NOT NULL,
    form INTEGER NOT NULL,
    settings TEXT NOT NULL,
    managed_by TEXT,
    is_active INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    changed_by TEXT,
    PRIMARY KEY (workspace_id, integration)
) STRICT, WITHOUT ROWID;

-- Every version that the settings of an integration had. No settings: the integration was removed.
CREATE TABLE integration_settings_history (
    workspace_id INTEGER NOT NULL,
    integration TEXT NOT NULL,
    version INTEGER NOT NULL,
    form INTEGER NOT NULL,
    settings TEXT,
    managed_by TEXT,
    is_active INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    changed_by TEXT,
    PRIMARY KEY (workspace_id, integration, version)
) STRICT, WITHOUT ROWID;

-- Credentials of integrations, encrypted. The version is encrypted with each, so that an old one cannot be put back.
CREATE TABLE credential (
    workspace_id INTEGER NOT NULL,
    integration TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    set_at INTEGER NOT NULL,
    set_by TEXT,
    expires_at INTEGER,
    PRIMARY KEY (workspace_id, integration, name)
) STRICT, WITHOUT ROWID;
