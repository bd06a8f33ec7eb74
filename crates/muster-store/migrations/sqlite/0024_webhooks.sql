-- Receivers of events about employees. `departure_wait` is in seconds.
CREATE TABLE webhook (
    workspace_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    url TEXT NOT NULL,
    allows_internal INTEGER NOT NULL,
    departure_wait INTEGER NOT NULL,
    is_paused INTEGER NOT NULL,
    -- When the receiver said that it wants nothing any more.
    disabled_at INTEGER,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (workspace_id, id)
) STRICT, WITHOUT ROWID;

-- What happened to employees, written in the transaction in which it happened: numbers and names of fields, and no value.
CREATE TABLE webhook_event (
    workspace_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    employee_id INTEGER NOT NULL,
    run_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (workspace_id, id)
) STRICT, WITHOUT ROWID;

-- An event on its way to a receiver: waiting, delivered, dead or recalled. No next attempt: nobody has seen it yet.
CREATE TABLE webhook_delivery (
    workspace_id INTEGER NOT NULL,
    webhook_id INTEGER NOT NULL,
    event_id INTEGER NOT NULL,
    employee_id INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    created_at INTEGER,
    next_attempt_at INTEGER,
    ended_at INTEGER,
    failure TEXT,
    PRIMARY KEY (workspace_id, webhook_id, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_waiting ON webhook_delivery (workspace_id, webhook_id, employee_id, event_id) WHERE state = 'waiting';
CREATE INDEX webhook_due ON webhook_delivery (next_attempt_at) WHERE state = 'waiting';

-- The next number of a receiver or an event: one row.
CREATE TABLE webhook_number (
    id INTEGER NOT NULL PRIMARY KEY,
    next_webhook INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO webhook_number (id, next_webhook) VALUES (1, 1);
