-- What is kept sealed with the master key, what keeps erased people from coming back, and what was removed.

-- The master keys that a workspace's sealed values want.
CREATE TABLE master_key (
    workspace_id BIGINT NOT NULL,
    key_id TEXT NOT NULL,
    PRIMARY KEY (workspace_id, key_id)
);

-- Secrets that are got and not configured: tokens of APIs.
CREATE TABLE secret (
    workspace_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    expires_at BIGINT,
    PRIMARY KEY (workspace_id, name)
);

-- Delivered files by the SHA-256 of what arrived; the same content is there once. `records_cut` counts the
-- records of erased people that were taken out since.
CREATE TABLE content (
    workspace_id BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    chunks BIGINT NOT NULL,
    form TEXT NOT NULL,
    kept_at BIGINT NOT NULL,
    records_cut BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, sha256)
);

CREATE TABLE content_chunk (
    workspace_id BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    number BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (workspace_id, sha256, number)
);

-- Keyed hashes of external ids and addresses of erased people.
CREATE TABLE tombstone (
    workspace_id BIGINT NOT NULL,
    mark BYTEA NOT NULL,
    employee_id BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, mark)
);

-- The record of each erasure, without values. `purged` once no free page can have remains.
CREATE TABLE erasure (
    workspace_id BIGINT NOT NULL,
    employee_id BIGINT NOT NULL,
    run_id BIGINT NOT NULL,
    erased_at BIGINT NOT NULL,
    erased_by TEXT,
    why TEXT NOT NULL,
    counts TEXT NOT NULL,
    purged BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, employee_id)
);
CREATE INDEX erasure_unpurged ON erasure (workspace_id) WHERE purged = 0;

-- Up to which instant history was removed because its time was over.
CREATE TABLE forgotten (
    workspace_id BIGINT NOT NULL,
    what TEXT NOT NULL,
    through BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, what)
);
