-- What is kept sealed with the master key, what keeps erased people from coming back, and what was removed.

-- The master keys that a workspace's sealed values want.
CREATE TABLE master_key (
    workspace_id INTEGER NOT NULL,
    key_id TEXT NOT NULL,
    PRIMARY KEY (workspace_id, key_id)
) STRICT, WITHOUT ROWID;

-- Secrets that are got and not configured: tokens of APIs.
CREATE TABLE secret (
    workspace_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    sealed BLOB NOT NULL,
    expires_at INTEGER,
    PRIMARY KEY (workspace_id, name)
) STRICT, WITHOUT ROWID;

-- Delivered files by the SHA-256 of what arrived; the same content is there once. `records_cut` counts the
-- records of erased people that were taken out since.
CREATE TABLE content (
    workspace_id INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    chunks INTEGER NOT NULL,
    form TEXT NOT NULL,
    kept_at INTEGER NOT NULL,
    records_cut INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, sha256)
) STRICT, WITHOUT ROWID;

CREATE TABLE content_chunk (
    workspace_id INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    number INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (workspace_id, sha256, number)
) STRICT;

-- Keyed hashes of external ids and addresses of erased people.
CREATE TABLE tombstone (
    workspace_id INTEGER NOT NULL,
    mark BLOB NOT NULL,
    employee_id INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, mark)
) STRICT, WITHOUT ROWID;

-- The record of each erasure, without values. `purged` once no free page can have remains.
CREATE TABLE erasure (
    workspace_id INTEGER NOT NULL,
    employee_id INTEGER NOT NULL,
    run_id INTEGER NOT NULL,
    erased_at INTEGER NOT NULL,
    erased_by TEXT,
    why TEXT NOT NULL,
    counts TEXT NOT NULL,
    purged INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, employee_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX erasure_unpurged ON erasure (workspace_id) WHERE purged = 0;

-- Up to which instant history was removed because its time was over.
CREATE TABLE forgotten (
    workspace_id INTEGER NOT NULL,
    what TEXT NOT NULL,
    through INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, what)
) STRICT, WITHOUT ROWID;
