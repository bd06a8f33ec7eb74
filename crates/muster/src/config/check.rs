//! From the integration file as written to settings that are known to be possible. Every problem is found
//! in one go.

use super::{
    ConfigProblem, IntegrationFile, MappingByKey, SecretReferences,
    check_connector::known_connectors,
    fields::{KINDS, NamedField, field_kind, is_key},
    raw::{RawField, RawFile, RawMapping, RawSource, RawWorkspace},
    secret::SecretReference,
};
use jiff::tz::TimeZone;
use muster_connectors::{
    format::csv::{CsvSettings, Delimiter, Encoding, FinalLineBreak},
    transport::{After, Credentials, FtpMode, FtpTls, Location, SourceSettings},
};
use muster_core::{
    derive::{budget::same_budget, organisation::ManagerLeft},
    model::{
        field::{FieldDefinition, FieldOrigin, Schema, budget_key},
        workspace::{OffboardingHour, WorkspaceSettings},
    },
    read::normalise::{CountryNumbers, DateFormat, DecimalMark, FieldKind},
    setup::{
        mapping::{BlankPolicy, InvalidPolicy, Source},
        suggestion::nearest,
    },
};
use std::{path::Path, time::Duration};

/// Collects problems while settings are read.
pub(super) struct Checker<'a> {
    folder: &'a Path,
    problems: Vec<ConfigProblem>,
}

pub(super) fn check(raw: &RawFile, folder: &Path) -> Result<IntegrationFile, Vec<ConfigProblem>> {
    let mut checker = Checker {
        folder,
        problems: Vec::new(),
    };
    let file = checker.file(raw);
    if checker.problems.is_empty() {
        return Ok(file);
    }
    // Fields that only the workspace may know are told with the rest, not instead of it.
    checker.problems.extend(file.unknown_alone());
    Err(checker.problems)
}

impl Checker<'_> {
    pub(super) fn problem(
        &mut self,
        key: &str,
        message: impl Into<String>,
        advice: impl Into<String>,
    ) {
        self.problems.push(ConfigProblem::new(key, message, advice));
    }

    pub(super) fn note(&mut self, problem: ConfigProblem) {
        self.problems.push(problem);
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder
    }

    fn file(&mut self, raw: &RawFile) -> IntegrationFile {
        let workspace = raw
            .workspace
            .clone()
            .map(|short| short.0)
            .unwrap_or_default();
        for (key, value) in [
            ("workspace.name", &workspace.name),
            ("name", raw.name.as_ref().unwrap_or(&String::new())),
        ] {
            let plain =
                |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
            if value.is_empty() || !value.chars().all(plain) {
                self.problem(
                    key,
                    format!("`{value}` is not a name"),
                    "use letters, digits, `-`, `_` and `.`, as in `acme-hr`",
                );
            }
        }
        let own_fields = self.own_fields(raw);
        let mapping = self.mapping(raw);
        IntegrationFile {
            settings: self.workspace(&workspace),
            retention: workspace.retention.as_ref().map(|raw| self.retention(raw)),
            groups: workspace.groups.clone().unwrap_or_default(),
            workspace: workspace.name,
            name: raw.name.clone().unwrap_or_default(),
            csv: self.csv(&raw.source, raw.preset.as_deref() == Some("alleo")),
            source: self.source(&raw.source),
            system: self.system(raw),
            secrets: self.secrets(raw),
            named: named(raw, &own_fields),
            create_fields: raw.create_fields.unwrap_or(false),
            companies: self.companies(&raw.company),
            own_fields,
            mapping,
            selection: raw
                .select
                .iter()
                .flatten()
                .filter_map(|rule| self.rule(rule))
                .collect(),
            policy: self.policy(raw),
            schedule: self.schedule(raw.schedule.as_deref().unwrap_or_default()),
        }
    }

    fn workspace(&mut self, raw: &RawWorkspace) -> WorkspaceSettings {
        let mut settings = WorkspaceSettings::default();
        if let Some(language) = &raw.language {
            settings.language.clone_from(language);
            settings.languages = vec![language.clone()];
        }
        if let Some(languages) = &raw.languages {
            settings.languages.clone_from(languages);
        }
        if !settings.languages.contains(&settings.language) {
            let message = format!(
                "the default language `{}` is not among `languages`",
                settings.language
            );
            self.problem("workspace.language", message, "add it to `languages`");
        }
        if let Some(zone) = &raw.time_zone {
            if TimeZone::get(zone).is_err() {
                self.problem(
                    "workspace.time_zone",
                    format!("`{zone}` is not a time zone"),
                    "use a name such as `Europe/Amsterdam`",
                );
            }
            settings.time_zone.clone_from(zone);
        }
        settings.region.clone_from(&raw.region);
        if let Some(region) = &raw.region
            && muster_core::read::normalise::country(region, None).ok() != Some(region)
        {
            self.problem(
                "workspace.region",
                format!("`{region}` is not a country code"),
                "use two capital letters, as in `NL`",
            );
        }
        if let Some(currency) = &raw.currency {
            if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
                self.problem(
                    "workspace.currency",
                    format!("`{currency}` is not a currency"),
                    "use an ISO 4217 code such as `EUR`",
                );
            }
            settings.currency.clone_from(currency);
        }
        let left = [("keep", ManagerLeft::Keep), ("clear", ManagerLeft::Clear)];
        settings.manager_left =
            self.word("workspace.manager_left", raw.manager_left.as_deref(), &left);
        match raw.offboarding.as_deref() {
            None => {}
            Some("end_of_day") => settings.offboarding = OffboardingHour::EndOfDay,
            Some(text) => {
                match text
                    .strip_suffix(":00 UTC")
                    .and_then(|hour| hour.parse().ok())
                    .filter(|hour| *hour < 24)
                {
                    Some(hour) => settings.offboarding = OffboardingHour::Utc(hour),
                    None => self.problem(
                        "workspace.offboarding",
                        format!("`{text}` is not a moment"),
                        "use `23:00 UTC` or `end_of_day`",
                    ),
                }
            }
        }
        settings
    }

    /// Takes one word of a few; the first is the default.
    pub(super) fn word<T: Copy>(
        &mut self,
        key: &str,
        value: Option<&str>,
        words: &[(&str, T)],
    ) -> T {
        let Some(value) = value else {
            return words[0].1;
        };
        if let Some((_, meaning)) = words.iter().find(|(word, _)| *word == value) {
            return *meaning;
        }
        let known = words
            .iter()
            .map(|(word, _)| format!("`{word}`"))
            .collect::<Vec<_>>()
            .join(", ");
        let near = nearest(value, words.iter().map(|(word, _)| *word));
        let advice = near.map_or(format!("use one of {known}"), |near| {
            format!("did you mean `{near}`? Known are {known}")
        });
        self.problem(key, format!("`{value}` is not known here"), advice);
        words[0].1
    }

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

    fn source(&mut self, raw: &RawSource) -> SourceSettings {
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
        let location = Location::parse(&url, self.folder).unwrap_or_else(|why| {
            if !url.is_empty() {
                self.problem(
                    "source.url",
                    why,
                    "docs/integration-file.md lists the transports",
                );
            }
            Location {
                scheme: muster_connectors::transport::Scheme::File,
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
        let read = std::fs::read_to_string(self.folder.join(path));
        read.map_err(|error| {
            let message = format!("`{path}` cannot be read: {error}");
            self.problem("source.ca_certificate", message, "check the path");
        })
        .ok()
    }

    fn secrets(&mut self, raw: &RawFile) -> SecretReferences {
        let credentials = &raw.credentials;
        let mut reference =
            |key: &str, secret: &Option<super::raw::Short<super::raw::RawSecret>>| {
                let checked = SecretReference::check(key, &secret.as_ref()?.0, self.folder);
                checked.map_err(|problem| self.problems.push(problem)).ok()
            };
        SecretReferences {
            user: credentials.user.clone(),
            password: reference("credentials.password", &credentials.password),
            private_key: reference("credentials.private_key", &credentials.private_key),
            passphrase: reference("credentials.passphrase", &credentials.passphrase),
        }
    }

    fn own_fields(&mut self, raw: &RawFile) -> Vec<FieldDefinition> {
        let canonical = Schema::new([]);
        let mut fields = Vec::new();
        let slug = |character: char| {
            character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_'
        };
        for (key, field) in raw.fields.iter().flatten() {
            let at = format!("fields.{key}");
            if canonical.find(key).is_some() {
                self.problem(
                    &at,
                    "every workspace has this field already",
                    "take it out of [fields]",
                );
            } else if !is_key(key) {
                self.problem(
                    &at,
                    "a field's key has small letters, digits and `_` only",
                    "rename it, as in `cost_centre`",
                );
            } else if budget_key(key).is_some() {
                self.problem(
                    &at,
                    "the key is that of a budget, which needs no definition",
                    "take it out of [fields]",
                );
            }
            fields.push(self.own_field(key, &at, &field.0));
        }
        let mapped = || raw.mapping.iter().flatten().map(|(key, _)| key);
        if let Some((one, other)) = same_budget(mapped().map(String::as_str)) {
            let message = format!("it sets the same budget of a person as `{one}`");
            self.problem(
                &format!("mapping.{other}"),
                message,
                "keep one of them; both can read several columns",
            );
        }
        for key in mapped() {
            if canonical.find(key).is_none()
                && !fields.iter().any(|field| field.key == *key)
                && key.chars().all(slug)
                && budget_key(key).is_some()
            {
                let kind = FieldKind::Decimal;
                fields.push(FieldDefinition {
                    key: key.clone(),
                    kind,
                    origin: FieldOrigin::Budget,
                    required: false,
                });
            }
        }
        fields
    }

    fn own_field(&mut self, key: &str, at: &str, raw: &RawField) -> FieldDefinition {
        let words: Vec<(&str, &str)> = KINDS.iter().map(|word| (*word, *word)).collect();
        let word = self.word(at, Some(&raw.kind), &words);
        let kind = field_kind(word, raw.choices.as_deref().unwrap_or_default()).unwrap_or_else(|why| {
            let advice = "choices belong to `type = \"choice\"`, as in `choices = [\"S\", \"M\", \"L\"]`";
            self.problem(at, why, advice);
            FieldKind::Text
        });
        FieldDefinition {
            key: key.to_owned(),
            kind,
            origin: FieldOrigin::Custom,
            required: raw.required,
        }
    }

    fn mapping(&mut self, raw: &RawFile) -> Vec<MappingByKey> {
        let mut entries = Vec::new();
        for (key, mapping) in raw.mapping.iter().flatten() {
            let at = format!("mapping.{key}");
            entries.extend(self.field_mapping(key, &at, &mapping.0));
        }
        for needed in ["email", "first_name", "last_name"] {
            if raw
                .mapping
                .as_ref()
                .is_none_or(|mapping| !mapping.contains_key(needed))
            {
                let message = format!("nothing is mapped to `{needed}`, which every person needs");
                self.problem(
                    &format!("mapping.{needed}"),
                    message,
                    format!("add `{needed} = \"name of the column\"` under [mapping]"),
                );
            }
        }
        entries
    }

    fn field_mapping(&mut self, key: &str, at: &str, raw: &RawMapping) -> Option<MappingByKey> {
        if raw.left_out {
            self.problem(
                at,
                "no preset maps this field, so there is nothing to leave out",
                "remove the line",
            );
            return None;
        }
        let source = match (&raw.column, &raw.first_of, &raw.join, &raw.constant) {
            (Some(column), None, None, None) => Source::Column(column.clone()),
            (None, Some(columns), None, None) if !columns.is_empty() => {
                Source::FirstOf(columns.clone())
            }
            (None, None, Some(columns), None) if !columns.is_empty() => Source::Join {
                columns: columns.clone(),
                with: raw.with.clone().unwrap_or_else(|| " ".to_owned()),
            },
            (None, None, None, Some(value)) => Source::Constant(value.clone()),
            _ => {
                self.problem(
                    at,
                    "it needs exactly one of `column`, `first_of`, `join` and `constant`",
                    "keep one of them",
                );
                return None;
            }
        };
        if let Some(Err(why)) = raw.format.as_deref().map(DateFormat::parse) {
            self.problem(at, why, "write the format as in `DD-MM-YYYY`");
        }
        let blanks = [("keep", BlankPolicy::Keep), ("clear", BlankPolicy::Clear)];
        let decimals = [(".", DecimalMark::Point), (",", DecimalMark::Comma)];
        let digits = [
            ("calling", CountryNumbers::Calling),
            ("iso", CountryNumbers::Iso),
        ];
        let invalids = [
            ("drop", InvalidPolicy::Drop),
            ("reject", InvalidPolicy::Reject),
        ];
        Some(MappingByKey {
            key: key.to_owned(),
            source,
            values: raw.values.clone(),
            format: raw.format.clone(),
            blank: raw
                .blank
                .as_deref()
                .map(|word| self.word(at, Some(word), &blanks)),
            invalid: raw
                .invalid
                .as_deref()
                .map(|word| self.word(at, Some(word), &invalids)),
            required: raw.required,
            no_date: raw.no_date.clone(),
            decimal: self.word(at, raw.decimal.as_deref(), &decimals),
            digits: raw
                .digits
                .as_deref()
                .map(|word| self.word(at, Some(word), &digits)),
        })
    }
}

/// The fields that are not those of every workspace, where the file names them.
fn named(raw: &RawFile, own: &[FieldDefinition]) -> Vec<NamedField> {
    let canonical = Schema::new([]);
    let fields = raw.fields.iter().flatten().map(|(key, _)| ("fields", key));
    let mapped = raw
        .mapping
        .iter()
        .flatten()
        .map(|(key, _)| ("mapping", key));
    fields
        .chain(mapped)
        .filter(|(_, key)| canonical.find(key).is_none())
        .map(|(section, key)| NamedField {
            key: key.clone(),
            setting: format!("{section}.{key}"),
            line: None,
            is_defined: own.iter().any(|field| field.key == *key),
        })
        .collect()
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
