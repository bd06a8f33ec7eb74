-- Whether the requester of a plan may not approve it.
ALTER TABLE workspace ADD COLUMN four_eyes INTEGER NOT NULL DEFAULT 0;
