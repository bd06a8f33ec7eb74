-- The second step of a sign-in. The secret that an authenticator app shares is in `secret`, of the installation; recovery codes
-- are stored as SHA-256.
CREATE TABLE account_two_step (
    user_id BIGINT NOT NULL PRIMARY KEY,
    is_active BIGINT NOT NULL,
    last_step BIGINT NOT NULL,
    failures BIGINT NOT NULL
);

CREATE TABLE account_recovery_code (
    user_id BIGINT NOT NULL,
    code BYTEA NOT NULL,
    PRIMARY KEY (user_id, code)
);
