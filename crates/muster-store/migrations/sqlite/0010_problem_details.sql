-- What is wrong and what to do about it as data (JSON); null in rows of 0.1.0, which have sentences.
ALTER TABLE problem ADD COLUMN detail TEXT;
ALTER TABLE problem ADD COLUMN remedy TEXT;
