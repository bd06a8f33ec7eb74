-- Decisions of people on plans, which jobs carry out: what was chosen and by whom, and why it could not be applied.
ALTER TABLE job ADD COLUMN plan_run_id INTEGER;
ALTER TABLE job ADD COLUMN decision TEXT;
ALTER TABLE job_history ADD COLUMN plan_run_id INTEGER;
ALTER TABLE job_history ADD COLUMN decision TEXT;
ALTER TABLE job_history ADD COLUMN problem TEXT;
CREATE INDEX job_history_plan ON job_history (workspace_id, plan_run_id) WHERE plan_run_id IS NOT NULL;
