-- Users can be disabled; links are for one user; sessions say from which device.
ALTER TABLE account_user ADD COLUMN disabled_at BIGINT;
ALTER TABLE account_user ADD COLUMN seen_at BIGINT;
ALTER TABLE account_link ADD COLUMN user_id BIGINT;
ALTER TABLE account_session ADD COLUMN device TEXT NOT NULL DEFAULT '';
ALTER TABLE account_session ADD COLUMN client TEXT NOT NULL DEFAULT '';
