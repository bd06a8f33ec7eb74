//! Linking, dangling, cycles and trees.

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
    let members = (1..)
        .zip(managers)
        .map(|(id, manager)| member(id, *manager))
        .collect();
    Organisation::new(members, ManagerLeft::Keep)
}

fn lines(organisation: &Organisation, depth: Option<usize>) -> Vec<(usize, i64, usize)> {
    let branch = |branch: Branch| {
        (
            branch.depth,
            organisation.member(branch.member).id.0,
            branch.hidden,
        )
    };
    organisation
        .tree(None, depth)
        .into_iter()
        .map(branch)
        .collect()
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
fn the_newest_link_of_a_cycle_is_left_out_and_its_path_is_reported() {
    let organisation = organisation(&[Some("E-2"), Some("E-3"), Some("E-1"), Some("E-2")]);
    let cycles: Vec<Vec<i64>> = organisation
        .cycles()
        .map(|cycle| cycle.iter().map(|m| m.id.0).collect())
        .collect();
    assert_eq!(cycles, [[3, 1, 2, 3]]);
    assert_eq!(organisation.link(2), Link::Cycle);
    assert_eq!(
        lines(&organisation, None),
        [(0, 3, 0), (1, 2, 0), (2, 1, 0), (2, 4, 0)]
    );
}

#[test]
fn a_person_who_names_themselves_has_no_manager() {
    let organisation = organisation(&[Some("E-1")]);
    assert_eq!(organisation.link(0), Link::Cycle);
    assert_eq!(organisation.cycles().next().unwrap().len(), 2);
}

#[test]
fn a_manager_who_left_stays_marked_or_is_cleared() {
    let members = |left: ManagerLeft| {
        let boss = Member {
            status: Status::Inactive,
            ..member(1, None)
        };
        Organisation::new(vec![boss, member(2, Some("E-1"))], left)
    };
    assert_eq!(members(ManagerLeft::Keep).link(1), Link::Left(0));
    assert_eq!(
        lines(&members(ManagerLeft::Keep), None),
        [(0, 1, 0), (1, 2, 0)]
    );
    assert_eq!(members(ManagerLeft::Clear).link(1), Link::Cleared);
    assert_eq!(lines(&members(ManagerLeft::Clear), None), [(0, 2, 0)]);
}

#[test]
fn depth_is_limited_and_what_is_below_is_counted() {
    let organisation = organisation(&[None, Some("E-1"), Some("E-2"), Some("E-3"), Some("E-1")]);
    assert_eq!(
        lines(&organisation, Some(1)),
        [(0, 1, 0), (1, 2, 2), (1, 5, 0)]
    );
}

fn cycles(links: &[(&str, Option<&str>)]) -> Vec<Vec<u64>> {
    let mut search = CycleSearch::default();
    links
        .iter()
        .for_each(|(person, manager)| search.add(person, *manager));
    let mut cycles = search.find();
    cycles.iter_mut().for_each(|cycle| cycle.sort_unstable());
    cycles
}

#[test]
fn m18_a_cycle_is_found_among_links_and_the_first_statement_about_an_employee_counts() {
    let cycle = |ids: &[&str]| {
        let mut marks: Vec<u64> = ids.iter().map(|id| mark(id)).collect();
        marks.sort_unstable();
        marks
    };
    let stored = [("B", Some("C")), ("C", Some("A")), ("D", Some("A"))];
    let with = |changed| [&[changed], &stored[..]].concat();
    assert_eq!(cycles(&with(("A", Some("B")))), [cycle(&["A", "B", "C"])]);
    assert!(cycles(&with(("A", Some("X")))).is_empty());
    assert!(
        cycles(&[("A", Some("B")), ("B", None), ("B", Some("A"))]).is_empty(),
        "B has no manager any more"
    );
    assert_eq!(cycles(&[("Z", Some("Z"))]), [cycle(&["Z"])]);
    assert!(cycles(&[]).is_empty());
}

/// A chain of so many managers, closed at its end: quadratic work would not end.
#[test]
fn m18_a_cycle_of_three_hundred_thousand_managers_is_found() {
    let mut search = CycleSearch::default();
    for number in 0..300_000 {
        search.add(
            &format!("E-{number}"),
            Some(&format!("E-{}", (number + 1) % 300_000)),
        );
    }
    assert_eq!(
        search.find().iter().map(Vec::len).collect::<Vec<_>>(),
        [300_000]
    );
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

    #[test]
    fn m18_a_path_back_to_its_start_is_a_reporting_cycle(managers in proptest::collection::vec(proptest::option::of(0usize..12), 0..12)) {
        let names: Vec<String> = (0..12).map(|number| format!("E-{number}")).collect();
        let links: Vec<_> = managers.iter().zip(&names).map(|(m, name)| (name.as_str(), m.map(|m| names[m].as_str()))).collect();
        let comes_back = |start: usize| {
            let steps = std::iter::successors(Some(start), |at| managers.get(*at).copied().flatten());
            steps.skip(1).take(12).any(|at| at == start)
        };
        let mut wanted: Vec<u64> = (0..managers.len()).filter(|at| comes_back(*at)).map(|at| mark(&names[at])).collect();
        wanted.sort_unstable();
        let mut found = cycles(&links).concat();
        found.sort_unstable();
        prop_assert_eq!(found, wanted);
    }
}
