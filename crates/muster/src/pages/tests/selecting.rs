//! Which operations of a held plan are approved: those that were ticked, one sort, or those that can still be approved.

use super::{
    deciding::{APPROVE, RUN, get, hidden, post, user},
    demo::Demo,
};
use axum::http::StatusCode;
use muster_core::model::{
    ids::{EmployeeId, RunId},
    role::Role,
};
use muster_store::{Choice, ManualEdit, PlanDecision};

/// The numbers of the operations that can be ticked on a page.
fn ticks(page: &str) -> Vec<i64> {
    let after = page.split("name=\"op\" value=\"").skip(1);
    after
        .map(|text| text.split('"').next().unwrap().parse().unwrap())
        .collect()
}

/// Opens the approval with a query, fills it in and sends it: the decision of the job.
async fn approved(demo: &Demo, query: &str, departures: &str) -> PlanDecision {
    let cookie = demo.cookie.clone();
    let page = get(demo, &cookie, &format!("{APPROVE}?{query}")).await;
    assert_eq!(page.status, StatusCode::OK, "{query}");
    let names = [
        "form_token",
        "plan",
        "choice",
        "sort",
        "numbers",
        "operations",
    ];
    let sent: Vec<(&str, String)> = names
        .into_iter()
        .filter(|name| page.body.contains(&format!("name=\"{name}\" value=")))
        .map(|name| (name, hidden(&page.body, name)))
        .chain([
            ("departures", departures.to_owned()),
            ("note", "They moved".to_owned()),
        ])
        .collect();
    let form: Vec<(&str, &str)> = sent
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let answer = post(demo, &cookie, APPROVE, &form).await;
    assert_eq!(answer.location, RUN, "{}", answer.body);
    let workspace = demo.store.workspace("fjordmarked").unwrap().unwrap();
    let latest = demo.store.plan_decision(workspace.id, RunId(4)).unwrap();
    latest.unwrap().decision
}

#[tokio::test]
async fn ticked_operations_are_approved_and_nothing_else() {
    let demo = Demo::new().await;
    let page = get(&demo, &demo.cookie, RUN).await.body;
    let ticks = ticks(&page);
    let query = format!("choice=ticked&op={}&op={}", ticks[0], ticks[2]);
    let shown = get(&demo, &demo.cookie, &format!("{APPROVE}?{query}")).await;
    for text in ["Approve 2 operations", "2 people lose access."] {
        assert!(shown.body.contains(text), "{text}: {}", shown.body);
    }
    let decision = approved(&demo, &query, "2").await;
    assert_eq!(
        decision.choice,
        Choice::Numbers([ticks[0], ticks[2]].into())
    );
}

#[tokio::test]
async fn one_sort_is_approved_as_a_whole_also_what_is_not_on_the_page() {
    let demo = Demo::new().await;
    let decision = approved(&demo, "choice=sort&sort=deactivate.missing.0", "63").await;
    let Choice::Numbers(numbers) = decision.choice else {
        panic!("{decision:?}");
    };
    assert_eq!(numbers.len(), 63);
}

#[tokio::test]
async fn nothing_ticked_leads_back_to_the_run() {
    let demo = Demo::new().await;
    for query in [
        "choice=ticked",
        "choice=ticked&op=999",
        "choice=sort&sort=x",
    ] {
        let answer = get(&demo, &demo.cookie, &format!("{APPROVE}?{query}")).await;
        assert_eq!(answer.location, RUN, "{query}");
    }
}

#[tokio::test]
async fn only_who_may_approve_can_tick() {
    let demo = Demo::new().await;
    let viewer = user(&demo, "viewer@acme.example", Some(Role::Viewer)).await;
    for (cookie, expected) in [(&viewer, false), (&demo.cookie, true)] {
        let page = get(&demo, cookie, RUN).await.body;
        assert_eq!(!ticks(&page).is_empty(), expected, "{page}");
        assert_eq!(page.contains("Approve these 63…"), expected);
    }
}

#[tokio::test]
async fn plan_is_searched_and_grouped_by_change_in_its_address() {
    let demo = Demo::new().await;
    let count = |page: &str| page.matches("id=\"operation-").count();
    let of = |query: &'static str| {
        let demo = &demo;
        async move {
            get(demo, &demo.cookie, &format!("{RUN}?{query}"))
                .await
                .body
        }
    };
    let all = of("by=change").await;
    assert!(all.contains("<option value=\"change\" selected>"), "{all}");
    let first = all.split("FM-").nth(1).unwrap();
    let id: String = first.chars().take_while(char::is_ascii_digit).collect();
    let found = get(&demo, &demo.cookie, &format!("{RUN}?q=fm-{id}"))
        .await
        .body;
    assert_eq!(count(&found), 1, "{found}");
    let nobody = of("q=nobody-has-this").await;
    assert_eq!(count(&nobody), 0);
    assert!(nobody.contains("Nothing found"), "{nobody}");
    // What is shown does not change what can be approved.
    assert!(nobody.contains("63 people lose access"), "{nobody}");
}

#[tokio::test]
async fn operations_of_employees_who_changed_since_are_marked_and_not_approved() {
    let demo = Demo::new().await;
    let (store, page) = (&demo.store, get(&demo, &demo.cookie, RUN).await.body);
    let first = ticks(&page)[0];
    let row = page.split(&format!("id=\"operation-{first}\"")).nth(1);
    let person = row.unwrap().split("/people/").nth(1).unwrap();
    let person: String = person.chars().take_while(char::is_ascii_digit).collect();
    let workspace = store.workspace("fjordmarked").unwrap().unwrap();
    let edit = ManualEdit {
        actor: Some("Eva"),
        note: None,
        process: 1,
        now: "2026-11-27T07:00:00Z".parse().unwrap(),
    };
    let person = EmployeeId(person.parse().unwrap());
    store.protect(&workspace, person, true, &edit).unwrap();
    let page = get(&demo, &demo.cookie, RUN).await.body;
    for text in [
        "The employee of 1 operation has changed since this plan was made",
        "The employee has changed since this plan was made, so",
        "62 people lose access",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!ticks(&page).contains(&first));
    let decision = approved(&demo, "choice=all", "62").await;
    let Choice::Numbers(numbers) = decision.choice else {
        panic!("{decision:?}");
    };
    assert!(!numbers.contains(&first), "{numbers:?}");
    // Also one operation that is not a departure.
    assert_eq!(numbers.len(), 63);
}
