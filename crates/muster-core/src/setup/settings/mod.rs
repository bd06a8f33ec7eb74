//! The settings of one integration: as they are written ([`RawSettings`]), and checked as a whole ([`check`]).
//!
//! Reading a file, a form or a stored value is not done here, and neither is anything that a setting refers to: files
//! and environment variables are named, and never opened.

mod check;
mod checked;
mod comparison;
mod fields;
mod form;
mod issue;
mod paths;
mod preset;
mod raw;
mod rule;
mod short;
mod stored;

pub use check::{Purpose, check, check_for, check_remote};
pub use checked::{
    CredentialReferences, Expectation, FileSettings, IntegrationSettings, SecretReference,
    SourceKind, SystemSettings,
};
pub use comparison::{ChangeKind, IntegrationChange, KnownSettings, WantedSettings, compare};
pub use fields::{FIELD_KINDS, field_kind, is_field_key};
pub use form::{Answers, answers, fill_in};
pub use issue::{FieldKindIssue, SettingError, SettingIssue, UrlIssue};
pub use raw::*;
pub use rule::{RawCondition, RawRule};
pub use short::{Short, ShortForm, Written};
pub use stored::{Difference, FORM, difference, from_json, to_json};

#[cfg(test)]
mod tests;
