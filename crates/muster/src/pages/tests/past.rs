//! The page of an employee as of a past day.

use super::demo::Demo;
use muster_core::model::{field::canonical, ids::EmployeeId, plan::Changed};

#[tokio::test]
async fn person_is_shown_as_of_a_past_day_and_nothing_can_be_changed_there() {
    let demo = Demo::new().await;
    let workspace = demo.store.workspace("fjordmarked").unwrap().unwrap();
    let changed = (1..=240).find_map(|id| {
        let history = demo.store.history(&workspace, EmployeeId(id)).unwrap();
        let title = Changed::Field(canonical::TITLE);
        let (at, old) = history.iter().rev().find_map(|entry| {
            let mut changes = entry.changes.iter();
            let change = changes.find(|change| change.what == title)?;
            Some((entry.at, change.old.clone()?))
        })?;
        Some((id, at, old, history[0].at))
    });
    let (id, at, old, created) = changed.unwrap();
    let path = format!("/w/fjordmarked/people/{id}");
    let day = |at: jiff::Timestamp| {
        let day = at.to_zoned(jiff::tz::TimeZone::UTC).date();
        day.yesterday().unwrap()
    };
    let value = format!("<span dir=\"auto\">{old}</span>");
    let now = demo.get(&path).await;
    assert!(!now.contains(&value), "{old}: {now}");
    assert!(now.contains("/change/edit"), "{now}");
    let then = demo.get(&format!("{path}?as_of={}", day(at))).await;
    assert!(then.contains(&value), "{old}: {then}");
    assert!(!then.contains("/change/"), "{then}");
    assert!(
        then.contains(&format!("at the end of {}", day(at))),
        "{then}"
    );
    let before = demo.get(&format!("{path}?as_of={}", day(created))).await;
    assert!(before.contains("was not in the directory"), "{before}");
    assert!(!before.contains(&value), "{before}");
    for odd in ["soon", "2026-02-30", "99999-01-01"] {
        let page = demo.get(&format!("{path}?as_of={odd}")).await;
        assert!(page.contains("Today is shown"), "{odd}: {page}");
        assert!(page.contains("/change/edit"), "{odd}");
    }
}
