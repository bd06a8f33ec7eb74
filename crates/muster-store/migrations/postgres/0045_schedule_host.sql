-- Host and port that the jobs of a schedule connect to, also for jobs that no slot started.
ALTER TABLE schedule ADD COLUMN host TEXT;
