-- Fields held at a value by hand. `field` is the key under which the field's values are stored; no value: held blank.
-- Instants are microseconds since 1970 in UTC; days are ISO 8601.

CREATE TABLE pin (
    workspace_id INTEGER NOT NULL,
    employee_id INTEGER NOT NULL,
    field TEXT NOT NULL,
    value TEXT,
    reason TEXT NOT NULL,
    author TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    -- The last day on which it holds.
    until_day TEXT,
    PRIMARY KEY (workspace_id, employee_id, field)
) STRICT, WITHOUT ROWID;
CREATE INDEX pin_due ON pin (workspace_id, until_day) WHERE until_day IS NOT NULL;

-- What the person who asked for a run by hand gave as the reason.
ALTER TABLE run ADD COLUMN note TEXT;
