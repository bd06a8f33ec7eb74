-- Who paused a schedule and why; none: it was paused because its runs failed.
ALTER TABLE schedule_pause ADD COLUMN paused_by TEXT;
ALTER TABLE schedule_pause ADD COLUMN note TEXT;
