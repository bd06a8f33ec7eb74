//! Mails to users of the admin pages.

use crate::show::moment;
use jiff::Timestamp;

/// Subject and body of the mail with a password link.
pub(crate) fn password_link(link: &str, expires: Timestamp) -> (String, String) {
    let body = format!(
        "A new password was requested for your account.\n\nChoose it here, until {}:\n{link}\n\n\
         The link works once. If you did not request it, ignore this message: your password is unchanged.\n",
        moment(expires)
    );
    ("[Muster] Choose a new password".to_owned(), body)
}
