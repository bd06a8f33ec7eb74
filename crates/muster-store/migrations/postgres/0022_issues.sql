-- Issues: states that a person should know of. Workspace 0 is the installation, integration 0 the whole workspace.
-- `detail` is JSON with counts, dates and names of settings and columns, and no value of an employee.
CREATE TABLE issue (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    integration_id BIGINT NOT NULL,
    subject TEXT NOT NULL,
    level TEXT NOT NULL,
    detail TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    resolved_at BIGINT,
    snoozed_until BIGINT,
    snoozed_by TEXT,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX issue_open ON issue (workspace_id, kind, integration_id, subject) WHERE resolved_at IS NULL;
CREATE INDEX issue_resolved ON issue (resolved_at) WHERE resolved_at IS NOT NULL;

-- What happened to each issue.
CREATE TABLE issue_event (
    workspace_id BIGINT NOT NULL,
    issue_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    event TEXT NOT NULL,
    level TEXT NOT NULL,
    detail TEXT NOT NULL,
    happened_at BIGINT NOT NULL,
    happened_by TEXT,
    PRIMARY KEY (workspace_id, issue_id, number)
);

-- The next number of an issue: one row.
CREATE TABLE issue_number (
    id BIGINT NOT NULL PRIMARY KEY,
    next_issue BIGINT NOT NULL
);
INSERT INTO issue_number (id, next_issue) VALUES (1, 1);

-- When new deliveries of an integration arrived, and which columns they had: JSON.
CREATE TABLE delivery_state (
    workspace_id BIGINT NOT NULL,
    integration_id BIGINT NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (workspace_id, integration_id)
);

CREATE INDEX run_integration ON run (workspace_id, integration_id, id) WHERE integration_id IS NOT NULL;
