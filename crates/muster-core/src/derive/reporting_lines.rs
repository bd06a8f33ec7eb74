//! Reporting lines, derived from the manager ids of all employees whenever it is asked for: a link is never
//! stored, so none can go stale, and the order in which employees become known does not matter.
//!
//! The id of an unknown manager is kept and linked once that employee appears. In a reporting cycle (A, B, C, A) the
//! link of its newest member is left out; so is a link to oneself.

mod cycle_search;

pub use cycle_search::{CycleSearch, mark};

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

/// One employee as the organisation sees them.
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
    pub status: Status,
}

/// What becomes of one employee's manager id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// The employee has no manager.
    None,
    /// Position of the manager.
    To(usize),
    /// Position of a manager who has left; the link is kept.
    Left(usize),
    /// The manager has left, and such links are cleared.
    Cleared,
    /// No employee has that id (yet).
    Dangling,
    /// It closes a reporting cycle, or names the employee's own id.
    Cycle,
}

/// All employees, linked.
#[derive(Debug)]
pub struct Organisation {
    members: Vec<Member>,
    links: Vec<Link>,
    reports: Vec<Vec<usize>>,
    /// Who is part of trees.
    shown: Vec<bool>,
    cycles: Vec<Vec<usize>>,
}

/// One line of a printed tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Branch {
    /// How far below the top of the tree.
    pub depth: usize,
    /// Position of the employee.
    pub member: usize,
    /// Employees further down that are not shown because of the depth.
    pub hidden: usize,
}

impl Organisation {
    /// Links employees; `members` are in ascending order of number.
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
                    Some(Some(manager)) if *manager == at => Link::Cycle,
                    Some(Some(manager)) if !members[*manager].status.is_employed() => match left {
                        ManagerLeft::Keep => Link::Left(*manager),
                        ManagerLeft::Clear => Link::Cleared,
                    },
                    Some(Some(manager)) => Link::To(*manager),
                },
            )
            .collect();
        let mut cycles: Vec<Vec<usize>> = (0..links.len())
            .filter(|at| links[*at] == Link::Cycle)
            .map(|at| vec![at])
            .collect();
        for mut cycle in cycle_search::cycles_of(links.len(), |at| links[at].manager()) {
            let newest = cycle
                .iter()
                .enumerate()
                .max_by_key(|(_, at)| **at)
                .map_or(0, |(origin, _)| origin);
            cycle.rotate_left(newest);
            links[cycle[0]] = Link::Cycle;
            cycles.push(cycle);
        }
        cycles.sort();
        let shown = shown(&members, &links);
        let mut reports = vec![Vec::new(); members.len()];
        for (at, link) in links.iter().enumerate() {
            if let Some(manager) = link.manager().filter(|_| shown[at]) {
                reports[manager].push(at);
            }
        }
        Self {
            members,
            links,
            reports,
            shown,
            cycles,
        }
    }

    pub fn member(&self, at: usize) -> &Member {
        &self.members[at]
    }

    /// What becomes of an employee's manager id.
    pub fn link(&self, at: usize) -> Link {
        self.links[at]
    }

    /// The position of an employee.
    pub fn position(&self, id: EmployeeId) -> Option<usize> {
        self.members
            .binary_search_by_key(&id, |member| member.id)
            .ok()
    }

    /// Reporting cycles, each from its newest member (whose link is left out) along the managers and back to it.
    pub fn cycles(&self) -> impl Iterator<Item = Vec<&Member>> {
        self.cycles.iter().map(|cycle| {
            cycle
                .iter()
                .chain(&cycle[..1])
                .map(|at| &self.members[*at])
                .collect()
        })
    }

    /// Positions of employees whose manager is unknown, in ascending order; leavers are not among them.
    pub fn dangling(&self) -> impl Iterator<Item = usize> {
        (0..self.links.len()).filter(|at| {
            self.links[*at] == Link::Dangling && self.members[*at].status.is_employed()
        })
    }

    /// Positions of employees whose manager has left, in ascending order; leavers are not among them.
    pub fn below_departed(&self) -> impl Iterator<Item = usize> {
        (0..self.links.len()).filter(|at| {
            matches!(self.links[*at], Link::Left(_)) && self.members[*at].status.is_employed()
        })
    }

    /// The number of employees, also of those who have left.
    pub fn count(&self) -> usize {
        self.members.len()
    }

    /// Positions of those who report to an employee; of those who left, only managers of active employees.
    pub fn reports(&self, at: usize) -> &[usize] {
        &self.reports[at]
    }

    /// Positions of everyone without a manager, of those who left only managers of active employees.
    pub fn tops(&self) -> Vec<usize> {
        let is_top = |at: &usize| self.links[*at].manager().is_none() && self.shown[*at];
        (0..self.members.len()).filter(is_top).collect()
    }

    /// The number of employees below each, by position.
    pub fn below(&self) -> Vec<usize> {
        let mut below = vec![0; self.members.len()];
        // Managers come before their reports, so backwards every sum is complete when it is added.
        for branch in self.tree(None, None).iter().rev() {
            if let Some(manager) = self.links[branch.member].manager() {
                below[manager] += below[branch.member] + 1;
            }
        }
        below
    }

    /// The tree below one employee, or below everyone without a manager; each line after its manager's. Employees
    /// who left are shown only while an active employee reports to them.
    pub fn tree(&self, top: Option<usize>, depth: Option<usize>) -> Vec<Branch> {
        let tops = top.map_or_else(|| self.tops(), |top| vec![top]);
        let mut below: Vec<Branch> = Vec::new();
        // A stack of our own: a chain of a million managers must not end the process.
        let mut open: Vec<(usize, usize)> = tops.into_iter().rev().map(|at| (at, 0)).collect();
        while let Some((member, depth_of)) = open.pop() {
            if depth.is_some_and(|depth| depth_of > depth) {
                if let Some(above) = below.last_mut() {
                    above.hidden += 1;
                }
                let reports = self.reports[member].iter().rev();
                open.extend(reports.map(|at| (*at, depth_of + 1)));
                continue;
            }
            below.push(Branch {
                depth: depth_of,
                member,
                hidden: 0,
            });
            let reports = self.reports[member].iter().rev();
            open.extend(reports.map(|at| (*at, depth_of + 1)));
        }
        below
    }
}

/// Active and scheduled employees, and every manager above them.
fn shown(members: &[Member], links: &[Link]) -> Vec<bool> {
    let mut shown = vec![false; members.len()];
    let employed = members.iter().enumerate();
    for (at, _) in employed.filter(|(_, member)| member.status.is_employed()) {
        let mut next = Some(at);
        while let Some(at) = next.filter(|at| !shown[*at]) {
            shown[at] = true;
            next = links[at].manager();
        }
    }
    shown
}

impl Link {
    /// The value as printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::To(_) => "linked",
            Self::Left(_) => "left",
            Self::Cleared => "cleared",
            Self::Dangling => "dangling",
            Self::Cycle => "cycle",
        }
    }

    /// Position of the manager, if there is a link.
    pub fn manager(self) -> Option<usize> {
        match self {
            Link::To(manager) | Link::Left(manager) => Some(manager),
            Link::None | Link::Cleared | Link::Dangling | Link::Cycle => None,
        }
    }
}

#[cfg(test)]
mod tests;
