-- Jobs: what is to run or is running. `fence` grows with every lease, and no number of a job is given out twice: whoever lost
-- a lease cannot pass for the next owner. Finished jobs are in `job_history`, so that this table stays small.
CREATE TABLE job (
    id BIGINT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    workspace_id BIGINT NOT NULL,
    -- 0: the whole workspace.
    integration_id BIGINT NOT NULL,
    slot BIGINT,
    priority BIGINT NOT NULL,
    run_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    max_attempts BIGINT NOT NULL,
    -- Host and port that the job connects to.
    host TEXT,
    dedupe_key TEXT,
    is_canceled BIGINT NOT NULL,
    lease_owner TEXT,
    lease_until BIGINT,
    fence BIGINT NOT NULL
);
CREATE UNIQUE INDEX job_running ON job (workspace_id, integration_id) WHERE lease_owner IS NOT NULL AND integration_id > 0;
CREATE UNIQUE INDEX job_dedupe ON job (dedupe_key) WHERE dedupe_key IS NOT NULL;
CREATE INDEX job_waiting ON job (priority, run_at) WHERE lease_owner IS NULL;
CREATE INDEX job_leased ON job (lease_until) WHERE lease_owner IS NOT NULL;

-- The next number of a job: one row.
CREATE TABLE job_number (
    id BIGINT NOT NULL PRIMARY KEY,
    next_job BIGINT NOT NULL
);
INSERT INTO job_number (id, next_job) VALUES (1, 1);

CREATE TABLE job_history (
    id BIGINT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    workspace_id BIGINT NOT NULL,
    integration_id BIGINT NOT NULL,
    slot BIGINT,
    created_at BIGINT NOT NULL,
    finished_at BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    lease_owner TEXT,
    result TEXT NOT NULL,
    code TEXT,
    run_id BIGINT
);
CREATE INDEX job_history_integration ON job_history (workspace_id, integration_id, finished_at);

-- When a job of a workspace was last given to a worker: workspaces take turns.
CREATE TABLE workspace_service (
    workspace_id BIGINT NOT NULL,
    served_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id)
);

-- How far the slots of a schedule are decided. No next slot: the schedule has none.
CREATE TABLE schedule (
    workspace_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    integration_id BIGINT NOT NULL,
    entries TEXT NOT NULL,
    decided_through BIGINT NOT NULL,
    next_slot BIGINT,
    PRIMARY KEY (workspace_id, kind, integration_id)
);

-- Slots that were started, skipped or missed: each at most once. A row of missed slots stands for all since `missed_from`.
CREATE TABLE slot (
    workspace_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    integration_id BIGINT NOT NULL,
    slot BIGINT NOT NULL,
    state TEXT NOT NULL,
    job_id BIGINT,
    missed BIGINT NOT NULL,
    missed_from BIGINT,
    decided_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, kind, integration_id, slot)
);

-- Integrations that do not run by their schedule because they failed repeatedly.
CREATE TABLE schedule_pause (
    workspace_id BIGINT NOT NULL,
    integration_id BIGINT NOT NULL,
    since BIGINT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (workspace_id, integration_id)
);

-- The lease under which a run works: its transaction is refused once the lease has another owner.
ALTER TABLE run ADD COLUMN job_id BIGINT;
ALTER TABLE run ADD COLUMN fence BIGINT;
