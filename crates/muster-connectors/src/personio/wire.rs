//! Exactly what is read of Personio's answers. Attributes are kept as they came: that one is not there is
//! another thing than that it is null.

use crate::leniency::Lenient;
use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, Visitor},
};
use serde_json::Value;
use std::{collections::BTreeMap, fmt};

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

/// The answer of `POST /v2/auth/token`.
#[derive(Deserialize)]
pub(super) struct TokenV2 {
    pub(super) access_token: Option<String>,
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

/// An object by its keys. A key that comes twice could mean either, so it is an error.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Attributes(BTreeMap<String, Value>);

impl Attributes {
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Once;
        impl<'de> Visitor<'de> for Once {
            type Value = Attributes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Attributes, A::Error> {
                let mut attributes = BTreeMap::new();
                while let Some((key, value)) = map.next_entry::<String, Value>()? {
                    if attributes.contains_key(&key) {
                        return Err(de::Error::custom(format!("the key `{key}` comes twice")));
                    }
                    attributes.insert(key, value);
                }
                Ok(Attributes(attributes))
            }
        }
        deserializer.deserialize_map(Once)
    }
}
