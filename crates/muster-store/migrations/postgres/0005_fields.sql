-- Own fields keep their values under a renamed key, and their position once they are removed.

-- The key under which values, changes and plans are stored; none: the key of the definition.
ALTER TABLE own_field ADD COLUMN stored_key TEXT;
-- The keys that it had before, oldest first, as a JSON list.
ALTER TABLE own_field ADD COLUMN former_keys TEXT;
-- When it was removed and by whom; none: it is in use. Instants are microseconds since 1970 in UTC.
ALTER TABLE own_field ADD COLUMN removed_at BIGINT;
ALTER TABLE own_field ADD COLUMN removed_by TEXT;
