-- The employments of a person are one canonical JSON text; the company is that of the primary one.
ALTER TABLE employee ADD COLUMN company TEXT;
ALTER TABLE employee ADD COLUMN employments TEXT;

CREATE TABLE company (
    workspace_id INTEGER NOT NULL,
    external_id TEXT NOT NULL,
    short_name TEXT NOT NULL,
    full_name TEXT,
    valid_from TEXT,
    valid_until TEXT,
    PRIMARY KEY (workspace_id, external_id)
) STRICT, WITHOUT ROWID;
