//! What to do about a problem of an HR system.

use serde::{Deserialize, Serialize};

/// What to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    CheckNetwork,
    CheckNetworkAndClock,
    CheckStatusPage,
    CheckBaseUrl,
    /// A web page came: a proxy may require a login.
    CheckProxy,
    InstallAuthorities,
    CheckCredentials,
    CheckAccount,
    AskWhyLarge,
    AskAboutLinks,
    AskWhyEndless,
    /// The system must correct something.
    ContactSupport {
        system: Option<String>,
    },
    WaitForNextRun {
        system: String,
    },
    /// To look at the database, because tokens are counted.
    CheckTokenStore,
    /// To give access.
    Give(Access),
    /// To give access, and to deactivate manually who should no longer be synced.
    GiveOrDeactivate {
        access: Access,
        is_hidden: bool,
    },
    /// To ask why the list omits employees, and to deactivate manually who left.
    AskWhyOmitted {
        system: String,
    },
    /// To raise the limit of lookups for one run.
    RaiseLookups {
        setting: String,
        count: u64,
    },
    DeactivateWhoDoesNotStart,
    CheckAttribute {
        system: String,
    },
    Setting(SettingRemedy),
    Personio(PersonioRemedy),
    BambooHr(BambooHrRemedy),
    YouServe(YouServeRemedy),
}

/// What to do about a setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SettingRemedy {
    CheckSecret,
    CorrectName,
    UseReference,
    /// The help of the setting itself.
    FillIn {
        help: String,
    },
    FillInOrChoose {
        key: String,
    },
    Choose {
        choices: Vec<String>,
    },
    WriteDigits {
        key: String,
    },
    WriteUrl,
    WriteBareUrl,
    UseHttps,
    RemoveBaseUrl,
    WriteDomain,
    WriteCurrency,
    MapFewer,
    UseKeyOfAttribute,
    UseNumberOfField,
    RemoveFromMapping,
    ConvertKey,
    SetPassphrase,
    CorrectPassphrase,
    SetPrivateKey,
    SetWholeKey,
    SetSigningKey,
    SetOtherKey,
}

/// What to do in Personio, or about its connector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonioRemedy {
    Credentials,
    UseVersion1 { column: String },
    MapByKey,
    GiveUnits,
}

/// What to do in BambooHR, or about its connector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BambooHrRemedy {
    Key,
    User,
    Domain,
    MapByNumber,
    CompletePerson,
    CorrectStatusRows,
    EnterWorkAddress,
}

/// What to do in YouServe, or about its connector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum YouServeRemedy {
    Credentials,
    SignedToken,
    SetClock,
    TokenQuota,
    Paths,
    Rights,
    Tenant,
    NoTenant,
    CompleteEmployments,
    RenameCompany,
    AskWhyNotDelivered,
    /// To read employments within the employees' records, if nothing else helps.
    EmploymentsFromRecords {
        otherwise: Box<Remedy>,
    },
}

impl From<SettingRemedy> for Remedy {
    fn from(remedy: SettingRemedy) -> Self {
        Self::Setting(remedy)
    }
}

/// What must be opened to the credentials, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// The right to read employees at all.
    PersonioEmployees,
    PersonioAttribute {
        attribute: String,
    },
    /// To look employees up, with `id` as the external id.
    PersonioLookup,
    BambooField {
        section: String,
        field: String,
    },
    BambooPeople,
    YouServeField {
        field: String,
    },
    YouServeExtension {
        key: String,
    },
    YouServeLookup,
    /// To map a column that employees are looked up by.
    YouServeMapping,
}
