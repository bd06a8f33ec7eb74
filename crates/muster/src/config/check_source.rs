//! Where files come from and how they are written: [source] and [credentials] of an integration file.

use super::{
    ConfigProblem, SecretReferences,
    check::Checker,
    check_connector::known_connectors,
    raw::{RawFile, RawSecret, RawSource, Short},
    secret::SecretReference,
};
use muster_connectors::{
    format::csv::{CsvSettings, Delimiter, Encoding, FinalLineBreak},
    transport::{After, Credentials, FtpMode, FtpTls, Location, Scheme, SourceSettings},
};
use std::time::Duration;

impl Checker<'_> {
    pub(super) fn csv(&mut self, raw: &RawSource, only_comma: bool) -> CsvSettings {
        let defaults = CsvSettings::default();
        let delimiters = [
            (",", Delimiter::Exactly(b',')),
            (";", Delimiter::Exactly(b';')),
            ("tab", Delimiter::Exactly(b'\t')),
            ("\t", Delimiter::Exactly(b'\t')),
            ("|", Delimiter::Exactly(b'|')),
            ("auto", Delimiter::Auto),
        ];
        let encodings = [
            ("utf-8", Encoding::Utf8),
            ("utf8", Encoding::Utf8),
            ("latin1", Encoding::Latin1),
            ("utf-16", Encoding::Utf16),
            ("auto", Encoding::Auto),
        ];
        let delimiter = self.word("source.delimiter", raw.delimiter.as_deref(), &delimiters);
        if only_comma && delimiter != Delimiter::Exactly(b',') {
            self.problem(
                "source.delimiter",
                "files of the Alleo preset are separated by commas only",
                "remove `delimiter`, or the preset",
            );
        }
        CsvSettings {
            delimiter,
            only_comma,
            encoding: self.word("source.encoding", raw.encoding.as_deref(), &encodings),
            header: raw.header.unwrap_or(true),
            limits: self.csv_limits(&raw.limits, defaults.limits),
            trailer_count: raw.trailer.clone(),
            final_line_break: match raw.final_line_break {
                None => FinalLineBreak::AsBefore,
                Some(true) => FinalLineBreak::Expected,
                Some(false) => FinalLineBreak::Optional,
            },
        }
    }

    pub(super) fn source(&mut self, raw: &RawSource) -> SourceSettings {
        let url = raw.url.clone().unwrap_or_default();
        if url.is_empty() && raw.connector.is_none() {
            self.problem(
                "source.url",
                "it is missing",
                format!(
                    "name the folder or file, as in `sftp://sftp.acme.example/outgoing`; or an HR system, as in \
                     `connector = \"personio\"`: {}",
                    known_connectors()
                ),
            );
        }
        let location = Location::parse(&url, self.folder()).unwrap_or_else(|why| {
            if !url.is_empty() {
                self.problem(
                    "source.url",
                    why,
                    "docs/integration-file.md lists the transports",
                );
            }
            Location {
                scheme: Scheme::File,
                host: String::new(),
                port: 0,
                path: String::new(),
            }
        });
        let mut settings = SourceSettings::new(location);
        settings.pattern.clone_from(&raw.pattern);
        settings.settle = self.duration(
            "source.settle",
            raw.settle.as_deref(),
            Duration::from_secs(60),
        );
        settings.after = match raw.after.as_ref().map(|short| &short.0) {
            None => After::Leave,
            Some(after) => match (after.word.as_deref(), &after.archive) {
                (None, Some(folder)) => After::Archive(folder.clone()),
                (word, _) => self
                    .word(
                        "source.after",
                        word,
                        &[("leave", AfterWord::Leave), ("delete", AfterWord::Delete)],
                    )
                    .into(),
            },
        };
        settings.ftp_mode = self.word(
            "source.mode",
            raw.mode.as_deref(),
            &[("passive", FtpMode::Passive), ("active", FtpMode::Active)],
        );
        let usual = settings.ftp_tls;
        settings.ftp_tls = raw.tls.as_deref().map_or(usual, |word| {
            self.word(
                "source.tls",
                Some(word),
                &[
                    ("explicit", FtpTls::Explicit),
                    ("implicit", FtpTls::Implicit),
                ],
            )
        });
        settings.host_keys = raw.host_key.iter().cloned().collect();
        settings.legacy_algorithms = raw.legacy_algorithms.unwrap_or(false);
        settings.trust_length = raw.trust_length.unwrap_or(false);
        settings.markers = raw.markers.unwrap_or(false);
        settings.ca_certificate = self.certificate(raw.ca_certificate.as_deref());
        self.transport_limits(&raw.limits, &mut settings);
        settings
    }

    /// A certificate authority to trust, as PEM.
    pub(super) fn certificate(&mut self, path: Option<&str>) -> Option<String> {
        let path = path?;
        let read = std::fs::read_to_string(self.folder().join(path));
        read.map_err(|error| {
            let message = format!("`{path}` cannot be read: {error}");
            self.problem("source.ca_certificate", message, "check the path");
        })
        .ok()
    }

    pub(super) fn secrets(&mut self, raw: &RawFile) -> SecretReferences {
        let credentials = &raw.credentials;
        let mut reference = |key: &str, secret: &Option<Short<RawSecret>>| {
            let checked = SecretReference::check(key, &secret.as_ref()?.0, self.folder());
            checked.map_err(|problem| self.note(problem)).ok()
        };
        SecretReferences {
            user: credentials.user.clone(),
            password: reference("credentials.password", &credentials.password),
            private_key: reference("credentials.private_key", &credentials.private_key),
            passphrase: reference("credentials.passphrase", &credentials.passphrase),
        }
    }
}

#[derive(Clone, Copy)]
enum AfterWord {
    Leave,
    Delete,
}

impl From<AfterWord> for After {
    fn from(word: AfterWord) -> Self {
        match word {
            AfterWord::Leave => Self::Leave,
            AfterWord::Delete => Self::Delete,
        }
    }
}

impl SecretReferences {
    /// Reads every secret that is referred to.
    pub(crate) fn resolve(
        &self,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Credentials, Vec<ConfigProblem>> {
        let mut problems = Vec::new();
        let mut secret = |key: &str, reference: &Option<SecretReference>| {
            let resolved = reference.as_ref()?.resolve(key, environment);
            resolved.map_err(|problem| problems.push(problem)).ok()
        };
        let credentials = Credentials {
            user: self.user.clone(),
            password: secret("credentials.password", &self.password),
            private_key: secret("credentials.private_key", &self.private_key),
            passphrase: secret("credentials.passphrase", &self.passphrase),
        };
        if problems.is_empty() {
            Ok(credentials)
        } else {
            Err(problems)
        }
    }
}
