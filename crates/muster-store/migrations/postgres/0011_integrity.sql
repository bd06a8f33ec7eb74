-- A process id is given out again, after a reboot and in every container: the boot and the start of the process
-- tell two processes with the same id apart. None: recorded by version 0.1.0, or unknown.
ALTER TABLE run ADD COLUMN process_boot TEXT;
ALTER TABLE run ADD COLUMN process_start BIGINT;
-- Which check of the database file the run rests on; none: not checked.
ALTER TABLE run ADD COLUMN database_check TEXT;
-- How many entries the roster of the integration has, and their checksum; none: not counted yet.
ALTER TABLE integration ADD COLUMN roster_entries BIGINT;
ALTER TABLE integration ADD COLUMN roster_checksum BIGINT;
