//! Every connector that reads an HR system. To add one: a `mod` line and a list entry here, and a folder as
//! `connector.rs` says.
//!
//! Files are not in the list although people call them a connector like any other: `transport` and `format` read them,
//! which know nothing of a [`Connector`], and their forms are in `muster_core::setup::listing`.

use crate::{
    connector::{Connector, ConnectorError, Setting, Settings},
    systems::{bamboohr, personio, youserve},
};
use muster_core::setup::{listing, settings::RawSettings};

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
