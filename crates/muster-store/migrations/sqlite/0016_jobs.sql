-- Jobs: what is to run or is running. `fence` grows with every lease, and no number of a job is given out twice: whoever lost
-- a lease cannot pass for the next owner. Finished jobs are in `job_history`, so that this table stays small.
CREATE TABLE job (
    id INTEGER NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    workspace_id INTEGER NOT NULL,
    -- 0: the whole workspace.
    integration_id INTEGER NOT NULL,
    slot INTEGER,
    priority INTEGER NOT NULL,
    run_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    max_attempts INTEGER NOT NULL,
    -- Host and port that the job connects to.
    host TEXT,
    dedupe_key TEXT,
    is_canceled INTEGER NOT NULL,
    lease_owner TEXT,
    lease_until INTEGER,
    fence INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX job_running ON job (workspace_id, integration_id) WHERE lease_owner IS NOT NULL AND integration_id > 0;
CREATE UNIQUE INDEX job_dedupe ON job (dedupe_key) WHERE dedupe_key IS NOT NULL;
CREATE INDEX job_waiting ON job (priority, run_at) WHERE lease_owner IS NULL;
CREATE INDEX job_leased ON job (lease_until) WHERE lease_owner IS NOT NULL;

-- The next number of a job: one row.
CREATE TABLE job_number (
    id INTEGER NOT NULL PRIMARY KEY,
    next_job INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO job_number (id, next_job) VALUES (1, 1);

CREATE TABLE job_history (
    id INTEGER NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    workspace_id INTEGER NOT NULL,
    integration_id INTEGER NOT NULL,
    slot INTEGER,
    created_at INTEGER NOT NULL,
    finished_at INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    lease_owner TEXT,
    result TEXT NOT NULL,
    code TEXT,
    run_id INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX job_history_integration ON job_history (workspace_id, integration_id, finished_at);

-- When a job of a workspace was last given to a worker: workspaces take turns.
CREATE TABLE workspace_service (
    workspace_id INTEGER NOT NULL,
    served_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id)
) STRICT, WITHOUT ROWID;

-- How far the slots of a schedule are decided. No next slot: the schedule has none.
CREATE TABLE schedule (
    workspace_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    integration_id INTEGER NOT NULL,
    entries TEXT NOT NULL,
    decided_through INTEGER NOT NULL,
    next_slot INTEGER,
    PRIMARY KEY (workspace_id, kind, integration_id)
) STRICT, WITHOUT ROWID;

-- Slots that were started, skipped or missed: each at most once. A row of missed slots stands for all since `missed_from`.
CREATE TABLE slot (
    workspace_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    integration_id INTEGER NOT NULL,
    slot INTEGER NOT NULL,
    state TEXT NOT NULL,
    job_id INTEGER,
    missed INTEGER NOT NULL,
    missed_from INTEGER,
    decided_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, kind, integration_id, slot)
) STRICT, WITHOUT ROWID;

-- Integrations that do not run by their schedule because they failed repeatedly.
CREATE TABLE schedule_pause (
    workspace_id INTEGER NOT NULL,
    integration_id INTEGER NOT NULL,
    since INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (workspace_id, integration_id)
) STRICT, WITHOUT ROWID;

-- The lease under which a run works: its transaction is refused once the lease has another owner.
ALTER TABLE run ADD COLUMN job_id INTEGER;
ALTER TABLE run ADD COLUMN fence INTEGER;
