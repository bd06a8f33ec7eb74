//! The second step of a sign-in: a code of an authenticator app, or a recovery code that works once. The secret that both sides
//! share is encrypted, and of recovery codes only hashes are stored. Which code is right is not decided here.

use crate::{
    accounts::{
        link::AccountLink,
        session::TokenHash,
        user::{USER, User, subject, user},
    },
    audit::chain::{By, Entry, append},
    db::{
        connection::Store,
        dialect,
        error::{DbError, StoreError},
        sql::{Connection, OptionalRow},
    },
    secrets::secret,
};
use jiff::Timestamp;
use muster_core::model::{
    audit::Act,
    ids::{UserId, WorkspaceId},
};
use zeroize::Zeroizing;

/// The kind of the link that stands for a sign-in whose password was right.
const SECOND_STEP: &str = "second_step";

/// After so many wrong codes in a row, only a recovery code is accepted: six digits can be guessed.
const MAX_FAILURES: i64 = 20;

/// How a user confirms a sign-in.
pub struct TwoStep {
    /// False: the app is being set up, and its first code is still to come.
    pub is_active: bool,
    /// Whether only a recovery code is accepted.
    pub is_locked: bool,
    pub secret: Zeroizing<Vec<u8>>,
    pub recovery_codes: u32,
}

impl Store {
    /// Stores the secret of an app that is being set up. False: the user has one that is active.
    pub fn prepare_two_step(&self, user: UserId, secret: &[u8]) -> Result<bool, StoreError> {
        let keyring = self.keyring()?;
        self.write("prepare the two-step sign-in", |connection| {
            let prepared = connection.execute(
                "INSERT INTO account_two_step (user_id, is_active, last_step, failures) VALUES (?1, 0, 0, 0) \
                 ON CONFLICT (user_id) DO UPDATE SET failures = 0 WHERE account_two_step.is_active = 0",
                [user.0],
            )?;
            if prepared == 0 {
                return Ok(false);
            }
            secret::put(connection, keyring, WorkspaceId::ALL, &name(user), secret)?;
            Ok(true)
        })
    }

    /// How a user confirms a sign-in; none: with the password alone.
    pub fn two_step(&self, user: UserId) -> Result<Option<TwoStep>, StoreError> {
        let found: Option<(i64, i64, i64)> =
            self.read("read the two-step sign-in", |connection| {
                connection
                    .prepare_cached(
                        "SELECT is_active, failures, (SELECT count(*) FROM account_recovery_code \
                         WHERE user_id = ?1) AS codes FROM account_two_step WHERE user_id = ?1",
                    )?
                    .query_row([user.0], |row| {
                        Ok((
                            row.get("is_active")?,
                            row.get("failures")?,
                            row.get("codes")?,
                        ))
                    })
                    .optional()
            })?;
        let Some((is_active, failures, codes)) = found else {
            return Ok(None);
        };
        let secret = self.secret(WorkspaceId::ALL, &name(user))?;
        Ok(secret.map(|secret| TwoStep {
            is_active: is_active != 0,
            is_locked: failures >= MAX_FAILURES,
            secret: secret.bytes,
            recovery_codes: u32::try_from(codes).unwrap_or(u32::MAX),
        }))
    }

    /// Whether a user confirms a sign-in with a code.
    pub fn has_two_step(&self, user: UserId) -> Result<bool, StoreError> {
        self.read("look for the two-step sign-in", |connection| {
            connection.scalar(
                "SELECT EXISTS (SELECT 1 FROM account_two_step WHERE user_id = ?1 AND is_active = 1)",
                [user.0],
            )
        })
    }

    /// Requires a code from now on, and ends all sessions but one. False: no app is being set up.
    pub fn activate_two_step(
        &self,
        user: UserId,
        step: i64,
        recovery_codes: &[TokenHash],
        session: &TokenHash,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write_shared("activate the two-step sign-in", |connection| {
            let activated = connection.execute(
                "UPDATE account_two_step SET is_active = 1, last_step = ?2 WHERE user_id = ?1 AND is_active = 0",
                (user.0, step),
            )?;
            if activated == 0 {
                return Ok(false);
            }
            for code in recovery_codes {
                connection.execute(
                    "INSERT INTO account_recovery_code (user_id, code) VALUES (?1, ?2)",
                    (user.0, code.as_slice()),
                )?;
            }
            connection.execute(
                "DELETE FROM account_session WHERE user_id = ?1 AND token <> ?2",
                (user.0, session.as_slice()),
            )?;
            let entry = Entry::new(Act::TwoStepActivated, user, subject(user), now);
            append(connection, entry)?;
            Ok(true)
        })
    }

    /// Requires the password alone from now on. False: nothing else was required.
    pub fn remove_two_step(
        &self,
        user: UserId,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write("remove the two-step sign-in", |connection| {
            connection.execute_batch(dialect::OVERWRITE)?;
            let was_active: Option<i64> = connection
                .prepare_cached(
                    "DELETE FROM account_two_step WHERE user_id = ?1 RETURNING is_active",
                )?
                .scalar([user.0])
                .optional()?;
            connection.execute(
                "DELETE FROM account_recovery_code WHERE user_id = ?1",
                [user.0],
            )?;
            connection.execute(
                "DELETE FROM secret WHERE workspace_id = ?1 AND name = ?2",
                (WorkspaceId::ALL.0, name(user)),
            )?;
            if was_active != Some(1) {
                return Ok(false);
            }
            let entry = Entry::new(Act::TwoStepRemoved, by, subject(user), now);
            append(connection, entry)?;
            Ok(true)
        })
    }

    /// Stores that the password of a user was right and a code is still to come.
    pub fn begin_second_step(
        &self,
        user: UserId,
        link: &AccountLink,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write_shared("begin the second step", |connection| {
            connection.execute(
                "DELETE FROM account_link WHERE kind = ?1 AND expires_at <= ?2",
                (SECOND_STEP, now.as_microsecond()),
            )?;
            connection.execute(
                "INSERT INTO account_link (token, kind, expires_at, user_id) VALUES (?1, ?2, ?3, ?4)",
                (
                    link.token.as_slice(),
                    SECOND_STEP,
                    link.expires.as_microsecond(),
                    user.0,
                ),
            )?;
            Ok(())
        })
    }

    /// The user whose code is awaited; none: the sign-in is over or expired.
    pub fn second_step_user(
        &self,
        token: &TokenHash,
        now: Timestamp,
    ) -> Result<Option<User>, StoreError> {
        self.read("look the second step up", |connection| {
            awaited(connection, token, now)
        })
    }

    /// Ends the second step with the code of a time step. False: the code, or a later one, was used already, or only a recovery
    /// code is accepted.
    pub fn accept_code(
        &self,
        token: &TokenHash,
        step: i64,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write_shared("accept the code", |connection| {
            let Some(user) = awaited(connection, token, now)? else {
                return Ok(false);
            };
            let accepted = connection.execute(
                "UPDATE account_two_step SET last_step = ?2, failures = 0 \
                 WHERE user_id = ?1 AND is_active = 1 AND last_step < ?2 AND failures < ?3",
                (user.id.0, step, MAX_FAILURES),
            )?;
            if accepted > 0 {
                end(connection, token)?;
            }
            Ok(accepted > 0)
        })
    }

    /// Ends the second step with a recovery code, which then works no more. False: there is no such code.
    pub fn accept_recovery_code(
        &self,
        token: &TokenHash,
        code: &TokenHash,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write_shared("accept the recovery code", |connection| {
            let Some(user) = awaited(connection, token, now)? else {
                return Ok(false);
            };
            let accepted = connection.execute(
                "DELETE FROM account_recovery_code WHERE user_id = ?1 AND code = ?2",
                (user.id.0, code.as_slice()),
            )?;
            if accepted == 0 {
                return Ok(false);
            }
            connection.execute(
                "UPDATE account_two_step SET failures = 0 WHERE user_id = ?1",
                [user.id.0],
            )?;
            end(connection, token)?;
            let entry = Entry::new(Act::RecoveryCodeUsed, user.id, subject(user.id), now);
            append(connection, entry)?;
            Ok(true)
        })
    }

    /// Counts a wrong code, and records the refused sign-in.
    pub fn refuse_code(
        &self,
        user: UserId,
        client: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write_shared("refuse the code", |connection| {
            connection.execute(
                "UPDATE account_two_step SET failures = failures + 1 WHERE user_id = ?1",
                [user.0],
            )?;
            let entry = Entry::new(Act::SignInRefused, By::Unknown, subject(user), now);
            append(connection, entry.with_client(client))
        })
    }
}

/// The name of the secret that the app of a user shares.
fn name(user: UserId) -> String {
    format!("two-step of user {user}")
}

fn awaited(
    connection: &Connection,
    token: &TokenHash,
    now: Timestamp,
) -> Result<Option<User>, DbError> {
    let text = format!(
        "SELECT {USER} FROM account_link JOIN account_user ON account_user.id = account_link.user_id \
         WHERE token = ?1 AND kind = ?2 AND expires_at > ?3 AND disabled_at IS NULL"
    );
    let key = (token.as_slice(), SECOND_STEP, now.as_microsecond());
    connection.query_row(&text, key, user).optional()
}

fn end(connection: &Connection, token: &TokenHash) -> Result<(), DbError> {
    connection.execute(
        "DELETE FROM account_link WHERE token = ?1",
        [token.as_slice()],
    )?;
    Ok(())
}
