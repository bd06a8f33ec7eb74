//! YouServe's lists: a link to the next page and the values, in every form that was seen.

use super::{
    super::{answer::Answer, api::Scene, base64, paging, request::Request},
    failure,
};
use serde_json::{Value, json};

/// Page size where none is asked for, and where it is cut silently.
pub(super) const USUAL: usize = 100;
const MOST: usize = 1_000;

/// Bytes that are pluses in Base64.
const PLUSES: [u8; 3] = [0xFB, 0xEF, 0xBE];

/// Records that are made already.
pub(super) fn ready(rows: Vec<Value>, name: &str, request: &Request, scene: &Scene) -> Answer {
    // Faults that halve lists are about people.
    let scene = &Scene {
        firing: scene.firing.without("half-list"),
        ..scene.clone()
    };
    list(rows, Value::clone, name, request, scene)
}

/// The scene of a list that may be about one human: what is asked for by a code is not cut.
pub(super) fn of_one(request: &Request, scene: &Scene) -> Scene {
    let is_one = request.parameter("personCode").is_some();
    Scene {
        firing: if is_one {
            scene.firing.without("half-list")
        } else {
            scene.firing.clone()
        },
        ..scene.clone()
    }
}

/// A page of a list, of which only what is on the page is made.
pub(super) fn list<T: Clone>(
    mut rows: Vec<T>,
    make: impl Fn(&T) -> Value,
    name: &str,
    request: &Request,
    scene: &Scene,
) -> Answer {
    let take = request.number("take").unwrap_or(USUAL).clamp(1, MOST);
    let Ok(offset) = offset(request) else {
        return failure(400, "Bad Request");
    };
    if offset > 0 && scene.has("next-token-expired") {
        return failure(400, "Bad Request");
    }
    if offset > 0 && scene.has("next-token-gone") {
        return failure(404, "Not Found");
    }
    if offset > 0
        && scene.has("record-moved")
        && let Some(first) = rows.first().cloned()
    {
        // Changed while it was read: it moves to the end and comes again, newer.
        rows.push(first);
    }
    if offset > 0 && scene.has("record-deleted") && rows.len() > take {
        rows.remove(take);
    }
    let page = paging::page(rows, offset, take, &scene.firing);
    let next = page.next.map(|next| {
        if scene.has("next-link-loop") {
            offset
        } else {
            next
        }
    });
    let link = next.map(|next| link(name, take, next, request, scene));
    envelope(page.items.iter().map(make).collect(), link, scene)
}

/// Where a page starts, from its token as it came: a plus stays a plus.
fn offset(request: &Request) -> Result<usize, ()> {
    let token = request
        .query
        .split('&')
        .find_map(|pair| pair.strip_prefix("nextToken="));
    let Some(token) = token else {
        return Ok(request.number("skip").unwrap_or(0));
    };
    let token = super::super::request::plain(&token.replace('+', "%2B"));
    let bytes = base64::decode(&token).ok_or(())?;
    let text =
        std::str::from_utf8(bytes.strip_prefix(&PLUSES).unwrap_or(&bytes)).map_err(|_| ())?;
    text.trim_matches('"').parse().map_err(|_| ())
}

/// Relative and without the `/iam` of the path that was called, as the vendor does.
fn link(name: &str, take: usize, next: usize, request: &Request, scene: &Scene) -> String {
    let mut token = format!("\"{next}\"").into_bytes();
    if scene.has("next-link-plus") {
        token.splice(0..0, PLUSES);
    }
    let mut query = format!("take={take}&nextToken={}", base64::encode(&token));
    for (key, value) in request.parameters() {
        if !["take", "nextToken", "skip"].contains(&key.as_str()) {
            query.push_str(&format!(
                "&{key}={}",
                super::super::request::encoded(&value)
            ));
        }
    }
    let path = match () {
        () if scene.has("next-link-absolute") => format!("{}/iam/v1.0/{name}", scene.origin),
        () if scene.has("next-link-other-host") => {
            format!(
                "{}://localhost:{}/iam/v1.0/{name}",
                scene.scheme, scene.stranger
            )
        }
        () if scene.has("next-link-http") => {
            format!("http://127.0.0.1:{}/iam/v1.0/{name}", scene.stranger)
        }
        () if scene.has("next-link-other-case") => format!("/v1.0/{}", name.to_uppercase()),
        () => format!("/v1.0/{name}"),
    };
    format!("{path}?{query}")
}

fn envelope(mut items: Vec<Value>, link: Option<String>, scene: &Scene) -> Answer {
    if scene.has("huge-page") {
        for row in &mut items {
            row["filler"] = json!("x".repeat(5_000));
        }
    }
    let link = match link {
        Some(link) => Some(json!(link)),
        None if scene.has("next-link-null") => Some(Value::Null),
        None if scene.has("next-link-empty") => Some(json!("")),
        None => None,
    };
    let value = match () {
        () if scene.has("bare-array") => return Answer::json(200, &json!(items)),
        () if scene.has("value-null") => Value::Null,
        () if scene.has("single-object") => items.into_iter().next().unwrap_or(Value::Null),
        () => json!(items),
    };
    let name = if scene.has("values-envelope") {
        "values"
    } else {
        "value"
    };
    let link = link.map(|link| format!("\"nextLink\":{link}"));
    let value = (!scene.has("value-missing")).then(|| format!("\"{name}\":{value}"));
    let members = if scene.has("value-first") {
        [value, link]
    } else {
        [link, value]
    };
    let members: Vec<String> = members.into_iter().flatten().collect();
    Answer::text(
        200,
        "application/json; charset=utf-8",
        format!("{{{}}}", members.join(",")),
    )
}
