//! Companies: several slices of one id where it was renamed. Employments name them by their short name.

use super::{slice, wire::Record};
use jiff::civil::Date;
use muster_core::model::{
    code::Code,
    company::Company,
    problem::{
        Problem, Severity,
        api::{Detail, Remedy, YouServeRemedy},
        shown,
    },
};
use std::collections::BTreeMap;

/// The companies of one read.
#[derive(Debug, Default)]
pub(super) struct Companies {
    pub(super) all: Vec<Company>,
    /// Ids by every short name that they ever had; names of today first.
    names: BTreeMap<String, Vec<String>>,
}

impl Companies {
    pub(super) fn of(items: &[Record], today: Date) -> Self {
        let mut by_id: BTreeMap<String, Vec<&Record>> = BTreeMap::new();
        for item in items {
            if let Some(id) = slice::text(&item.says, "id") {
                by_id.entry(id).or_default().push(item);
            }
        }
        let mut companies = Self::default();
        let chosen = |slices: &[&Record]| {
            slice::choose(slices, today).and_then(|it| slice::text(&it.says, "shortName"))
        };
        let past = by_id.iter().flat_map(|(id, slices)| {
            slices
                .iter()
                .filter_map(|it| Some((slice::text(&it.says, "shortName")?, id.clone())))
        });
        let present = by_id
            .iter()
            .filter_map(|(id, slices)| Some((chosen(slices)?, id.clone())));
        for (name, id) in present.chain(past) {
            let ids = companies.names.entry(name).or_default();
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        companies.all = by_id
            .iter()
            .filter_map(|(id, slices)| company(id, slices, today))
            .collect();
        companies
    }

    /// Whether a company has this short name, or ever had it.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.contains_key(name)
    }

    /// The id of the company with a short name; a name that nobody has stands for itself.
    pub(super) fn id<'c>(&'c self, name: &'c str) -> &'c str {
        self.names
            .get(name)
            .and_then(|ids| ids.first())
            .map_or(name, String::as_str)
    }

    /// A warning for every short name that two companies have today.
    pub(super) fn problems(&self) -> Vec<Problem> {
        let shared = |name: &str| {
            let ids: Vec<String> = self
                .all
                .iter()
                .filter(|it| it.short_name == name)
                .map(|it| shown(&it.external_id))
                .collect();
            (ids.len() > 1).then_some(ids)
        };
        self.names
            .keys()
            .filter_map(|name| {
                let ids = shared(name)?;
                let name = shown(name);
                let detail = Detail::SharedShortName { name, ids };
                let remedy = Remedy::YouServe(YouServeRemedy::RenameCompany);
                Some(Problem::new(
                    Code::ApiLookup,
                    Severity::Warning,
                    detail,
                    remedy,
                ))
            })
            .collect()
    }
}

fn company(id: &str, slices: &[&Record], today: Date) -> Option<Company> {
    let chosen = slice::choose(slices, today)?;
    let last = slices.iter().map(|it| slice::until(it));
    let valid_until = last.reduce(|one, other| Some(one?.max(other?))).flatten();
    Some(Company {
        external_id: id.to_owned(),
        short_name: slice::text(&chosen.says, "shortName")?,
        full_name: slice::text(&chosen.says, "fullName"),
        valid_from: slices.iter().map(|it| slice::from(it)).min().flatten(),
        valid_to: valid_until.and_then(|day| day.yesterday().ok()),
    })
}
