//! Linking, dangling, rings and trees.

use super::*;
use proptest::prelude::*;

fn member(id: i64, manager: Option<&str>) -> Member {
    Member {
        id: EmployeeId(id),
        external_id: Some(format!("E-{id}")),
        manager: manager.map(str::to_owned),
        name: format!("Person {id}"),
        title: None,
        status: Status::Active,
    }
}

fn organisation(managers: &[Option<&str>]) -> Organisation {
    let members = (1..).zip(managers).map(|(id, manager)| member(id, *manager)).collect();
    Organisation::new(members, ManagerLeft::Keep)
}

fn lines(organisation: &Organisation, depth: Option<usize>) -> Vec<(usize, i64, usize)> {
    let branch = |branch: Branch| (branch.depth, organisation.member(branch.member).id.0, branch.hidden);
    organisation.tree(None, depth).into_iter().map(branch).collect()
}

#[test]
fn a_manager_who_stands_later_in_the_file_is_linked() {
    let organisation = organisation(&[Some("E-2"), None]);
    assert_eq!(organisation.link(0), Link::To(1));
    assert_eq!(lines(&organisation, None), [(0, 2, 0), (1, 1, 0)]);
}

#[test]
fn a_manager_who_is_not_known_dangles_and_the_person_stands_at_the_top() {
    let organisation = organisation(&[Some("E-99"), Some("E-1")]);
    assert_eq!(organisation.dangling().collect::<Vec<_>>(), [0]);
    assert_eq!(lines(&organisation, None), [(0, 1, 0), (1, 2, 0)]);
}

#[test]
fn the_newest_link_of_a_ring_is_left_out_and_its_path_is_told() {
    let organisation = organisation(&[Some("E-2"), Some("E-3"), Some("E-1"), Some("E-2")]);
    let rings: Vec<Vec<i64>> = organisation.rings().map(|ring| ring.iter().map(|m| m.id.0).collect()).collect();
    assert_eq!(rings, [[3, 1, 2, 3]]);
    assert_eq!(organisation.link(2), Link::Ring);
    assert_eq!(lines(&organisation, None), [(0, 3, 0), (1, 2, 0), (2, 1, 0), (2, 4, 0)]);
}

#[test]
fn a_person_who_names_themselves_has_no_manager() {
    let organisation = organisation(&[Some("E-1")]);
    assert_eq!(organisation.link(0), Link::Ring);
    assert_eq!(organisation.rings().next().unwrap().len(), 2);
}

#[test]
fn a_manager_who_left_stays_marked_or_is_cleared() {
    let members = |left: ManagerLeft| {
        let boss = Member { status: Status::Inactive, ..member(1, None) };
        Organisation::new(vec![boss, member(2, Some("E-1"))], left)
    };
    assert_eq!(members(ManagerLeft::Keep).link(1), Link::Left(0));
    assert_eq!(lines(&members(ManagerLeft::Keep), None), [(0, 1, 0), (1, 2, 0)]);
    assert_eq!(members(ManagerLeft::Clear).link(1), Link::Cleared);
    assert_eq!(lines(&members(ManagerLeft::Clear), None), [(0, 2, 0)]);
}

#[test]
fn depth_is_limited_and_what_is_below_is_counted() {
    let organisation = organisation(&[None, Some("E-1"), Some("E-2"), Some("E-3"), Some("E-1")]);
    assert_eq!(lines(&organisation, Some(1)), [(0, 1, 0), (1, 2, 2), (1, 5, 0)]);
}

#[test]
fn changed_links_that_close_a_ring_are_told_with_their_path() {
    let stored = |id: &str| (id == "B").then(|| "C".to_owned()).or_else(|| (id == "C").then(|| "A".to_owned()));
    assert_eq!(closed_rings([("A", "B")], stored), [["A", "B", "C", "A"]]);
    assert!(closed_rings([("A", "X")], stored).is_empty());
    assert_eq!(closed_rings([("Z", "Z")], stored), [["Z", "Z"]]);
}

proptest! {
    #[test]
    fn everybody_who_works_here_stands_in_the_tree_exactly_once(managers in proptest::collection::vec(proptest::option::of(1usize..25), 0..20)) {
        let names: Vec<Option<String>> = managers.iter().map(|m| m.map(|m| format!("E-{m}"))).collect();
        let organisation = organisation(&names.iter().map(Option::as_deref).collect::<Vec<_>>());
        let mut seen: Vec<usize> = organisation.tree(None, None).iter().map(|branch| branch.member).collect();
        seen.sort_unstable();
        prop_assert_eq!(seen, (0..managers.len()).collect::<Vec<_>>());
    }
}
