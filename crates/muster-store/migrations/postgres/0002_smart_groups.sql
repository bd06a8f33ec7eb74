-- Smart groups: their rules, who belongs to them, and who joined and left, when and why.
-- Every key begins with the workspace. Days are ISO 8601.

CREATE TABLE smart_group (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    name TEXT NOT NULL,
    definition TEXT NOT NULL,
    depends_on_today BIGINT NOT NULL,
    -- The day on which everybody was last looked at.
    evaluated_on TEXT NOT NULL,
    saved_run BIGINT NOT NULL,
    removed_run BIGINT,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX smart_group_name ON smart_group (workspace_id, name) WHERE removed_run IS NULL;

CREATE TABLE smart_group_member (
    workspace_id BIGINT NOT NULL,
    group_id BIGINT NOT NULL,
    employee_id BIGINT NOT NULL,
    since_run BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, group_id, employee_id)
);
CREATE INDEX smart_group_member_employee ON smart_group_member (workspace_id, employee_id);

-- No values stand here, only which fields changed.
CREATE TABLE smart_group_change (
    workspace_id BIGINT NOT NULL,
    employee_id BIGINT NOT NULL,
    group_id BIGINT NOT NULL,
    run_id BIGINT NOT NULL,
    joined BIGINT NOT NULL,
    reason TEXT NOT NULL,
    fields TEXT,
    PRIMARY KEY (workspace_id, employee_id, group_id, run_id, joined)
);
CREATE INDEX smart_group_change_group ON smart_group_change (workspace_id, group_id, run_id);
