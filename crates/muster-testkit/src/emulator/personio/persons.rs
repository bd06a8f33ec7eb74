//! `GET /v2/persons`: the list by cursor, and one person.

use super::{
    super::{
        answer::Answer,
        api::Scene,
        base64, paging,
        paging::Page,
        person::{Person, Standing},
        request::{Request, encoded},
    },
    Personio,
    attributes::{ALLEO, BIRTHDAY, BUDGET},
    employments, id, oddities,
};
use serde_json::{Map, Value, json};

/// Page size where none is asked for, and the largest.
const USUAL: usize = 10;
const MOST: usize = 50;

/// What every cursor starts with: bytes that are pluses in Base64.
const CURSOR: [u8; 3] = [0xFB, 0xEF, 0xBE];

pub(super) fn list(personio: &Personio, request: &Request, scene: &Scene) -> Answer {
    let (limit, offset) = match place(request, scene) {
        Ok(place) => place,
        Err(refusal) => return refusal,
    };
    let mut people = personio.people(&scene.firing);
    for (name, value) in request.parameters() {
        let listed = |text: &str| value.split(',').any(|one| one == text);
        match name.as_str() {
            "id" => people.retain(|person| listed(&id(person, &scene.firing).to_string())),
            "email" => people.retain(|person| person.email.as_deref().is_some_and(listed)),
            "first_name" => people.retain(|person| person.first_name == value),
            "last_name" => people.retain(|person| person.full_last_name() == value),
            "status" => people.retain(|person| status(person, personio) == value),
            "updated_at.gt" => {
                let since = value.get(..10).and_then(|day| day.parse().ok());
                people.retain(|person| since.is_none_or(|since| person.changed >= since));
            }
            _ => {}
        }
    }
    let page = paging::page(people, offset, limit, &scene.firing);
    let rows = page
        .items
        .iter()
        .map(|person| row(personio, person, scene))
        .collect();
    envelope(rows, &page, "/v2/persons", scene)
}

pub(super) fn single(personio: &Personio, asked: &str, scene: &Scene) -> Answer {
    let people = personio.people(&scene.firing);
    match people
        .iter()
        .find(|person| id(person, &scene.firing).to_string() == asked)
    {
        Some(person) => Answer::json(200, &row(personio, person, scene)),
        None => problem(
            404,
            "Not found",
            "There is no resource for the specified id.",
        ),
    }
}

/// Limit and offset of a request; both may be refused.
pub(super) fn place(request: &Request, scene: &Scene) -> Result<(usize, usize), Answer> {
    let refused = |detail: &str| problem(400, "Bad request", detail);
    let limit = match request.parameter("limit") {
        Some(text) => text.parse().ok().filter(|limit| (1..=MOST).contains(limit)),
        None => Some(USUAL),
    };
    let limit = limit.ok_or_else(|| refused("Provided value for limit is not valid"))?;
    let Some(cursor) = request.parameter("cursor") else {
        return Ok((limit, 0));
    };
    let bytes = base64::decode(&cursor).filter(|_| !scene.has("cursor-expired"));
    let offset = bytes.and_then(|bytes| {
        String::from_utf8(bytes.strip_prefix(&CURSOR)?.to_vec())
            .ok()?
            .parse()
            .ok()
    });
    Ok((
        limit,
        offset.ok_or_else(|| refused("Provided filter encoding is invalid."))?,
    ))
}

/// A page of v2, with the link to the next one.
pub(super) fn envelope<T>(rows: Vec<Value>, page: &Page<T>, path: &str, scene: &Scene) -> Answer {
    let mut links = json!({"self": {"href": format!("{}{path}", scene.origin)}});
    if let Some(next) = page.next {
        links["next"] = json!({"href": link(path, next, scene)});
    }
    Answer::json(200, &json!({"_data": rows, "_meta": {"links": links}}))
}

fn link(path: &str, next: usize, scene: &Scene) -> String {
    let next = if scene.has("next-link-self") {
        next - next.min(MOST)
    } else {
        next
    };
    let cursor = base64::encode(&[&CURSOR, next.to_string().as_bytes()].concat());
    let cursor = if scene.has("next-link-raw-plus") {
        cursor
    } else {
        encoded(&cursor)
    };
    let origin = match () {
        () if scene.has("next-link-relative") => String::new(),
        () if scene.has("next-link-other-host") => {
            format!("{}://localhost:{}", scene.scheme, scene.stranger)
        }
        () if scene.has("next-link-http") => format!("http://127.0.0.1:{}", scene.stranger),
        () => scene.origin.clone(),
    };
    format!("{origin}{path}?cursor={cursor}")
}

fn status(person: &Person, personio: &Personio) -> &'static str {
    match person.standing(personio.company.today) {
        Standing::Inactive => "INACTIVE",
        _ => "ACTIVE",
    }
}

fn row(personio: &Personio, person: &Person, scene: &Scene) -> Value {
    let id = id(person, &scene.firing).to_string();
    let employments: Vec<Value> = employments::of(person)
        .iter()
        .map(|one| json!({"id": employments::id(one)}))
        .collect();
    let href = format!("{}/v2/persons/{id}/employments", scene.origin);
    let mut row = Map::new();
    let mut put = |key: &str, value: Value| drop(row.insert(key.to_owned(), value));
    put("id", json!(id));
    put("employments", json!(employments));
    put("_meta", json!({"links": {"employments": {"href": href}}}));
    if scene.has("person-reduced") {
        return Value::Object(row);
    }
    let withheld = oddities::withheld(&scene.firing);
    put("first_name", json!(person.first_name));
    put("last_name", json!(person.full_last_name()));
    put("preferred_name", json!(person.display_name()));
    put("gender", json!(person.gender.to_uppercase()));
    put(
        "created_at",
        json!(format!("{}T09:12:44Z", person.service[0].from)),
    );
    put("updated_at", json!(format!("{}T07:30:01Z", person.changed)));
    if !withheld.contains(&"email") {
        put("email", json!(person.email));
    }
    if !withheld.contains(&"status") {
        put("status", json!(status(person, personio)));
    }
    if scene.has("huge-page") {
        put("filler", json!("x".repeat(5_000)));
    }
    put("custom_attributes", custom(person, &withheld, scene));
    Value::Object(row)
}

fn custom(person: &Person, withheld: &[&str], scene: &Scene) -> Value {
    let yes = person.access && !scene.has("alleo-all-no");
    let all = [
        (
            BIRTHDAY,
            "date",
            json!(person.born.to_string()),
            Some("date_of_birth"),
            "Birthday",
        ),
        (
            ALLEO,
            "string",
            json!(if yes { "Yes" } else { "No" }),
            None,
            "Alleo",
        ),
        (
            BUDGET,
            "double",
            json!(person.budget),
            None,
            "alleo_monthly_all_budget",
        ),
    ];
    let granted = all.into_iter().filter(|(key, ..)| !withheld.contains(key));
    granted
        .map(|(key, kind, value, global, label)| {
            json!({"id": key, "type": kind, "value": value, "global_id": global, "label": label})
        })
        .collect()
}

/// An error as v2 writes it.
pub(super) fn problem(status: u16, title: &str, detail: &str) -> Answer {
    let kind = format!(
        "https://developer.personio.de/reference/errors#common.{}",
        title.to_lowercase().replace(' ', "_")
    );
    let body = json!({
        "personio_trace_id": "aswo3f-00000000",
        "timestamp": "2026-05-28T11:17:30+00:00",
        "errors": [{"title": title, "detail": detail, "type": kind}],
    });
    Answer::json(status, &body).with("Content-Type", "application/problem+json")
}
