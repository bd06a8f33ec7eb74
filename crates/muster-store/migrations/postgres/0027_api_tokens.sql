-- API tokens: each is of one workspace and has a role in it. The token itself is stored as SHA-256. Names are never given out
-- twice in a workspace, because they are in the history of what clients did.
CREATE TABLE api_token (
    id BIGINT NOT NULL PRIMARY KEY,
    workspace_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    token BYTEA NOT NULL UNIQUE,
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    revoked_at BIGINT,
    revoked_by TEXT,
    UNIQUE (workspace_id, name)
);
