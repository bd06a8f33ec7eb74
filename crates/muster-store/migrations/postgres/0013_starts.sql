-- Starts of employees: why the start of a scheduled one is doubted, and the onboarding date of an active one that is
-- ignored because it lay ahead when it came.
CREATE TABLE start_note (
    workspace_id BIGINT NOT NULL,
    employee_id BIGINT NOT NULL,
    doubt TEXT,
    ignored_on TEXT,
    PRIMARY KEY (workspace_id, employee_id)
);
