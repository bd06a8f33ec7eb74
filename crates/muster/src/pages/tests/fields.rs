//! Custom fields: added, renamed and removed by admins, and nothing that is in use is lost without a word.

use super::{
    deciding::{Answer, get, hidden, post, user},
    demo::Demo,
};
use axum::http::StatusCode;
use muster_core::model::role::Role;

const FIELDS: &str = "/w/fjordmarked/fields";

async fn send(demo: &Demo, to: &str, values: &[(&str, &str)]) -> Answer {
    let shown = get(demo, &demo.cookie, FIELDS).await.body;
    let token = hidden(&shown, "form_token");
    let mut form = vec![("form_token", token.as_str())];
    form.extend(values);
    post(demo, &demo.cookie, to, &form).await
}

fn has(demo: &Demo, key: &str) -> bool {
    let workspace = demo.store.workspace("fjordmarked").unwrap().unwrap();
    workspace.schema.find(key).is_some()
}

#[tokio::test]
async fn custom_field_is_added_renamed_and_removed() {
    let demo = Demo::new().await;
    let new = [
        ("key", "shirt_size"),
        ("kind", "choice"),
        ("choices", "S\n M \n\nL"),
    ];
    assert_eq!(send(&demo, FIELDS, &new).await.location, FIELDS);
    let list = get(&demo, &demo.cookie, FIELDS).await.body;
    for text in [
        "Shirt size",
        "Choice of S, M, L",
        "external_id",
        "Work anniversary",
    ] {
        assert!(list.contains(text), "{text}: {list}");
    }
    let renamed = send(
        &demo,
        &format!("{FIELDS}/shirt_size/rename"),
        &[("key", "size")],
    )
    .await;
    assert_eq!(
        renamed.location,
        format!("{FIELDS}/size"),
        "{}",
        renamed.body
    );
    assert!(has(&demo, "size") && !has(&demo, "shirt_size"));
    let page = get(&demo, &demo.cookie, &format!("{FIELDS}/size"))
        .await
        .body;
    assert!(page.contains("No person has a value"), "{page}");
    let removed = send(&demo, &format!("{FIELDS}/size/remove"), &[]).await;
    assert_eq!(removed.location, FIELDS);
    assert!(!has(&demo, "size"));
}

#[tokio::test]
async fn impossible_fields_are_refused_at_their_input() {
    let demo = Demo::new().await;
    for (key, kind, choices, text) in [
        ("Shirt size", "text", "", "Use lower-case letters"),
        ("email", "text", "", "The workspace already has this field."),
        (
            "monthly_all_budget",
            "number",
            "",
            "This is the key of a budget.",
        ),
        ("size", "choice", " ", "Enter the values of the choice"),
        ("size", "text", "S", "Only a choice has values."),
        ("status", "text", "", "status"),
    ] {
        let form = [("key", key), ("kind", kind), ("choices", choices)];
        let refused = send(&demo, FIELDS, &form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{key}");
        assert!(refused.body.contains(text), "{text}: {}", refused.body);
    }
    let standard = get(&demo, &demo.cookie, &format!("{FIELDS}/email")).await;
    assert_eq!(standard.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn field_with_values_is_removed_only_with_them() {
    let header = "id,mail,first,last,start,title,department,country,manager,birthday,shop\n";
    let row = "S-1,s1@acme.example,Ada,Lind,2020-01-01,,,,,,North\n";
    let text = "shop = \"shop\"\n[fields]\nshop = \"text\"\n";
    let deliveries = [(header.to_owned() + row, "2026-11-20T05:00:00Z")];
    let demo = Demo::with_columns(text, &deliveries).await;
    let page = get(&demo, &demo.cookie, &format!("{FIELDS}/shop"))
        .await
        .body;
    assert!(page.contains("1 person has a value"), "{page}");
    assert!(page.contains("Mapped by store-staff"), "{page}");
    let remove = format!("{FIELDS}/shop/remove");
    let refused = send(&demo, &remove, &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(has(&demo, "shop"));
    assert_eq!(
        send(&demo, &remove, &[("and_values", "yes")])
            .await
            .location,
        FIELDS
    );
    assert!(!has(&demo, "shop"));
}

#[tokio::test]
async fn w10_only_admins_change_fields() {
    let demo = Demo::new().await;
    let operator = user(&demo, "bob@fjordmarked.example", Some(Role::Approver)).await;
    let list = get(&demo, &operator, FIELDS).await;
    assert_eq!(list.status, StatusCode::OK);
    assert!(!list.body.contains("New custom field"), "{}", list.body);
    let token = hidden(&list.body, "form_token");
    let form = [
        ("form_token", token.as_str()),
        ("key", "a"),
        ("kind", "text"),
        ("choices", ""),
    ];
    let refused = post(&demo, &operator, FIELDS, &form).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}
