//! Every connector that reads an HR system. To add one: a `mod` line and a list entry here, and a folder as
//! `connector.rs` says.
//!
//! Files are not in the list although people call them a connector like any other: `transport` and `format` read them,
//! which know nothing of a [`Connector`], and their forms are in `muster_core::setup::listing`.

use crate::{
    connector::{BASE_URL, Connector, ConnectorError, Setting, Settings},
    http,
    systems::{bamboohr, personio, youserve},
};
use muster_core::setup::{listing, settings::RawSettings};
use std::collections::BTreeMap;

/// All connectors, in the order in which people see them.
pub const CATALOGUE: &[Listing] = &[personio::LISTING, bamboohr::LISTING, youserve::LISTING];

/// What others see of a connector.
#[derive(Clone, Copy)]
pub struct Listing {
    /// Its name in an integration file, and the name of its folder.
    pub id: &'static str,
    /// Its name on pages.
    pub title: &'static str,
    /// What its form asks for.
    pub settings: &'static [Setting],
    /// How the customer makes the credentials, what is read, what the limits are (Markdown).
    pub help: &'static str,
    /// The default mapping, as a part of an integration file (TOML). What the file itself says of a field counts
    /// more, but the rules under `[[select]]` here (who is employed) stay in force beside the file's own.
    pub mapping: &'static str,
    /// What the field is usually called with which a customer selects people, if there is such a field.
    pub selection: Option<&'static str>,
    /// Makes the connector; nothing is sent.
    pub open: fn(&Settings) -> Result<Box<dyn Connector>, ConnectorError>,
}

impl Listing {
    /// Host and port that its requests go to, from what is filled in; none: the address cannot be read.
    pub fn server(&self, plain: &BTreeMap<String, String>) -> Option<String> {
        let setting = self.settings.iter().find(|it| it.key == BASE_URL)?;
        let filled = plain.get(BASE_URL).map(String::as_str);
        let address = filled.filter(|text| !text.trim().is_empty());
        let address = address.or(setting.default)?.to_owned();
        let filled_in = plain.iter().fold(address, |address, (key, value)| {
            address.replace(&format!("{{{key}}}"), value.trim())
        });
        // A part of it is not filled in.
        (!filled_in.contains('{')).then(|| http::server(&filled_in))?
    }

    /// The same as plain data, with the default mapping as settings.
    pub fn describe(&self, defaults: RawSettings) -> listing::Listing {
        listing::Listing {
            id: self.id,
            title: self.title,
            section: "source",
            settings: self.settings,
            help: self.help,
            selection: self.selection,
            defaults,
        }
    }
}

/// The connector with an id.
pub fn find(id: &str) -> Option<&'static Listing> {
    CATALOGUE.iter().find(|listing| listing.id == id)
}

impl std::fmt::Debug for Listing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listing")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
