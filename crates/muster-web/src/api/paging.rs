//! Pages of lists: how many, and after what. A cursor names the last item of a page, never a number of items, so that what is
//! added or removed meanwhile moves nothing.

use crate::api::problem::ApiProblem;
use muster_core::model::response::Page;

/// How many items a page has if the request does not say it, and at most.
const USUAL: u32 = 50;
const MOST: u32 = 200;

/// The number of items of a page.
pub(crate) fn limit(wanted: Option<u32>) -> Result<u32, ApiProblem> {
    match wanted.unwrap_or(USUAL) {
        wanted @ 1..=MOST => Ok(wanted),
        _ => Err(ApiProblem::invalid(format!(
            "limit: expected a number from 1 to {MOST}"
        ))),
    }
}

/// A page of at most `limit` items out of those that were read, which are one more if there is a next page.
pub(crate) fn page<I, T>(
    mut read: Vec<I>,
    limit: u32,
    cursor: impl Fn(&I) -> String,
    answer: impl FnMut(I) -> T,
) -> Page<T> {
    let limit = limit as usize;
    let has_more = read.len() > limit;
    read.truncate(limit);
    let next = read.last().filter(|_| has_more).map(cursor);
    Page {
        items: read.into_iter().map(answer).collect(),
        next,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_page_has_no_cursor() {
        let of = |read: Vec<i64>| page(read, 2, ToString::to_string, |item| item * 10);
        let full = of(vec![1, 2, 3]);
        assert_eq!(
            (full.items, full.next.as_deref()),
            (vec![10, 20], Some("2"))
        );
        let last = of(vec![1, 2]);
        assert_eq!((last.items, last.next), (vec![10, 20], None));
        assert_eq!(of(Vec::new()).items, Vec::<i64>::new());
    }

    #[test]
    fn limits_are_from_1_to_200() {
        assert_eq!(limit(None), Ok(50));
        assert_eq!(limit(Some(200)), Ok(200));
        for wrong in [0, 201, u32::MAX] {
            assert!(limit(Some(wrong)).is_err(), "{wrong}");
        }
    }
}
