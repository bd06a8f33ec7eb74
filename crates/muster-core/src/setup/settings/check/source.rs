//! Where files come from, how they are written, and who logs in.

use super::{
    super::{
        checked::{CredentialReferences, FileSettings},
        raw::{RawAfter, RawCredentials, RawSecret, RawSettings, RawSource},
        short::Short,
    },
    Checker, SettingIssue,
};
use crate::setup::source::{
    After, CsvSettings, Delimiter, Encoding, FinalLineBreak, FtpMode, FtpTls, Location, Scheme,
};
use std::{path::Path, time::Duration};

impl Checker<'_> {
    fn csv(&mut self, raw: &RawSource, only_comma: bool) -> CsvSettings {
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
            self.problem("source.delimiter", SettingIssue::OnlyComma);
        }
        CsvSettings {
            delimiter,
            only_comma,
            encoding: self.word("source.encoding", raw.encoding.as_deref(), &encodings),
            header: raw.header.unwrap_or(true),
            limits: self.csv_limits(&raw.limits, defaults.limits),
            trailer_count: raw.trailer.clone(),
            skip_rows: raw.skip_rows.unwrap_or(0),
            label_rows: raw.label_rows.unwrap_or(0),
            sheet: raw.sheet.clone(),
            final_line_break: match raw.final_line_break {
                None => FinalLineBreak::AsBefore,
                Some(true) => FinalLineBreak::Expected,
                Some(false) => FinalLineBreak::Optional,
            },
        }
    }

    /// The files of the source. What is set for an HR system too (limits) is checked here for both.
    pub(super) fn files(&mut self, raw: &RawSettings) -> FileSettings {
        let set = &raw.source;
        let location = self.location(set);
        let usual = FtpTls::usual(&location);
        let tls = [
            ("explicit", FtpTls::Explicit),
            ("implicit", FtpTls::Implicit),
        ];
        let modes = [("passive", FtpMode::Passive), ("active", FtpMode::Active)];
        FileSettings {
            csv: self.csv(set, raw.preset.as_deref() == Some("alleo")),
            pattern: set.pattern.clone(),
            settle: self.duration(
                "source.settle",
                set.settle.as_deref(),
                Duration::from_secs(60),
            ),
            after: self.after(set.after.as_ref().map(|short| &short.0)),
            ftp_mode: self.word("source.mode", set.mode.as_deref(), &modes),
            ftp_tls: set
                .tls
                .as_deref()
                .map_or(usual, |word| self.word("source.tls", Some(word), &tls)),
            host_key: set.host_key.clone(),
            legacy_algorithms: set.legacy_algorithms.unwrap_or(false),
            trust_length: set.trust_length.unwrap_or(false),
            markers: set.markers.unwrap_or(false),
            ca_certificate: set.ca_certificate.clone(),
            limits: self.transport_limits(&set.limits),
            retry: self.retry(&set.limits),
            credentials: self.references(&raw.credentials),
            location,
        }
    }

    fn location(&mut self, raw: &RawSource) -> Location {
        let url = raw.url.as_deref().unwrap_or_default();
        if url.is_empty() && raw.connector.is_none() {
            let connectors = self.catalogue.ids().map(str::to_owned).collect();
            self.problem("source.url", SettingIssue::NoSource { connectors });
        }
        // Relative paths were made to start at the folder of their file before.
        Location::parse(url, Path::new("")).unwrap_or_else(|issue| {
            if !url.is_empty() {
                self.problem("source.url", SettingIssue::NotAUrl(issue));
            }
            Location {
                scheme: Scheme::File,
                host: String::new(),
                port: 0,
                path: String::new(),
            }
        })
    }

    fn after(&mut self, raw: Option<&RawAfter>) -> After {
        let Some(after) = raw else {
            return After::Leave;
        };
        let words = [("leave", AfterWord::Leave), ("delete", AfterWord::Delete)];
        match (after.word.as_deref(), &after.archive) {
            (None, Some(folder)) => After::Archive(folder.clone()),
            (word, _) => self.word("source.after", word, &words).into(),
        }
    }

    fn references(&mut self, raw: &RawCredentials) -> CredentialReferences {
        let mut reference = |setting: &str, secret: &Option<Short<RawSecret>>| {
            self.secret(setting, &secret.as_ref()?.0)
        };
        CredentialReferences {
            user: raw.user.clone(),
            password: reference("credentials.password", &raw.password),
            private_key: reference("credentials.private_key", &raw.private_key),
            passphrase: reference("credentials.passphrase", &raw.passphrase),
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
