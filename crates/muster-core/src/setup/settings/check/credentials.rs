//! Whether the credentials that a server asks for are set at all: what they are is known only when they are read.

use super::{super::checked::FileSettings, Checker, SettingIssue};
use crate::setup::source::Scheme;

impl Checker<'_> {
    /// Notes credentials without which a login is impossible. FTP without a user logs in as `anonymous`, and HTTPS sends
    /// nothing.
    pub(super) fn credentials(&mut self, files: &FileSettings) {
        let secrets = &files.credentials;
        let has_secret = secrets.password.is_some() || secrets.private_key.is_some();
        let scheme = files.location.scheme;
        let has_server = scheme != Scheme::File;
        if secrets.user.is_none() && (scheme == Scheme::Sftp || (has_server && has_secret)) {
            self.problem("credentials.user", SettingIssue::NoUser);
        }
        if has_secret || !has_server || (scheme != Scheme::Sftp && secrets.user.is_none()) {
            return;
        }
        let issue = match scheme {
            Scheme::Sftp => SettingIssue::NoPasswordOrKey,
            _ => SettingIssue::NoPassword,
        };
        self.problem("credentials.password", issue);
    }
}
