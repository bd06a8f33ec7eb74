-- The audit log. Each entry has the hash of itself and of the entry before it; the head has the number and the hash of the last
-- one, so that a removed entry is found wherever it was. Users, employees and runs are named by number, and secrets by name.
CREATE TABLE audit_entry (
    number BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    client TEXT,
    workspace_id BIGINT NOT NULL,
    act TEXT NOT NULL,
    subject TEXT NOT NULL,
    before TEXT,
    after TEXT,
    hash BYTEA NOT NULL
);
CREATE INDEX audit_entry_workspace ON audit_entry (workspace_id, number);

CREATE TABLE audit_head (
    id BIGINT NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL,
    hash BYTEA NOT NULL
);
INSERT INTO audit_head (id, number, hash) VALUES (1, 0, decode(repeat('00', 32), 'hex'));
