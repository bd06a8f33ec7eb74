//! `GET /v1/employees`: the new list by cursor, for OAuth tokens only.

use super::{
    super::{
        answer::Answer,
        api::Scene,
        base64, paging,
        request::{Request, encoded},
    },
    BambooHr, access, fields, id,
    values::View,
};
use serde_json::{Value, json};

const USUAL: usize = 50;
const MOST: usize = 100;

pub(super) fn list(bamboo: &BambooHr, request: &Request, scene: &Scene) -> Answer {
    if request.bearer().is_none() {
        return access::unauthorised();
    }
    let limit = request
        .number("page[limit]")
        .unwrap_or(USUAL)
        .clamp(1, MOST);
    let cursor = request.parameter("page[after]");
    let offset = cursor
        .as_deref()
        .map(|it| String::from_utf8(base64::decode(it)?).ok()?.parse().ok());
    let offset = match offset {
        Some(None) => return bad_page(),
        Some(Some(_)) if scene.has("bad-page") => return bad_page(),
        Some(Some(offset)) => offset,
        None => 0,
    };
    let mut people = bamboo.people(&scene.firing);
    if let Some(status) = request.parameter("filter[status]") {
        let wanted_gone = status.eq_ignore_ascii_case("inactive");
        people.retain(|person| {
            View {
                person,
                company: &bamboo.company,
                firing: &scene.firing,
                only_current: true,
            }
            .is_gone()
                == wanted_gone
        });
    }
    let page = paging::page(people, offset, limit, &scene.firing);
    let next = page
        .next
        .map(|next| base64::encode(next.to_string().as_bytes()));
    let rows: Vec<Value> = page
        .items
        .iter()
        .map(|person| View {
            person,
            company: &bamboo.company,
            firing: &scene.firing,
            only_current: true,
        })
        .map(|view| row(&view, &request.parameter("fields").unwrap_or_default()))
        .collect();
    let href = next.as_ref().map(|next| {
        json!({"href": format!("{}{}?page[limit]={limit}&page[after]={}", scene.origin, request.path, encoded(next))})
    });
    Answer::json(
        200,
        &json!({
            "data": rows,
            "meta": {"total": page.total, "page": {"limit": limit, "nextCursor": next, "prevCursor": null}},
            "_links": {"self": {"href": format!("{}{}", scene.origin, request.path)}, "next": href, "prev": null},
        }),
    )
}

/// What is hidden is null and named.
fn row(view: &View<'_>, more: &str) -> Value {
    let mut row = json!({"employeeId": id(view.person, view.firing).to_string()});
    let mut restricted = Vec::new();
    for alias in ["firstName", "lastName", "preferredName", "status"]
        .into_iter()
        .chain(more.split(','))
    {
        if alias.is_empty() {
            continue;
        }
        let hidden = view.firing.has("restricted-fields") && alias.ends_with("Email");
        if hidden || fields::withheld(view.firing).contains(&alias) {
            restricted.push(alias);
        }
        let value = if restricted.contains(&alias) {
            Value::Null
        } else {
            view.value(alias).unwrap_or(Value::Null)
        };
        row[alias] = value;
    }
    row["jobTitleName"] = view.value("jobTitle").unwrap_or(Value::Null);
    if !restricted.is_empty() {
        row["_restrictedFields"] = json!(restricted);
    }
    row
}

fn bad_page() -> Answer {
    let body =
        json!({"type": "about:blank", "title": "Bad Request", "status": 400, "code": "BadPage"});
    Answer::json(400, &body).with("Content-Type", "application/problem+json")
}
