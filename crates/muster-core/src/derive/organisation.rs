//! Who reports to whom, derived from everybody's manager id whenever it is asked for: a link is never stored,
//! so none can go stale and the order in which people become known does not matter.
//!
//! A manager who is not known is kept by id and linked once that person appears. In a ring (A, B, C, A) the link
//! of its newest member is left out; so is a link to oneself.

mod ring_search;

pub use ring_search::{RingSearch, mark};

use crate::model::{employee::Status, ids::EmployeeId};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// What becomes of the links to a manager who has left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ManagerLeft {
    /// They stay, marked, until the source names another manager.
    #[default]
    Keep,
    /// They count as none.
    Clear,
}

/// One person as the organisation sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub id: EmployeeId,
    /// The id by which others name them as their manager.
    pub external_id: Option<String>,
    /// External id of their manager, as the source says.
    pub manager: Option<String>,
    /// First name, prefix, last name.
    pub name: String,
    pub title: Option<String>,
    /// Where the person stands.
    pub status: Status,
}

/// What becomes of one person's manager id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// The person has no manager.
    None,
    /// Position of the manager.
    To(usize),
    /// Position of a manager who has left; the link is kept.
    Left(usize),
    /// The manager has left, and such links are cleared.
    Cleared,
    /// Nobody has that id (yet).
    Dangling,
    /// It closes a ring, or names the person's own id.
    Ring,
}

/// Everybody, linked.
#[derive(Debug)]
pub struct Organisation {
    members: Vec<Member>,
    links: Vec<Link>,
    reports: Vec<Vec<usize>>,
    rings: Vec<Vec<usize>>,
}

/// One line of a printed tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Branch {
    /// How far below the top of the tree.
    pub depth: usize,
    /// Position of the person.
    pub member: usize,
    /// People further down who are not shown because of the depth.
    pub hidden: usize,
}

impl Organisation {
    /// Links people; `members` are in ascending order of number.
    pub fn new(members: Vec<Member>, left: ManagerLeft) -> Self {
        let by_id: HashMap<&str, usize> = (0..)
            .zip(&members)
            .filter_map(|(at, member)| Some((member.external_id.as_deref()?, at)))
            .collect();
        let mut links: Vec<Link> = (0..)
            .zip(&members)
            .map(
                |(at, member)| match member.manager.as_deref().map(|id| by_id.get(id)) {
                    None => Link::None,
                    Some(None) => Link::Dangling,
                    Some(Some(manager)) if *manager == at => Link::Ring,
                    Some(Some(manager)) if !members[*manager].status.is_employed() => match left {
                        ManagerLeft::Keep => Link::Left(*manager),
                        ManagerLeft::Clear => Link::Cleared,
                    },
                    Some(Some(manager)) => Link::To(*manager),
                },
            )
            .collect();
        let mut rings: Vec<Vec<usize>> = (0..links.len())
            .filter(|at| links[*at] == Link::Ring)
            .map(|at| vec![at])
            .collect();
        for mut ring in ring_search::rings_of(links.len(), |at| links[at].manager()) {
            let newest = ring
                .iter()
                .enumerate()
                .max_by_key(|(_, at)| **at)
                .map_or(0, |(place, _)| place);
            ring.rotate_left(newest);
            links[ring[0]] = Link::Ring;
            rings.push(ring);
        }
        rings.sort();
        let mut reports = vec![Vec::new(); members.len()];
        for (at, link) in links.iter().enumerate() {
            if let Some(manager) = link.manager() {
                reports[manager].push(at);
            }
        }
        Self {
            members,
            links,
            reports,
            rings,
        }
    }

    /// A person by position.
    pub fn member(&self, at: usize) -> &Member {
        &self.members[at]
    }

    /// What becomes of a person's manager id.
    pub fn link(&self, at: usize) -> Link {
        self.links[at]
    }

    /// The position of a person.
    pub fn position(&self, id: EmployeeId) -> Option<usize> {
        self.members
            .binary_search_by_key(&id, |member| member.id)
            .ok()
    }

    /// Rings, each from its newest member (whose link is left out) along the managers and back to it.
    pub fn rings(&self) -> impl Iterator<Item = Vec<&Member>> {
        self.rings.iter().map(|ring| {
            ring.iter()
                .chain(&ring[..1])
                .map(|at| &self.members[*at])
                .collect()
        })
    }

    /// Positions of the people whose manager nobody is, in ascending order; leavers are not among them.
    pub fn dangling(&self) -> impl Iterator<Item = usize> {
        (0..self.links.len()).filter(|at| {
            self.links[*at] == Link::Dangling && self.members[*at].status.is_employed()
        })
    }

    /// The tree below one person, or below everybody without a manager; each line after its manager's. People
    /// who left are shown only while somebody who works here reports to them.
    pub fn tree(&self, top: Option<usize>, depth: Option<usize>) -> Vec<Branch> {
        let shown = self.shown();
        let is_top = |at: &usize| self.links[*at].manager().is_none() && shown[*at];
        let tops: Vec<usize> = top.map_or_else(
            || (0..self.members.len()).filter(is_top).collect(),
            |top| vec![top],
        );
        let mut below: Vec<Branch> = Vec::new();
        // A stack of our own: a chain of a million managers must not end the process.
        let mut open: Vec<(usize, usize)> = tops.into_iter().rev().map(|at| (at, 0)).collect();
        while let Some((member, depth_of)) = open.pop() {
            if depth.is_some_and(|depth| depth_of > depth) {
                if let Some(above) = below.last_mut() {
                    above.hidden += 1;
                }
                open.extend(
                    self.reports[member]
                        .iter()
                        .rev()
                        .filter(|at| shown[**at])
                        .map(|at| (*at, depth_of + 1)),
                );
                continue;
            }
            below.push(Branch {
                depth: depth_of,
                member,
                hidden: 0,
            });
            open.extend(
                self.reports[member]
                    .iter()
                    .rev()
                    .filter(|at| shown[**at])
                    .map(|at| (*at, depth_of + 1)),
            );
        }
        below
    }

    /// Who works here, and every manager above them.
    fn shown(&self) -> Vec<bool> {
        let mut shown = vec![false; self.members.len()];
        for at in 0..self.members.len() {
            if !self.members[at].status.is_employed() {
                continue;
            }
            let mut next = Some(at);
            while let Some(at) = next.filter(|at| !shown[*at]) {
                shown[at] = true;
                next = self.links[at].manager();
            }
        }
        shown
    }
}

impl Link {
    /// Position of the manager, if there is a link.
    pub fn manager(self) -> Option<usize> {
        match self {
            Link::To(manager) | Link::Left(manager) => Some(manager),
            Link::None | Link::Cleared | Link::Dangling | Link::Ring => None,
        }
    }
}

#[cfg(test)]
mod tests;
