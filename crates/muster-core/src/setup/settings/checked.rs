//! Settings that are known to be possible.

use crate::{
    model::{
        company::Company,
        field::{FieldDefinition, Schema},
        workspace::WorkspaceSettings,
    },
    privacy::retention::Retention,
    read::normalise::{CountryNumbers, DecimalMark},
    setup::{
        integration::Rules,
        listing::{Catalogue, SettingKind},
        mapping::{BlankPolicy, FieldMapping, InvalidPolicy, ManagerKey, Mapping, Source},
        policy::Policy,
        schedule::Schedule,
        selection::Rule,
        source::{
            After, CsvSettings, FtpMode, FtpTls, Location, NetworkLimits, RetrySettings,
            TransportLimits,
        },
    },
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::PathBuf, time::Duration};

/// The settings of one integration and what they say about its workspace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IntegrationSettings {
    pub workspace: String,
    pub workspace_settings: WorkspaceSettings,
    /// None: as the workspace has it.
    pub retention: Option<Retention>,
    pub groups: Vec<String>,
    pub own_fields: Vec<FieldDefinition>,
    pub companies: Vec<Company>,
    pub(super) create_fields: bool,
    pub(super) named: Vec<NamedField>,
    /// The name of the integration.
    pub name: String,
    pub source: SourceKind,
    pub(super) mapping: Vec<MappingByKey>,
    pub(super) selection: Vec<Rule>,
    pub(super) policy: Policy,
    /// When a service is to run the integration.
    pub schedule: Schedule,
    /// How often a new delivery must arrive; none: no delivery is missed.
    pub expect: Option<Expectation>,
    /// Whether a source that is unchanged for long is an issue.
    #[serde(default)]
    pub reports_unchanged: bool,
}

/// How often a new delivery of a source must arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expectation {
    /// For each slot of the schedule.
    EverySlot,
    Daily,
    Weekly,
    Monthly,
}

/// What an integration reads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    Files(Box<FileSettings>),
    System(Box<SystemSettings>),
}

/// Where files are and how they are written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileSettings {
    pub location: Location,
    /// Glob on the file name; none: the location names one file.
    pub pattern: Option<String>,
    /// How long a file must have stood still.
    pub settle: Duration,
    pub after: After,
    pub ftp_mode: FtpMode,
    pub ftp_tls: FtpTls,
    /// The host key that the server must have, in `SHA256:` form.
    pub host_key: Option<String>,
    pub legacy_algorithms: bool,
    pub trust_length: bool,
    pub markers: bool,
    /// The file of a certificate authority to trust.
    pub ca_certificate: Option<String>,
    pub limits: TransportLimits,
    pub retry: RetrySettings,
    pub csv: CsvSettings,
    pub credentials: CredentialReferences,
}

/// An HR system, with the answers to the questions of its connector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SystemSettings {
    /// The id of the connector.
    pub connector: String,
    pub plain: BTreeMap<String, String>,
    pub secrets: BTreeMap<String, SecretReference>,
    /// The file of a certificate authority to trust.
    pub ca_certificate: Option<String>,
    pub limits: NetworkLimits,
}

/// Where the credentials of a file source are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialReferences {
    pub user: Option<String>,
    pub password: Option<SecretReference>,
    pub private_key: Option<SecretReference>,
    pub passphrase: Option<SecretReference>,
}

/// Where a secret is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretReference {
    /// In this environment variable.
    Environment(String),
    File(PathBuf),
    /// What this command prints.
    Command(String),
    /// Stored with the integration, encrypted.
    Stored,
}

/// A field mapping whose field has no number yet: the numbers are those of the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct MappingByKey {
    pub(super) key: String,
    pub(super) source: Source,
    pub(super) values: BTreeMap<String, String>,
    pub(super) format: Option<String>,
    pub(super) blank: Option<BlankPolicy>,
    pub(super) invalid: Option<InvalidPolicy>,
    pub(super) required: bool,
    pub(super) no_date: Vec<String>,
    pub(super) decimal: DecimalMark,
    pub(super) digits: Option<CountryNumbers>,
    #[serde(default)]
    pub(super) formats: Vec<String>,
    #[serde(default)]
    pub(super) century: Option<i16>,
    #[serde(default)]
    pub(super) extract: Option<String>,
    #[serde(default)]
    pub(super) manager: ManagerKey,
    /// Whether the field may change for everyone.
    pub(super) volatile: bool,
}

/// A field that is not a standard field, where the settings name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct NamedField {
    pub(super) key: String,
    /// `fields.x` or `mapping.x`.
    pub(super) setting: String,
    /// The settings themselves say what it is.
    pub(super) is_defined: bool,
}

impl IntegrationSettings {
    /// The settings of the files that are read; none: an HR system is read.
    pub fn files(&self) -> Option<&FileSettings> {
        match &self.source {
            SourceKind::Files(files) => Some(files),
            SourceKind::System(_) => None,
        }
    }

    /// The HR system that is read; none: files are.
    pub fn system(&self) -> Option<&SystemSettings> {
        match &self.source {
            SourceKind::Files(_) => None,
            SourceKind::System(system) => Some(system),
        }
    }

    /// Every secret that the source needs, by its setting.
    pub fn secrets(&self) -> Vec<(String, &SecretReference)> {
        match &self.source {
            SourceKind::Files(files) => {
                let credentials = &files.credentials;
                let found = [
                    ("password", &credentials.password),
                    ("private_key", &credentials.private_key),
                    ("passphrase", &credentials.passphrase),
                ];
                let found = found.into_iter();
                found
                    .filter_map(|(name, secret)| {
                        Some((format!("credentials.{name}"), secret.as_ref()?))
                    })
                    .collect()
            }
            SourceKind::System(system) => {
                let secrets = system.secrets.iter();
                secrets
                    .map(|(key, secret)| (format!("source.{key}"), secret))
                    .collect()
            }
        }
    }

    /// The rules of the integration, with fields numbered as in the database.
    pub fn rules(&self, schema: &Schema) -> Rules {
        let entries = self.mapping.iter().filter_map(|mapping| {
            Some(FieldMapping {
                field: schema.find(&mapping.key)?,
                source: mapping.source.clone(),
                values: mapping.values.clone(),
                format: mapping.format.clone(),
                blank: mapping.blank,
                invalid: mapping.invalid,
                required: mapping.required,
                no_date: mapping.no_date.clone(),
                decimal: mapping.decimal,
                digits: mapping.digits,
                formats: mapping.formats.clone(),
                century: mapping.century,
                extract: mapping.extract.clone(),
                manager: mapping.manager,
            })
        });
        // By number, so that a renamed key is the same mapping.
        let mut entries: Vec<_> = entries.collect();
        entries.sort_by_key(|entry| entry.field);
        let mut policy = self.policy.clone();
        let volatile = self.mapping.iter().filter(|mapping| mapping.volatile);
        policy.limits.volatile = volatile
            .filter_map(|mapping| schema.find(&mapping.key))
            .collect();
        Rules {
            mapping: Mapping { entries },
            selection: self.selection.clone(),
            policy,
        }
    }

    /// The columns that the mapping and the selection rules read.
    pub fn read_columns(&self) -> Vec<String> {
        let mapped = self.mapping.iter();
        let mapped = mapped.flat_map(|mapping| mapping.source.columns().iter().cloned());
        let selecting = self.selection.iter().map(|rule| rule.column.clone());
        mapped.chain(selecting).collect()
    }

    /// The settings at which fields are named that are not standard fields.
    pub fn named_settings(&self) -> impl Iterator<Item = &str> {
        self.named.iter().map(|named| named.setting.as_str())
    }

    /// Whether stored credentials would be sent to another server, or in another name, than with the settings before.
    /// Settings that cannot be read any more (`None`) say neither.
    pub fn sends_elsewhere(&self, before: Option<&Self>, catalogue: &Catalogue) -> bool {
        before.is_none_or(|before| before.endpoint(catalogue) != self.endpoint(catalogue))
    }

    /// Where the credentials of the source are sent, and whose they are: setting and value.
    pub fn endpoint(&self, catalogue: &Catalogue) -> Vec<(String, String)> {
        let pair = |name: &str, value: String| (name.to_owned(), value);
        match &self.source {
            SourceKind::Files(files) => {
                let location = &files.location;
                let user = files.credentials.user.clone().unwrap_or_default();
                vec![
                    pair("protocol", format!("{:?}", location.scheme)),
                    pair("host", location.host.clone()),
                    pair("port", location.port.to_string()),
                    pair("user", user),
                ]
            }
            SourceKind::System(system) => {
                let form = catalogue.system(&system.connector);
                let form = form.map_or(&[][..], |listing| listing.settings);
                let counts = |key: &str| {
                    let setting = form.iter().find(|setting| setting.key == key);
                    setting.is_none_or(|setting| {
                        [SettingKind::Address, SettingKind::Account].contains(&setting.kind)
                    })
                };
                let answers = system.plain.iter().filter(|(key, _)| counts(key));
                [pair("connector", system.connector.clone())]
                    .into_iter()
                    .chain(answers.map(|(key, value)| pair(key, value.clone())))
                    .collect()
            }
        }
    }

    /// The keys of the fields that are mapped.
    pub fn mapped_keys(&self) -> impl Iterator<Item = &str> {
        self.mapping.iter().map(|mapping| mapping.key.as_str())
    }
}
