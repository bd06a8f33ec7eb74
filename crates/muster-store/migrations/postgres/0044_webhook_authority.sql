-- A certificate authority (PEM) that a receiver's server is checked with, besides those of the machine.
ALTER TABLE webhook ADD COLUMN ca_certificate TEXT;
