//! Fetching files: what failed. What to do about it is in `help`.

mod attempt;
mod help;

pub(crate) use help::help;

use super::{network, numbered};
use attempt::attempted;
use muster_core::model::problem::transport::{
    AlgorithmKind, Cause, Change, CopyFault, Detail, Failure, Instead, KeyFault, LoginMethod,
    NameFault, NotCleared, Offer, Received, SkipReason, Skipped,
};

pub(super) fn message(detail: &Detail) -> String {
    match detail {
        Detail::Failed(failed) => failure(failed),
        Detail::SeveralFiles { count, names } => {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            format!(
                "{count} files match: {}; all of them are read as one delivery, and the record of the newest file counts",
                names.join(", ")
            )
        }
        Detail::NoSize { file } => {
            format!("the server states no size of `{file}`, so less proves that it arrived whole")
        }
        Detail::NoTime { file } => format!(
            "the server states no modification time of `{file}`, so less proves that it arrived whole"
        ),
        Detail::TwoSizes {
            file,
            stated,
            received,
        } => format!(
            "the server states {stated} bytes of `{file}` in one way and {received} in another, which is what arrived; \
             less proves that it arrived whole"
        ),
        Detail::Skipped(skipped) => {
            format!(
                "`{}` in the folder was skipped: {}",
                skipped.name,
                skip(skipped.reason)
            )
        }
        Detail::Unencrypted { server } => format!(
            "the password and all data are sent to {server} without encryption; anyone on the way can read them"
        ),
        Detail::OtherDataHost { named, used } => {
            format!("the server named {named} for the data connection; {used} was used instead")
        }
        Detail::WithoutStrictKeyExchange { server, algorithms } => format!(
            "{server} uses {algorithms} without strict key exchange (CVE-2023-48795): a third party could remove its \
             first messages"
        ),
        Detail::NotCleared { file, cause } => {
            let why = match cause {
                NotCleared::Replaced => {
                    "it was replaced meanwhile, and the next run reads it".to_owned()
                }
                NotCleared::Failed(failed) => failure(failed),
            };
            format!("`{file}` was applied, but was not archived or deleted: {why}")
        }
    }
}

/// A failed attempt as a sentence.
pub(crate) fn failure(failure: &Failure) -> String {
    let attempted = attempted(failure.attempt, &failure.on);
    format!("could not {attempted}: {}", cause(&failure.cause))
}

fn cause(failed: &Cause) -> String {
    match failed {
        Cause::NoAnswer { seconds } => format!("there was no answer within {seconds} s"),
        Cause::System { why } => network::system(why),
        Cause::Url { why } => why.clone(),
        Cause::Forbidden(address) => network::forbidden(address),
        Cause::Connection(fault) => network::connection(fault),
        Cause::NotConnected { tried, seconds } => network::tried(tried, *seconds),
        Cause::Tls(fault) => network::tls(fault),
        Cause::TlsSetup(fault) => network::tls_setup(fault),
        Cause::NoAddress => "the name has no address".to_owned(),
        Cause::Closed { received, why } => {
            let after = received.map_or(String::new(), |it| format!(" after {}", bytes(it)));
            let why = why
                .as_ref()
                .map_or(String::new(), |why| format!(": {}", network::system(why)));
            format!("the connection was closed{after}{why}")
        }
        Cause::Incomplete { received, then } => {
            let then = then
                .as_ref()
                .map_or(String::new(), |then| format!(", then: {}", cause(then)));
            format!("got {}{then}", bytes(*received))
        }
        Cause::TooSlow { bytes, seconds } => format!(
            "only {bytes} bytes arrived within the limit of {seconds} s, which is {} bytes per second",
            bytes / (*seconds).max(1)
        ),
        Cause::WaitTooLong {
            cause: earlier,
            seconds,
        } => format!(
            "{}; that is later than the limit of {seconds} s for one run allows",
            cause(earlier)
        ),
        Cause::Copy { folder, fault } => {
            let what = match fault {
                CopyFault::Full => "is full".to_owned(),
                CopyFault::NotWritable => "is not writable".to_owned(),
                CopyFault::Missing => "does not exist".to_owned(),
                CopyFault::Other { why } => format!("failed: {why}"),
            };
            format!("the temporary folder `{folder}` of this machine {what}")
        }
        Cause::Missing => "it does not exist".to_owned(),
        Cause::ListedThenGone => "it was listed and no longer exists".to_owned(),
        Cause::ListedThenRefused { answer, account } => {
            format!("it was listed, but the server answers `{answer}` to the account `{account}`")
        }
        Cause::NoPermission => "this account has no permission".to_owned(),
        Cause::Changed(change) => format!("it changed while it was read: {}", changed(*change)),
        Cause::NotAPlainFile => "it is not a plain file".to_owned(),
        Cause::Pattern { pattern, why } => format!("`{pattern}` is not a pattern: {why}"),
        Cause::TooManyNames {
            names,
            names_limit,
            matching,
            matching_limit,
        } => format!(
            "the folder has {names} names, and {matching} of them match; the limits are {names_limit} and {matching_limit}"
        ),
        Cause::ListingTooLong { names_limit } => {
            format!("the listing is longer than {names_limit} names can be")
        }
        Cause::FileTooLarge { bytes, limit } => {
            format!("it has at least {bytes} bytes; the limit is {limit}")
        }
        Cause::Checksum {
            found,
            stated,
            file,
        } => format!("its SHA-256 is {found}, but `{file}` states {stated}"),
        Cause::NoChecksum { file } => format!("`{file}` contains no SHA-256"),
        Cause::EmptyFolder => "the folder is empty".to_owned(),
        Cause::NothingVisible { account } => format!(
            "the account `{account}` sees no name in it: it is empty, or the account may not list it"
        ),
        Cause::NoMatch {
            pattern,
            names,
            more,
        } => {
            let mut listed: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            if *more > 0 {
                listed.push(format!("{more} more"));
            }
            let verb = if names.len() == 1 { "is" } else { "are" };
            format!(
                "no name in it matches `{pattern}`; there {verb} {}",
                listed.join(", ")
            )
        }
        Cause::OnlySkipped { pattern, skipped } => {
            let skipped: Vec<String> = skipped
                .iter()
                .map(|Skipped { name, reason }| format!("`{name}`: {}", skip(*reason)))
                .collect();
            format!(
                "no plain file in it matches `{pattern}`; {}",
                skipped.join("; ")
            )
        }
        Cause::ArchiveHasFile => "the archive already has a file of this name".to_owned(),
        Cause::Name(fault) => name(*fault).to_owned(),
        Cause::Answer { answer, account } => {
            let account = account.as_ref().map_or(String::new(), |account| {
                format!(" to the account `{account}`")
            });
            format!("the server answers `{answer}`{account}")
        }
        Cause::NotFtp => "its answer is not one of FTP".to_owned(),
        Cause::ReplyTooLarge => "its answer is larger than any that is needed".to_owned(),
        Cause::LoginRefused { answer } => match answer {
            Some(answer) => format!("the login was refused: the server answers `{answer}`"),
            None => "the login was refused".to_owned(),
        },
        Cause::NoTls { answer } => {
            let answer = answer
                .as_ref()
                .map_or(String::new(), |answer| format!(" (it answers `{answer}`)"));
            format!("the server offers no TLS, which is required{answer}; no password was sent")
        }
        Cause::DataNotEncrypted { command, answer } => format!(
            "the server does not encrypt data, which is required (it answers `{answer}` to `{command}`)"
        ),
        Cause::PatternOnWeb => {
            "a web server has no listing, so a pattern cannot be used".to_owned()
        }
        Cause::ReadOnly => "a file on a web server cannot be archived or deleted".to_owned(),
        Cause::RedirectToNowhere => "the server redirects without an address".to_owned(),
        Cause::RedirectElsewhere { from, to } => {
            format!("the server at {from} redirects to {to}, which is another origin")
        }
        Cause::TooManyRedirects { origin, most } => {
            format!("the server at {origin} redirects more than {most} times")
        }
        Cause::Status {
            status,
            retry_after,
        } => {
            let when = retry_after.as_ref().map_or(String::new(), |when| {
                format!(", and asks to be tried again after `{when}`")
            });
            format!("the server answers {status}{when}")
        }
        Cause::CredentialsWanted { status } => {
            format!("the server requires credentials, and none are set: it answers {status}")
        }
        Cause::CredentialsRefused { status } => {
            format!("the user or password was refused: the server answers {status}")
        }
        Cause::AccessDenied { status } => format!(
            "access was denied, either to the file or to this machine: the server answers {status}"
        ),
        Cause::Compressed { encoding } => {
            format!("it is compressed as `{encoding}`, which was not asked for")
        }
        Cause::NotTheFile {
            kind,
            content_type,
            start,
        } => {
            let kind = match kind {
                Instead::WebPage => "a web page",
                Instead::JsonDocument => "a JSON document",
                Instead::XmlDocument => "an XML document",
                Instead::PdfDocument => "a PDF document",
                Instead::Media => "something that is not text",
            };
            let content_type = content_type
                .as_ref()
                .map_or("no type".to_owned(), |content_type| {
                    format!("the type `{content_type}`")
                });
            format!(
                "{kind} came instead of a file: the server answers 200 OK with {content_type}, and it starts with `{start}`"
            )
        }
        Cause::HostKeyUnknown { fingerprint } => {
            format!("its host key {fingerprint} has not been accepted yet; nothing was sent to it")
        }
        Cause::HostKeyChanged {
            fingerprint,
            accepted,
            since,
        } => {
            let since = since.map_or(String::new(), |since| format!(" (accepted at {since:.0})"));
            format!(
                "its host key is {fingerprint}, but the accepted one is {accepted}{since}; nothing was sent to it"
            )
        }
        Cause::CertificateInsteadOfKey => {
            "it shows a certificate instead of a host key; nothing was sent to it".to_owned()
        }
        Cause::NotSsh => "it does not answer as an SSH server does".to_owned(),
        Cause::PacketTooLarge { bytes, limit } => {
            format!("the server announces a packet of {bytes} bytes; the limit is {limit}")
        }
        Cause::NothingInCommon { missing, offers } => nothing_in_common(missing, offers),
        Cause::NoUser => "no user is set".to_owned(),
        Cause::NoCredentials => "neither a password nor a private key is set".to_owned(),
        Cause::PrivateKey(fault) => key_fault(*fault).to_owned(),
        Cause::MoreQuestions { prompt } => {
            format!("the server asks for more than a password: `{prompt}`")
        }
        Cause::EndlessQuestions => "the server does not stop asking questions".to_owned(),
        Cause::DroppedDuringLogin { refused, farewell } => {
            let before = match methods(refused) {
                refused if refused.is_empty() => String::new(),
                refused => format!("{refused}, then "),
            };
            match farewell {
                Some(text) => format!("{before}the server ended the connection with `{text}`"),
                None => format!("{before}the server dropped the connection without an answer"),
            }
        }
        Cause::MethodsRefused {
            refused,
            accepted,
            wanted,
        } => {
            let mut parts = Vec::new();
            if !accepted.is_empty() {
                parts.push(format!("{} was accepted", accepted.join(", ")));
            }
            if !refused.is_empty() {
                parts.push(methods(refused));
            }
            if parts.is_empty() {
                parts.push("no credential fits".to_owned());
            }
            let wanted = if wanted.is_empty() {
                "nothing that Muster supports".to_owned()
            } else {
                wanted.join(", ")
            };
            format!("{}; the server still requires {wanted}", parts.join(", "))
        }
        Cause::NoSftp => "the server offers no SFTP".to_owned(),
        Cause::NoChannel => "the server opens no channel".to_owned(),
        Cause::OverStatedLimit { why } => {
            format!("it is over a limit that the server states ({why})")
        }
        Cause::OddRead => "the server answers a read with no bytes or with too many".to_owned(),
    }
}

/// Why a private key cannot be read.
pub(super) fn key_fault(fault: KeyFault) -> &'static str {
    match fault {
        KeyFault::EncryptedEcInOldForm => {
            "it is an encrypted EC key in the old PEM form, which cannot be read"
        }
        KeyFault::EncryptedInOldForm => "it is encrypted in an old PEM form, which cannot be read",
        KeyFault::NoPassphrase => "it is encrypted, and no passphrase is set",
        KeyFault::WrongPassphrase => "the passphrase does not open it",
        KeyFault::PublicKey => "it is a public key",
        KeyFault::DsaKey => "it is a DSA key, which is no longer safe",
        KeyFault::NotAKey => {
            "it is not a private key in OpenSSH, PEM or PuTTY form, or it is damaged"
        }
    }
}

fn bytes(received: Received) -> String {
    match received.of {
        Some(of) => format!("{} of {of} bytes", received.bytes),
        None => numbered(received.bytes, "byte", "bytes"),
    }
}

fn changed(change: Change) -> String {
    match change {
        Change::NoLongerPlain => "it is no longer a plain file".to_owned(),
        Change::Size { before, now } => {
            let size = |bytes: Option<u64>| {
                bytes.map_or("an unknown size".to_owned(), |bytes| {
                    numbered(bytes, "byte", "bytes")
                })
            };
            format!("{} before, {} now", size(before), size(now))
        }
        Change::Time { before, now } => {
            let time = |time: Option<jiff::Timestamp>| {
                time.map_or("an unknown time".to_owned(), |time| time.to_string())
            };
            format!(
                "its modification time changed from {} to {}, with the same size",
                time(before),
                time(now)
            )
        }
    }
}

fn skip(reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::Name(fault) => name(fault),
        SkipReason::Folder => "it is a folder",
        SkipReason::Link => "it is a symbolic link",
        SkipReason::Special => "it is a pipe or a device",
    }
}

fn name(fault: NameFault) -> &'static str {
    match fault {
        NameFault::Empty => "the name is empty",
        NameFault::TooLong => "the name is longer than 255 bytes",
        NameFault::NotUtf8 => "the name is not UTF-8",
        NameFault::ControlCharacters => "the name contains control characters",
        NameFault::Path => "the name is a path, not a file name",
    }
}

fn methods(refused: &[LoginMethod]) -> String {
    let name = |method: &LoginMethod| match method {
        LoginMethod::PrivateKey => "the private key was refused",
        LoginMethod::Password => "the password was refused",
    };
    refused.iter().map(name).collect::<Vec<_>>().join(", ")
}

fn nothing_in_common(missing: &[AlgorithmKind], offers: &[Offer]) -> String {
    let name = |kind: &AlgorithmKind| match kind {
        AlgorithmKind::KeyExchange => "key exchange",
        AlgorithmKind::HostKey => "host key",
        AlgorithmKind::Cipher => "cipher",
        AlgorithmKind::Mac => "MAC",
    };
    let missing = if missing.is_empty() {
        "algorithm that fits the others".to_owned()
    } else {
        missing.iter().map(name).collect::<Vec<_>>().join(", no ")
    };
    let offers: Vec<String> = offers
        .iter()
        .map(|offer| {
            let theirs = if offer.theirs.is_empty() {
                "nothing".to_owned()
            } else {
                offer.theirs.join(", ")
            };
            format!(
                "{}: the server offers {theirs}, Muster supports {}",
                name(&offer.kind),
                offer.ours.join(", ")
            )
        })
        .collect();
    format!("no {missing} in common; {}", offers.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_core::model::problem::transport::{Attempt, Target};

    #[test]
    fn failure_says_what_was_attempted_on_what_and_why() {
        let failed = Failure {
            attempt: Attempt::Read,
            on: Target::Path {
                path: "a.csv".to_owned(),
                server: "h.example:21".to_owned(),
            },
            cause: Cause::Closed {
                received: Some(Received {
                    bytes: 9,
                    of: Some(23),
                }),
                why: None,
            },
        };
        assert_eq!(
            failure(&failed),
            "could not read `a.csv` on h.example:21: the connection was closed after 9 of 23 bytes"
        );
        let failed = Failure {
            attempt: Attempt::LogIn,
            on: Target::Account {
                user: "ann".to_owned(),
                server: "h.example:22".to_owned(),
            },
            cause: Cause::DroppedDuringLogin {
                refused: vec![LoginMethod::PrivateKey],
                farewell: None,
            },
        };
        assert_eq!(
            failure(&failed),
            "could not log in as `ann` at h.example:22: the private key was refused, then the server dropped the \
             connection without an answer"
        );
    }
}
