-- The ledger of budgets. Days are ISO 8601, amounts are decimals as text. Rows are never deleted: a grant that was
-- replaced before it began is cancelled, and one whose person was erased loses the person and its story.

CREATE TABLE budget_grant (
    workspace_id BIGINT NOT NULL,
    -- 0: the person was erased.
    employee_id BIGINT NOT NULL,
    -- From 1 for each person.
    number BIGINT NOT NULL,
    kind TEXT NOT NULL,
    category TEXT NOT NULL,
    amount TEXT NOT NULL,
    currency TEXT NOT NULL,
    starts TEXT NOT NULL,
    -- The last day; none: it goes on. A one-off ends on the day it starts.
    ends TEXT,
    cancelled BIGINT NOT NULL,
    steps TEXT NOT NULL,
    PRIMARY KEY (workspace_id, employee_id, number)
);
-- One that goes on for each person and category, whatever a program does.
CREATE UNIQUE INDEX budget_grant_open ON budget_grant (workspace_id, employee_id, category)
    WHERE kind = 'monthly' AND cancelled = 0 AND ends IS NULL;

-- What was last acted on of a one-off field, and what waits for a person to come back.
CREATE TABLE budget_seen (
    workspace_id BIGINT NOT NULL,
    employee_id BIGINT NOT NULL,
    category TEXT NOT NULL,
    value TEXT,
    waits TEXT,
    PRIMARY KEY (workspace_id, employee_id, category)
);
