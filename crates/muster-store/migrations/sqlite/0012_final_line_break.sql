-- Whether a file ended with a line break: one that does not, unlike the last one, was probably cut off.
-- Null where that is not known.
ALTER TABLE run_file ADD COLUMN final_line_break INTEGER;
