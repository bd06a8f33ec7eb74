//! Smart groups: a rule is written, its effect is shown, and what was shown is saved.

use super::{
    deciding::{Answer, get, hidden, post, user},
    demo::Demo,
    unescaped,
};
use axum::http::StatusCode;
use muster_core::model::role::Role;
use muster_store::AuditQuery;

const LIST: &str = "/w/fjordmarked/groups";
const EDITOR: &str = "/w/fjordmarked/smart-group";

/// Sends the form of a rule.
async fn send(demo: &Demo, cookie: &str, to: &str, values: &[(&str, &str)]) -> Answer {
    let shown = get(demo, cookie, LIST).await.body;
    let token = hidden(&shown, "form_token");
    let mut form = vec![("form_token", token.as_str())];
    form.extend(values);
    post(demo, cookie, to, &form).await
}

const CASHIERS: [(&str, &str); 4] = [
    ("name", "Cashiers <b>"),
    ("field", "title"),
    ("test", "one_of"),
    ("values", "Cashier"),
];

#[tokio::test]
async fn smart_group_is_saved_as_its_preview_showed_it() {
    let demo = Demo::new().await;
    let empty = get(&demo, &demo.cookie, LIST).await.body;
    assert!(empty.contains("No smart groups yet"), "{empty}");
    assert!(empty.contains(&format!("href=\"{EDITOR}\"")), "{empty}");
    let shown = send(&demo, &demo.cookie, EDITOR, &CASHIERS).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.body);
    let joins = "Save and move 62 people";
    assert!(shown.body.contains(joins), "{}", shown.body);
    let workspace = demo.store.workspace("fjordmarked").unwrap().unwrap();
    assert_eq!(demo.store.smart_groups(&workspace).unwrap(), []);
    let seen = unescaped(&hidden(&shown.body, "seen"));
    let mut form = CASHIERS.to_vec();
    form.extend([("do", "save"), ("seen", seen.as_str())]);
    // Another rule than the one that was shown is shown first.
    let mut other = form.clone();
    other[3].1 = "Cashier\nBaker";
    let other = send(&demo, &demo.cookie, EDITOR, &other).await;
    assert!(
        other.body.contains("changed after this preview"),
        "{}",
        other.body
    );
    assert_eq!(demo.store.smart_groups(&workspace).unwrap(), []);
    let saved = send(&demo, &demo.cookie, EDITOR, &form).await;
    let page = "/w/fjordmarked/groups/Cashiers%20%3Cb%3E";
    assert_eq!(saved.location, page, "{}", saved.body);
    let group = get(&demo, &demo.cookie, page).await.body;
    for text in [
        "Title is <code>Cashier</code>",
        "62 people",
        "because the rule was saved",
        "by mette@fjordmarked.example",
        "Cashiers &#60;b&#62;",
    ] {
        assert!(group.contains(text), "{text}: {group}");
    }
    assert_eq!(group.matches("class=\"who\"").count(), 50, "a page of them");
    let next = group.split("rel=\"next\"").next().unwrap();
    let next = next.rsplit("href=\"").next().unwrap().trim_end();
    let next = get(&demo, &demo.cookie, next.trim_end_matches('"'))
        .await
        .body;
    assert_eq!(next.matches("class=\"who\"").count(), 12, "{next}");
    let list = get(&demo, &demo.cookie, LIST).await.body;
    assert!(list.contains("+62"), "{list}");
    // Its name is used, and its acts are in the audit log.
    let again = send(&demo, &demo.cookie, EDITOR, &CASHIERS).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let query = AuditQuery {
        workspace: Some(workspace.id),
        act: Some(muster_core::model::audit::Act::SmartGroupSaved),
        since: None,
        before: None,
        limit: 10,
    };
    let entries = demo.store.audit_page(&query).unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].subject_name, "smart group Cashiers <b>");
    assert_eq!(entries[0].actor_name, "mette@fjordmarked.example");
}

#[tokio::test]
async fn rule_is_changed_and_the_group_removed_with_its_history_kept() {
    let demo = Demo::new().await;
    let shown = send(&demo, &demo.cookie, EDITOR, &CASHIERS).await;
    let seen = unescaped(&hidden(&shown.body, "seen"));
    let mut form = CASHIERS.to_vec();
    form.extend([("do", "save"), ("seen", seen.as_str())]);
    let page = send(&demo, &demo.cookie, EDITOR, &form).await.location;
    let editor = format!("{EDITOR}?group=Cashiers%20%3Cb%3E");
    let rule = get(&demo, &demo.cookie, &editor).await.body;
    assert!(rule.contains("\nCashier</textarea>"), "{rule}");
    // Fields are joined by AND, lines by OR.
    let narrower = [
        ("field", "title"),
        ("test", "one_of"),
        ("values", "Cashier\nDirector"),
        ("field", "country"),
        ("test", "one_of"),
        ("values", "NL"),
        ("expression", "department == 'Utrecht Centrum'"),
    ];
    let effect = send(&demo, &demo.cookie, &editor, &narrower).await.body;
    let workspace = demo.store.workspace("fjordmarked").unwrap().unwrap();
    assert!(
        effect.contains("<dt>Would belong</dt><dd>20</dd>"),
        "{effect}"
    );
    let seen = unescaped(&hidden(&effect, "seen"));
    let mut form = narrower.to_vec();
    form.extend([("do", "save"), ("seen", seen.as_str())]);
    assert_eq!(
        send(&demo, &demo.cookie, &editor, &form).await.location,
        page
    );
    assert_eq!(demo.store.smart_groups(&workspace).unwrap()[0].members, 20);
    let confirm = get(&demo, &demo.cookie, &format!("{page}/remove"))
        .await
        .body;
    assert!(confirm.contains("20 people leave the group"), "{confirm}");
    let removed = send(&demo, &demo.cookie, &format!("{page}/remove"), &[]).await;
    assert_eq!(removed.location, LIST);
    assert_eq!(demo.store.smart_groups(&workspace).unwrap(), []);
    let history = demo
        .store
        .smart_group_history(&workspace, "Cashiers <b>", 1_000)
        .unwrap();
    assert_eq!(history.len(), 62 + 42 + 20);
    let gone = get(&demo, &demo.cookie, &page).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_wrong_with_a_rule_is_named_at_its_condition() {
    let demo = Demo::new().await;
    let rule = |field, test, values, expression| {
        [
            ("name", "A"),
            ("field", "country"),
            ("test", "one_of"),
            ("values", "DK"),
            ("field", field),
            ("test", test),
            ("values", values),
            ("expression", expression),
        ]
    };
    for (form, text) in [
        (
            rule("country", "one_of", "Nederlandia", ""),
            "Condition 2: `country` is never `Nederlandia`",
        ),
        (
            rule("birthday", "less", "soon", ""),
            "Condition 2: Write a day",
        ),
        (rule("title", "more", "3", ""), "Condition 2: `title` is"),
        (
            rule("nothing", "one_of", "a", ""),
            "Condition 2: There is no field `nothing`",
        ),
        (
            rule("", "one_of", "", "titel == 'a'"),
            "Expression, line 1, character 1: There is no field `titel`",
        ),
    ] {
        let refused = send(&demo, &demo.cookie, EDITOR, &form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{text}");
        let body = refused.body.replace("&#39;", "'");
        assert!(body.contains(text), "{text}: {body}");
        assert!(body.contains("value=\"A\""), "what was typed stays");
    }
    let more = [
        ("do", "add"),
        ("name", "A"),
        ("field", "title"),
        ("test", "yes"),
        ("values", "x"),
    ];
    let more = send(&demo, &demo.cookie, EDITOR, &more).await.body;
    assert_eq!(more.matches("name=\"field\"").count(), 2, "{more}");
    let fewer = [
        ("do", "remove.0"),
        ("field", "title"),
        ("test", "yes"),
        ("values", "x"),
    ];
    let fewer = send(&demo, &demo.cookie, EDITOR, &fewer).await.body;
    assert!(!fewer.contains("\nx</textarea>"), "{fewer}");
}

#[tokio::test]
async fn w10_viewers_see_groups_and_change_none() {
    let demo = Demo::new().await;
    let viewer = user(&demo, "bob@fjordmarked.example", Some(Role::Viewer)).await;
    let list = get(&demo, &viewer, LIST).await;
    assert_eq!(list.status, StatusCode::OK);
    assert!(!list.body.contains(EDITOR), "{}", list.body);
    assert_eq!(
        get(&demo, &viewer, EDITOR).await.status,
        StatusCode::FORBIDDEN
    );
    let refused = send(&demo, &viewer, EDITOR, &CASHIERS).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}
