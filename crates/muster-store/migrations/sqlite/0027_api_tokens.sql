-- API tokens: each is of one workspace and has a role in it. The token itself is stored as SHA-256. Names are never given out
-- twice in a workspace, because they are in the history of what clients did.
CREATE TABLE api_token (
    id INTEGER NOT NULL PRIMARY KEY,
    workspace_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    token BLOB NOT NULL UNIQUE,
    role TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    revoked_at INTEGER,
    revoked_by TEXT,
    UNIQUE (workspace_id, name)
) STRICT, WITHOUT ROWID;
