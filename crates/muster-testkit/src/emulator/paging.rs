//! Faults of lists that are read page by page, the same for every provider.

use super::scenario::{Firing, Scenario, scenario};

/// Faults of paged lists, under a provider's menu number.
pub(crate) fn scenarios(menu: u8) -> Vec<Scenario> {
    let all = [
        ("page-duplicate", "the second page is the first once more"),
        ("page-for-ever", "every page is the first"),
        (
            "person-deleted-mid-read",
            "an employee before the second page leaves, so that one person is skipped",
        ),
        (
            "person-inserted-mid-read",
            "an employee before the second page joins, so that one person is seen twice",
        ),
        (
            "total-changes",
            "the total grows by three after the first page, the people do not",
        ),
        ("empty-page", "the second page has nothing in it"),
        ("empty-list", "no people, and a total that says so"),
        ("half-list", "half of the people, and the total of all"),
        ("half-total", "half of the people, and a total that says so"),
        ("order-descending", "the highest id first"),
    ];
    all.map(|(name, about)| scenario(menu, name, about))
        .to_vec()
}

/// Part of a list.
#[derive(Clone, Debug)]
pub(crate) struct Page<T> {
    /// What is on it.
    pub(crate) items: Vec<T>,
    /// How many there are said to be.
    pub(crate) total: usize,
    /// Where the next page starts; none: this was the last.
    pub(crate) next: Option<usize>,
}

/// Cuts a page out of a list, with what goes wrong.
pub(crate) fn page<T: Clone>(
    mut list: Vec<T>,
    offset: usize,
    limit: usize,
    firing: &Firing,
) -> Page<T> {
    if firing.has("order-descending") {
        list.reverse();
    }
    if firing.has("empty-list") {
        list.clear();
    }
    let mut total = list.len();
    if firing.has("half-list") || firing.has("half-total") {
        list.truncate(total / 2);
    }
    if firing.has("half-total") {
        total = list.len();
    }
    let later = offset > 0;
    if later && firing.has("person-deleted-mid-read") && !list.is_empty() {
        list.remove(0);
        total -= 1;
    }
    if later
        && firing.has("person-inserted-mid-read")
        && let Some(first) = list.first().cloned()
    {
        list.insert(0, first);
        total += 1;
    }
    if later && firing.has("total-changes") {
        total += 3;
    }
    let limit = if firing.has("huge-page") {
        limit.max(10_000)
    } else {
        limit
    };
    let start = match () {
        () if firing.has("page-for-ever") => 0,
        () if firing.has("page-duplicate") && offset == limit => 0,
        () => offset,
    };
    let end = list.len().min(start.saturating_add(limit));
    let mut items = list.get(start..end).map(<[T]>::to_vec).unwrap_or_default();
    if offset == limit && firing.has("empty-page") {
        items.clear();
    }
    let next = offset.saturating_add(limit);
    let endless = firing.has("page-for-ever") && !items.is_empty();
    Page {
        items,
        total,
        next: (next < list.len() || endless).then_some(next),
    }
}
