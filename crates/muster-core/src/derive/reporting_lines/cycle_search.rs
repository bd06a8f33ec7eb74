//! Finds reporting cycles among any number of links, in one walk over employees as numbers.
//!
//! Only a mark (a hash) of each external id is kept. A cycle that is found is one of marks: the caller confirms it by
//! looking up the ids.

use std::hash::{DefaultHasher, Hasher};

/// The links of a whole directory. A link takes 16 bytes, and while cycles are looked for two more: 18 MB for a
/// million people. The time grows with the number of links and no faster.
#[derive(Clone, Debug, Default)]
pub struct CycleSearch {
    links: Vec<(u64, u64)>,
}

/// Stands for "no manager".
const NO_MANAGER: u64 = 0;

/// The number that stands for an external id.
pub fn mark(external_id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(external_id.as_bytes());
    hasher.finish().max(NO_MANAGER + 1)
}

impl CycleSearch {
    /// Adds an employee's manager, or that there is none. The first call for an employee counts.
    pub fn add(&mut self, person: &str, manager: Option<&str>) {
        self.links
            .push((mark(person), manager.map_or(NO_MANAGER, mark)));
    }

    pub fn len(&self) -> usize {
        self.links.len()
    }

    pub fn is_empty(&self) -> bool {
        self.links.is_empty()
    }

    /// The marks of every cycle, each along the managers.
    pub fn find(mut self) -> Vec<Vec<u64>> {
        self.keep_managers();
        let mut links = self.links;
        // A stable sort, so that the first call for an employee stays first.
        links.sort_by_key(|(person, _)| *person);
        links.dedup_by_key(|(person, _)| *person);
        let position = |mark: u64| {
            links
                .binary_search_by_key(&mark, |(person, _)| *person)
                .ok()
        };
        let cycles = cycles_of(links.len(), |at| position(links[at].1));
        cycles
            .into_iter()
            .map(|cycle| cycle.into_iter().map(|at| links[at].0).collect())
            .collect()
    }

    /// Removes the links of employees who manage no one and so are in no cycle: most are not managers. With sixteen
    /// bits for each link, one in sixteen others passes.
    fn keep_managers(&mut self) {
        let bits = (self.links.len() * 16).next_power_of_two().max(64);
        let mut managers = vec![0u64; bits / 64];
        let slot = |mark: u64| (mark as usize / 64 % (bits / 64), 1u64 << (mark % 64));
        for (_, manager) in self
            .links
            .iter()
            .filter(|(_, manager)| *manager != NO_MANAGER)
        {
            let (word, bit) = slot(*manager);
            managers[word] |= bit;
        }
        self.links.retain(|(person, _)| {
            let (word, bit) = slot(*person);
            managers[word] & bit != 0
        });
    }
}

/// Every cycle among `people` employees, each along the managers. No employee is visited twice.
pub(super) fn cycles_of(
    people: usize,
    manager: impl Fn(usize) -> Option<usize>,
) -> Vec<Vec<usize>> {
    // On which walk a person was met first; walks count from 1.
    let mut walk_of = vec![0u32; people];
    let mut cycles = Vec::new();
    let mut path = Vec::new();
    for (walk, start) in (1u32..).zip(0..people) {
        path.clear();
        let mut next = Some(start);
        while let Some(at) = next.filter(|at| walk_of[*at] == 0) {
            walk_of[at] = walk;
            path.push(at);
            next = manager(at);
        }
        let met = next.filter(|at| walk_of[*at] == walk);
        if let Some(begin) = met.and_then(|met| path.iter().position(|at| *at == met)) {
            cycles.push(path[begin..].to_vec());
        }
    }
    cycles
}
