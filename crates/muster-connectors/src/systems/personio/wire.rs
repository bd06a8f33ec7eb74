//! Exactly what is read of Personio's answers. Attributes are kept as they came: that one is not there is
//! another thing than that it is null.

use crate::{
    connector::Value,
    systems::{
        attributes::Attributes,
        leniency::{self, Lenient},
    },
};
use serde::Deserialize;
use serde_json::Value as Json;

/// The answer of `POST /v1/auth`.
#[derive(Deserialize)]
pub(super) struct TokenV1 {
    pub(super) success: Option<bool>,
    pub(super) data: Option<TokenDataV1>,
}

#[derive(Deserialize)]
pub(super) struct TokenDataV1 {
    pub(super) token: Option<String>,
    pub(super) expires_in: Option<Lenient>,
}

/// A page of `GET /v1/company/employees`.
#[derive(Debug, Deserialize)]
pub(super) struct EmployeesV1 {
    pub(super) success: Option<bool>,
    pub(super) data: Option<Vec<EmployeeV1>>,
    pub(super) metadata: Option<MetadataV1>,
}

#[derive(Debug, Deserialize)]
pub(super) struct MetadataV1 {
    pub(super) total_elements: Option<Lenient>,
}

#[derive(Debug, Deserialize)]
pub(super) struct EmployeeV1 {
    pub(super) attributes: Attributes,
}

/// The answer to a request for one person, of which nothing but the id is read: version 1 sends every attribute that the
/// credential may read, pay included.
#[derive(Deserialize)]
pub(super) struct Single {
    pub(super) success: Option<bool>,
    /// Version 2.
    id: Option<Json>,
    /// Version 1.
    data: Option<SingleData>,
}

#[derive(Deserialize)]
struct SingleData {
    attributes: Option<SingleAttributes>,
}

#[derive(Deserialize)]
struct SingleAttributes {
    id: Option<SingleId>,
}

#[derive(Deserialize)]
struct SingleId {
    value: Option<Json>,
}

impl Single {
    /// The id of the person, if the answer has one.
    pub(super) fn id(&self) -> Option<String> {
        let in_envelope = || {
            let attributes = self.data.as_ref()?.attributes.as_ref()?;
            attributes.id.as_ref()?.value.as_ref()
        };
        match leniency::scalar(self.id.as_ref().or_else(in_envelope)?) {
            Value::Text(id) => Some(id),
            _ => None,
        }
    }
}

/// The answer of `GET /v1/company/employees/attributes`.
#[derive(Debug, Deserialize)]
pub(super) struct CatalogueV1 {
    pub(super) success: Option<bool>,
    pub(super) data: Option<Vec<AttributeV1>>,
}

/// One attribute that the credential may read.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct AttributeV1 {
    pub(super) key: String,
    pub(super) label: Option<String>,
    pub(super) universal_id: Option<String>,
}

/// A page of version 2. Some of its answers have names without underscores.
#[derive(Debug, Deserialize)]
pub(super) struct PageV2 {
    #[serde(rename = "_data", alias = "data")]
    pub(super) data: Option<Vec<Attributes>>,
    #[serde(rename = "_meta", alias = "meta")]
    pub(super) meta: Option<MetaV2>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct MetaV2 {
    pub(super) links: Option<LinksV2>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct LinksV2 {
    pub(super) next: Option<LinkV2>,
}

#[derive(Debug, Deserialize)]
pub(super) struct LinkV2 {
    pub(super) href: Option<String>,
}
