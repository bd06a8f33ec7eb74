//! Rings of managers among any number of links: one walk over people as numbers.
//!
//! Of each person and manager only a mark of the external id is kept. A ring that is found is one of marks; whoever
//! looks it up by name proves it.

use std::hash::{DefaultHasher, Hasher};

/// The links of a whole directory. A link takes 16 bytes, and while rings are looked for two more: 18 MB for a
/// million people. The time grows with the number of links and no faster.
#[derive(Clone, Debug, Default)]
pub struct RingSearch {
    links: Vec<(u64, u64)>,
}

/// The mark of nobody.
const NOBODY: u64 = 0;

/// The number that stands for an external id.
pub fn mark(external_id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(external_id.as_bytes());
    hasher.finish().max(NOBODY + 1)
}

impl RingSearch {
    /// Says who somebody's manager is; none: nobody. What is said first of a person counts.
    pub fn add(&mut self, person: &str, manager: Option<&str>) {
        self.links
            .push((mark(person), manager.map_or(NOBODY, mark)));
    }

    /// How many links there are.
    pub fn len(&self) -> usize {
        self.links.len()
    }

    /// Whether there is no link.
    pub fn is_empty(&self) -> bool {
        self.links.is_empty()
    }

    /// The marks of every ring, each along the managers.
    pub fn find(mut self) -> Vec<Vec<u64>> {
        self.keep_managers();
        let mut links = self.links;
        // Stable, so that what was said first of a person stays first.
        links.sort_by_key(|(person, _)| *person);
        links.dedup_by_key(|(person, _)| *person);
        let position = |mark: u64| {
            links
                .binary_search_by_key(&mark, |(person, _)| *person)
                .ok()
        };
        let rings = rings_of(links.len(), |at| position(links[at].1));
        rings
            .into_iter()
            .map(|ring| ring.into_iter().map(|at| links[at].0).collect())
            .collect()
    }

    /// Drops the links of people who are nobody's manager, and so in no ring: most are not. Sixteen bits a link let
    /// one in sixteen others pass.
    fn keep_managers(&mut self) {
        let bits = (self.links.len() * 16).next_power_of_two().max(64);
        let mut managers = vec![0u64; bits / 64];
        let place = |mark: u64| (mark as usize / 64 % (bits / 64), 1u64 << (mark % 64));
        for (_, manager) in self.links.iter().filter(|(_, manager)| *manager != NOBODY) {
            let (word, bit) = place(*manager);
            managers[word] |= bit;
        }
        self.links.retain(|(person, _)| {
            let (word, bit) = place(*person);
            managers[word] & bit != 0
        });
    }
}

/// Every ring among so many people, each along the managers. Nobody is looked at twice.
pub(super) fn rings_of(people: usize, manager: impl Fn(usize) -> Option<usize>) -> Vec<Vec<usize>> {
    // On which walk a person was met first; walks count from 1.
    let mut walk_of = vec![0u32; people];
    let mut rings = Vec::new();
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
            rings.push(path[begin..].to_vec());
        }
    }
    rings
}
