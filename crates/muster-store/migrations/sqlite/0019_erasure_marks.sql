-- The keyed hashes of the ids and addresses of an erased employee, one after another: with them the employee is found in an
-- older backup. None: the erasure is older than this column, and its hashes are those of the tombstones.
ALTER TABLE erasure ADD COLUMN marks BLOB;
