-- Who may sign in to the admin pages. Users belong to the installation; a role is given for one workspace.
-- Passwords are Argon2id; tokens of sessions and links are stored as SHA-256.
CREATE TABLE account_user (
    id INTEGER NOT NULL PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password TEXT NOT NULL,
    is_admin INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE account_role (
    user_id INTEGER NOT NULL,
    workspace_id INTEGER NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (user_id, workspace_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE account_session (
    token BLOB NOT NULL PRIMARY KEY,
    user_id INTEGER NOT NULL,
    began_at INTEGER NOT NULL,
    used_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX account_session_user ON account_session (user_id);

-- A link that works once: the first one creates the first administrator.
CREATE TABLE account_link (
    token BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
