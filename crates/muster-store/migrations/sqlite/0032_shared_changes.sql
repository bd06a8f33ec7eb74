-- What an operation has in common with others of its plan: the same change, or a change of the same field.
ALTER TABLE operation ADD COLUMN shared_change TEXT;
