-- How the last run read and judged records, so that a record that created nobody can be explained; none: not kept yet.
ALTER TABLE integration ADD COLUMN rules TEXT;
