//! Whether the credentials that a server asks for are in the file at all: what they are is known only when it is read.

use super::{ConfigProblem, IntegrationFile, check::Checker};
use muster_connectors::transport::Scheme;

impl Checker<'_> {
    /// Notes credentials without which a login is impossible. FTP without a user logs in as `anonymous`, and HTTPS sends
    /// nothing.
    pub(super) fn credentials(&mut self, file: &IntegrationFile) {
        if file.system.is_some() {
            return;
        }
        let secrets = &file.secrets;
        let has_secret = secrets.password.is_some() || secrets.private_key.is_some();
        let scheme = file.source.location.scheme;
        let has_server = scheme != Scheme::File;
        if secrets.user.is_none() && (scheme == Scheme::Sftp || (has_server && has_secret)) {
            self.note(ConfigProblem::new(
                "credentials.user",
                "no user is set",
                "set `user = \"NAME\"` under [credentials]",
            ));
        }
        if has_secret || !has_server || (scheme != Scheme::Sftp && secrets.user.is_none()) {
            return;
        }
        let (message, advice) = match scheme {
            Scheme::Sftp => (
                "neither a password nor a private key is set",
                "set `password = { env = \"NAME\" }` or `private_key = { file = \"path\" }` under [credentials]",
            ),
            _ => (
                "the user has no password",
                "set `password = { env = \"NAME\" }` or `password = { file = \"path\" }` under [credentials]",
            ),
        };
        self.note(ConfigProblem::new("credentials.password", message, advice));
    }
}
