-- The directory of every workspace. Instants are microseconds since 1970 in UTC; days are ISO 8601.
-- Every key begins with the workspace, so that the schema can be distributed by workspace.
-- What is put in order or compared in any case has the collation "C": bytes in order and ASCII letters alone
-- folded, whatever the locale of the server, as in the SQLite twin.

CREATE TABLE workspace (
    id BIGINT NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    settings TEXT NOT NULL,
    fingerprint_key BYTEA NOT NULL,
    revision BIGINT NOT NULL,
    people BIGINT NOT NULL,
    employed BIGINT NOT NULL,
    next_employee BIGINT NOT NULL,
    next_run BIGINT NOT NULL,
    next_integration BIGINT NOT NULL
);

CREATE TABLE workspace_group (
    workspace_id BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, name)
);

CREATE TABLE own_field (
    workspace_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    definition TEXT NOT NULL,
    PRIMARY KEY (workspace_id, position)
);

CREATE TABLE integration (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    name TEXT NOT NULL,
    last_good_run BIGINT,
    last_good_records BIGINT,
    last_good_setup TEXT,
    last_good_fills TEXT,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, name)
);

-- Who was created, when and from where stands in the row itself: a new person has no other history.
CREATE TABLE employee (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    status TEXT NOT NULL,
    integration_id BIGINT,
    protected BIGINT NOT NULL,
    created_run BIGINT NOT NULL,
    created_file BIGINT,
    created_line BIGINT,
    external_id TEXT,
    email TEXT COLLATE "C",
    private_email TEXT,
    first_name TEXT COLLATE "C",
    last_name TEXT COLLATE "C",
    prefix TEXT COLLATE "C",
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
    due_on TEXT COLLATE "C" GENERATED ALWAYS AS
        (CASE status WHEN 'scheduled' THEN onboarding_date WHEN 'active' THEN offboarding_date END) STORED,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX employee_due ON employee (workspace_id, due_on) WHERE due_on IS NOT NULL;

CREATE TABLE roster (
    workspace_id BIGINT NOT NULL,
    integration_id BIGINT NOT NULL,
    employee_id BIGINT NOT NULL,
    fingerprint BYTEA,
    missed BIGINT NOT NULL,
    employed BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, integration_id, employee_id)
);

CREATE TABLE change (
    workspace_id BIGINT NOT NULL,
    employee_id BIGINT NOT NULL,
    run_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    changes TEXT NOT NULL,
    file BIGINT,
    line BIGINT,
    approved_by TEXT,
    PRIMARY KEY (workspace_id, employee_id, run_id, number)
);
CREATE INDEX change_by_run ON change (workspace_id, run_id);

CREATE TABLE run (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    integration_id BIGINT,
    status TEXT NOT NULL,
    process BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    partial TEXT,
    counts TEXT NOT NULL,
    problem_counts TEXT NOT NULL,
    plan_hash TEXT,
    error TEXT,
    actor TEXT,
    of_run BIGINT,
    -- The people created are those with these consecutive ids.
    first_created BIGINT,
    created BIGINT NOT NULL,
    removed BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX run_running ON run (workspace_id) WHERE status = 'running';
CREATE INDEX run_removed ON run (workspace_id, started_at) WHERE removed > 0;

CREATE TABLE run_file (
    workspace_id BIGINT NOT NULL,
    run_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    modified_at BIGINT,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (workspace_id, run_id, position)
);

CREATE TABLE problem (
    workspace_id BIGINT NOT NULL,
    run_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    code TEXT NOT NULL,
    severity TEXT NOT NULL,
    file BIGINT,
    line BIGINT,
    field TEXT,
    value TEXT,
    subject TEXT,
    message TEXT NOT NULL,
    advice TEXT NOT NULL,
    PRIMARY KEY (workspace_id, run_id, number)
);
CREATE INDEX problem_subject ON problem (workspace_id, subject) WHERE subject IS NOT NULL;

CREATE TABLE plan (
    workspace_id BIGINT NOT NULL,
    run_id BIGINT NOT NULL,
    hash TEXT NOT NULL,
    status TEXT NOT NULL,
    integration_id BIGINT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    decided_at BIGINT,
    decided_by TEXT,
    findings TEXT NOT NULL,
    setup TEXT NOT NULL,
    records BIGINT NOT NULL,
    fills TEXT NOT NULL,
    new_groups TEXT NOT NULL,
    PRIMARY KEY (workspace_id, run_id)
);

-- For a create, `payload` has the values by field key; for the rest, the changes.
CREATE TABLE operation (
    workspace_id BIGINT NOT NULL,
    run_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    kind TEXT NOT NULL,
    employee_id BIGINT,
    revision BIGINT NOT NULL,
    reason TEXT NOT NULL,
    held TEXT,
    file BIGINT,
    line BIGINT,
    who TEXT NOT NULL,
    payload TEXT NOT NULL,
    fingerprint BYTEA,
    takes_ownership BIGINT NOT NULL,
    status TEXT,
    decision TEXT NOT NULL,
    PRIMARY KEY (workspace_id, run_id, number)
);
CREATE INDEX operation_employee ON operation (workspace_id, employee_id) WHERE employee_id IS NOT NULL;

CREATE TABLE host_key (
    workspace_id BIGINT NOT NULL,
    host TEXT NOT NULL,
    port BIGINT NOT NULL,
    fingerprint TEXT NOT NULL,
    accepted_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, host, port)
);
