-- Manual edits that are carried out as jobs. They are deleted when the job ends: the run has what was done.
ALTER TABLE job ADD COLUMN request TEXT;

-- The keys with which clients mark a request: when it is sent again, it is answered with the same job.
CREATE TABLE idempotency_key (
    workspace_id BIGINT NOT NULL,
    client TEXT NOT NULL,
    name TEXT NOT NULL,
    request BYTEA NOT NULL,
    job_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, client, name)
);
CREATE INDEX idempotency_key_created ON idempotency_key (created_at);
