-- The directory of every workspace. Instants are microseconds since 1970 in UTC; days are ISO 8601.
-- Every key begins with the workspace, so that the schema can be distributed by workspace.
-- SQLite's strict tables write INTEGER for BIGINT.

CREATE TABLE workspace (
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    settings TEXT NOT NULL,
    fingerprint_key BLOB NOT NULL,
    revision INTEGER NOT NULL,
    people INTEGER NOT NULL,
    employed INTEGER NOT NULL,
    next_employee INTEGER NOT NULL,
    next_run INTEGER NOT NULL,
    next_integration INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE workspace_group (
    workspace_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (workspace_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE own_field (
    workspace_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    definition TEXT NOT NULL,
    PRIMARY KEY (workspace_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE integration (
    workspace_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    last_good_run INTEGER,
    last_good_records INTEGER,
    last_good_setup TEXT,
    last_good_fills TEXT,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, name)
) STRICT, WITHOUT ROWID;

-- Who was created, when and from where stands in the row itself: a new person has no other history.
CREATE TABLE employee (
    workspace_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    status TEXT NOT NULL,
    integration_id INTEGER,
    protected INTEGER NOT NULL,
    created_run INTEGER NOT NULL,
    created_file INTEGER,
    created_line INTEGER,
    external_id TEXT,
    email TEXT,
    private_email TEXT,
    first_name TEXT,
    last_name TEXT,
    prefix TEXT,
    onboarding_date TEXT,
    offboarding_date TEXT,
    probation_end_date TEXT,
    birthday TEXT,
    work_anniversary TEXT,
    marriage_date TEXT,
    language TEXT,
    group_name TEXT,
    title TEXT,
    job_function TEXT,
    department TEXT,
    location TEXT,
    payroll_id TEXT,
    employment_type TEXT,
    phone TEXT,
    country TEXT,
    manager_external_id TEXT,
    own TEXT,
    -- The day on which the person must be looked at although no record speaks of them.
    due_on TEXT GENERATED ALWAYS AS
        (CASE status WHEN 'scheduled' THEN onboarding_date WHEN 'active' THEN offboarding_date END) VIRTUAL,
    PRIMARY KEY (workspace_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX employee_due ON employee (workspace_id, due_on) WHERE due_on IS NOT NULL;

CREATE TABLE roster (
    workspace_id INTEGER NOT NULL,
    integration_id INTEGER NOT NULL,
    employee_id INTEGER NOT NULL,
    fingerprint BLOB,
    missed INTEGER NOT NULL,
    employed INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, integration_id, employee_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE change (
    workspace_id INTEGER NOT NULL,
    employee_id INTEGER NOT NULL,
    run_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    changes TEXT NOT NULL,
    file INTEGER,
    line INTEGER,
    approved_by TEXT,
    PRIMARY KEY (workspace_id, employee_id, run_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX change_by_run ON change (workspace_id, run_id);

CREATE TABLE run (
    workspace_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    integration_id INTEGER,
    status TEXT NOT NULL,
    process INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    partial TEXT,
    counts TEXT NOT NULL,
    problem_counts TEXT NOT NULL,
    plan_hash TEXT,
    error TEXT,
    actor TEXT,
    of_run INTEGER,
    -- The people created are those with these consecutive ids.
    first_created INTEGER,
    created INTEGER NOT NULL,
    removed INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_running ON run (workspace_id) WHERE status = 'running';
CREATE INDEX run_removed ON run (workspace_id, started_at) WHERE removed > 0;

CREATE TABLE run_file (
    workspace_id INTEGER NOT NULL,
    run_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    modified_at INTEGER,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (workspace_id, run_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE problem (
    workspace_id INTEGER NOT NULL,
    run_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    code TEXT NOT NULL,
    severity TEXT NOT NULL,
    file INTEGER,
    line INTEGER,
    field TEXT,
    value TEXT,
    subject TEXT,
    message TEXT NOT NULL,
    advice TEXT NOT NULL,
    PRIMARY KEY (workspace_id, run_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX problem_subject ON problem (workspace_id, subject) WHERE subject IS NOT NULL;

CREATE TABLE plan (
    workspace_id INTEGER NOT NULL,
    run_id INTEGER NOT NULL,
    hash TEXT NOT NULL,
    status TEXT NOT NULL,
    integration_id INTEGER,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    decided_at INTEGER,
    decided_by TEXT,
    findings TEXT NOT NULL,
    setup TEXT NOT NULL,
    records INTEGER NOT NULL,
    fills TEXT NOT NULL,
    new_groups TEXT NOT NULL,
    PRIMARY KEY (workspace_id, run_id)
) STRICT, WITHOUT ROWID;

-- For a create, `payload` has the values by field key; for the rest, the changes.
CREATE TABLE operation (
    workspace_id INTEGER NOT NULL,
    run_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    employee_id INTEGER,
    revision INTEGER NOT NULL,
    reason TEXT NOT NULL,
    held TEXT,
    file INTEGER,
    line INTEGER,
    who TEXT NOT NULL,
    payload TEXT NOT NULL,
    fingerprint BLOB,
    takes_ownership INTEGER NOT NULL,
    status TEXT,
    decision TEXT NOT NULL,
    PRIMARY KEY (workspace_id, run_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX operation_employee ON operation (workspace_id, employee_id) WHERE employee_id IS NOT NULL;

CREATE TABLE host_key (
    workspace_id INTEGER NOT NULL,
    host TEXT NOT NULL,
    port INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    accepted_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, host, port)
) STRICT, WITHOUT ROWID;
