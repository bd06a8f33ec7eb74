-- Receivers of events about employees. `departure_wait` is in seconds.
CREATE TABLE webhook (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    url TEXT NOT NULL,
    allows_internal BIGINT NOT NULL,
    departure_wait BIGINT NOT NULL,
    is_paused BIGINT NOT NULL,
    -- When the receiver said that it wants nothing any more.
    disabled_at BIGINT,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

-- What happened to employees, written in the transaction in which it happened: numbers and names of fields, and no value.
CREATE TABLE webhook_event (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    employee_id BIGINT NOT NULL,
    run_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

-- An event on its way to a receiver: waiting, delivered, dead or recalled. No next attempt: nobody has seen it yet.
CREATE TABLE webhook_delivery (
    workspace_id BIGINT NOT NULL,
    webhook_id BIGINT NOT NULL,
    event_id BIGINT NOT NULL,
    employee_id BIGINT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    created_at BIGINT,
    next_attempt_at BIGINT,
    ended_at BIGINT,
    failure TEXT,
    PRIMARY KEY (workspace_id, webhook_id, event_id)
);
CREATE INDEX webhook_waiting ON webhook_delivery (workspace_id, webhook_id, employee_id, event_id) WHERE state = 'waiting';
CREATE INDEX webhook_due ON webhook_delivery (next_attempt_at) WHERE state = 'waiting';

-- The next number of a receiver or an event: one row.
CREATE TABLE webhook_number (
    id BIGINT NOT NULL PRIMARY KEY,
    next_webhook BIGINT NOT NULL
);
INSERT INTO webhook_number (id, next_webhook) VALUES (1, 1);
