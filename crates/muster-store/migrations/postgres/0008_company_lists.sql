-- Which list has which company: the integration file, or what the source said last. `listed` is 0 once the list has
-- it no more; the row stays, so that a company that was never listed is not taken for one that was dropped.
CREATE TABLE company_listing (
    workspace_id BIGINT NOT NULL,
    integration TEXT NOT NULL,
    origin TEXT NOT NULL,
    company TEXT NOT NULL,
    listed BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, integration, origin, company)
);

-- Which run gave which company another last day.
CREATE TABLE company_end (
    workspace_id BIGINT NOT NULL,
    run_id BIGINT NOT NULL,
    company TEXT NOT NULL,
    old TEXT,
    new TEXT,
    PRIMARY KEY (workspace_id, run_id, company)
);

ALTER TABLE plan ADD COLUMN company_ends TEXT;
