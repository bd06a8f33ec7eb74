//! `POST /v1/reports/custom`: all employees in one answer, written row by row so that 50,000 people cost bytes and no tree.

use super::{
    super::{
        answer::{Answer, Delivery},
        api::Scene,
        person::Standing,
        request::Request,
    },
    BambooHr,
    fields::{self, Field},
    id, refusal,
    values::View,
};
use serde_json::{Map, Value, json};

/// The most fields of a request.
const MOST_FIELDS: usize = 400;

/// How large a huge report is.
const HUGE: usize = 60_000_000;

/// What `Accept` may be where no format is given.
const ACCEPTED: [&str; 5] = [
    "application/json",
    "text/xml",
    "text/csv",
    "application/pdf",
    "application/vnd.ms-excel",
];

/// Whether an answer is JSON: by `Accept`, for a report by its format first.
pub(super) fn wants_json(path: &str, request: &Request) -> bool {
    match request.parameter("format") {
        Some(format) if path.contains("reports/") => format.eq_ignore_ascii_case("json"),
        _ => request
            .header("accept")
            .is_some_and(|accept| accept.contains("application/json")),
    }
}

pub(super) fn custom(bamboo: &BambooHr, request: &Request, scene: &Scene) -> Answer {
    let accept = request.header("accept").unwrap_or_default();
    if request.parameter("format").is_none() && !accept.is_empty() && !ACCEPTED.contains(&accept) {
        return refusal(404, "Not found");
    }
    // Anything but exactly this is taken for XML.
    if request.header("content-type") != Some("application/json") {
        return refusal(400, "Malformed XML");
    }
    let body = request.json();
    let Some(asked) = body.get("fields").and_then(Value::as_array) else {
        return refusal(400, "No fields given");
    };
    if asked.len() > MOST_FIELDS {
        return refusal(400, "Too many fields");
    }
    let asked: Vec<(String, Field)> = asked
        .iter()
        .map(|it| it.as_str().map_or_else(|| it.to_string(), str::to_owned))
        .filter_map(|name| fields::find(&name, &scene.firing).map(|field| (name, field)))
        .collect();
    let only_current = request
        .parameter("onlyCurrent")
        .is_none_or(|it| !it.eq_ignore_ascii_case("false"));
    let mut answer = Answer::text(
        200,
        "application/json",
        write(bamboo, &body, &asked, only_current, scene),
    );
    answer.delivery = Delivery::Chunked;
    answer.with("Cache-Control", "must-revalidate, post-check=0,pre-check=0")
}

fn write(
    bamboo: &BambooHr,
    body: &Value,
    asked: &[(String, Field)],
    only_current: bool,
    scene: &Scene,
) -> Vec<u8> {
    let heads: Vec<Value> = asked
        .iter()
        .map(|(name, field)| {
            let id = if name == field.alias {
                json!(name)
            } else {
                fields::number(field)
            };
            let id = if scene.has("field-id-decimal") && id.is_u64() {
                json!(format!("{id}.0"))
            } else {
                id
            };
            json!({"id": id, "type": field.kind, "name": field.name})
        })
        .collect();
    let title = body.get("title").cloned().unwrap_or(Value::Null);
    let mut bytes = format!(
        "{{\"title\":{title},\"fields\":{},\"employees\":[",
        json!(heads)
    )
    .into_bytes();
    let people: Vec<_> = bamboo.people(&scene.firing);
    let people: Vec<_> = people
        .iter()
        .filter(|_| !scene.has("empty-list"))
        .map(|person| View {
            person,
            company: &bamboo.company,
            firing: &scene.firing,
            only_current,
        })
        .filter(|view| {
            !only_current || view.person.standing(bamboo.company.today) != Standing::Onboarding
        })
        .filter(|view| is_wanted(view, body))
        .collect();
    let filler = "x".repeat(if scene.has("huge-page") {
        HUGE / people.len().max(1)
    } else {
        0
    });
    let mut first = true;
    for view in &people {
        // A person whose row comes twice is twice in what is counted.
        let copies = if scene.has("row-twice") && view.person.number == 3 {
            2
        } else {
            1
        };
        for _ in 0..copies {
            if !first {
                bytes.push(b',');
            }
            first = false;
            bytes.extend(Value::Object(row(view, asked, &filler)).to_string().bytes());
        }
    }
    bytes.extend(b"]}");
    bytes
}

fn row(view: &View<'_>, asked: &[(String, Field)], filler: &str) -> Map<String, Value> {
    let mut row = Map::new();
    for (name, field) in asked {
        if let Some(value) = view.value(field.alias) {
            // A field that is asked by number comes under its number.
            let key = if name == field.alias {
                name.as_str()
            } else {
                field.number
            };
            row.insert(key.to_owned(), value);
        }
    }
    if view.firing.has("unlisted-key") {
        row.entry("terminationDate").or_insert_with(|| json!(""));
    }
    if !filler.is_empty() {
        row.insert("filler".to_owned(), json!(filler));
    }
    let id = id(view.person, view.firing);
    row.insert(
        "id".to_owned(),
        if view.firing.has("id-as-number") {
            json!(id)
        } else {
            json!(id.to_string())
        },
    );
    row
}

/// The report's filters: ids, and the day of the last change.
fn is_wanted(view: &View<'_>, body: &Value) -> bool {
    let filters = &body["filters"];
    if let Some(ids) = filters["employeeIds"].as_array() {
        let own = id(view.person, view.firing).to_string();
        if !ids.iter().any(|it| it.to_string().trim_matches('"') == own) {
            return false;
        }
    }
    let Some(since) = filters["lastChanged"]["value"]
        .as_str()
        .and_then(|it| it.get(..10)?.parse().ok())
    else {
        return true;
    };
    let include_null = filters["lastChanged"]["includeNull"] != "no";
    // Who was never changed by hand has no day of change; one in fifty is such a person.
    view.person.changed >= since || (include_null && view.person.number.is_multiple_of(50))
}
