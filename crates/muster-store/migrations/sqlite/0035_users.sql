-- Users can be disabled; links are for one user; sessions say from which device.
ALTER TABLE account_user ADD COLUMN disabled_at INTEGER;
ALTER TABLE account_user ADD COLUMN seen_at INTEGER;
ALTER TABLE account_link ADD COLUMN user_id INTEGER;
ALTER TABLE account_session ADD COLUMN device TEXT NOT NULL DEFAULT '';
ALTER TABLE account_session ADD COLUMN client TEXT NOT NULL DEFAULT '';
