-- The second step of a sign-in. The secret that an authenticator app shares is in `secret`, of the installation; recovery codes
-- are stored as SHA-256.
CREATE TABLE account_two_step (
    user_id INTEGER NOT NULL PRIMARY KEY,
    is_active INTEGER NOT NULL,
    last_step INTEGER NOT NULL,
    failures INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE account_recovery_code (
    user_id INTEGER NOT NULL,
    code BLOB NOT NULL,
    PRIMARY KEY (user_id, code)
) STRICT, WITHOUT ROWID;
