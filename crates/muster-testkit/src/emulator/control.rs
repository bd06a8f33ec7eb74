//! The endpoint under `/_control` that tests and people steer an emulator with while it runs.
//!
//! | request | does |
//! |---|---|
//! | `GET /_control` | says the day, the counts, the credentials and the scenarios that are on |
//! | `GET /_control/scenarios` | lists all scenarios |
//! | `POST /_control/scenario` | `{"name", "times", "after", "on"}` switches one; `plain` switches all off |
//! | `POST /_control/day` | `{"days": 1}` ages the company |
//! | `GET`, `DELETE /_control/requests` | what was asked; forgets it |
//! | `GET /_control/stranger` | what came to the server that nothing may come to |
//! | `GET /_control/people` | the company as it is |

use super::{answer::Answer, person::Person, request::Request, scenario::Switch, server::Shared};
use jiff::civil::Date;
use serde_json::{Value, json};

/// The longest a company is aged at once, in days.
const DAYS: u64 = 3_660;

pub(crate) fn answer(shared: &Shared, request: &Request) -> Answer {
    let what = request
        .path
        .trim_start_matches("/_control")
        .trim_matches('/');
    match (request.method.as_str(), what) {
        ("GET", "") => Answer::json(200, &overview(shared)),
        ("GET", "scenarios") => Answer::json(200, &json!(shared.state().list)),
        ("POST", "scenario") => scenario(shared, request),
        ("POST", "day") => day(shared, request),
        ("GET", "requests") => Answer::json(200, &json!(shared.state().journal)),
        ("DELETE", "requests") => {
            shared.state().journal.clear();
            Answer::json(200, &json!({"requests": 0}))
        }
        ("GET", "stranger") => Answer::json(200, &json!(shared.state().strangers_journal)),
        ("GET", "people") => people(shared),
        _ => refused(
            404,
            "the control knows scenarios, scenario, day, requests, stranger and people",
        ),
    }
}

fn refused(status: u16, message: &str) -> Answer {
    Answer::json(status, &json!({ "error": message }))
}

fn overview(shared: &Shared) -> Value {
    let state = shared.state();
    let company = state.api.company();
    json!({
        "today": company.today.to_string(),
        "people": company.people.len(),
        "requests": state.journal.len(),
        "scenarios": state.stage.running(),
        "credentials": state.api.credentials(),
        "stranger": format!("http://localhost:{}", shared.stranger.port()),
    })
}

fn scenario(shared: &Shared, request: &Request) -> Answer {
    let switch: Switch = match serde_json::from_slice(&request.body) {
        Ok(switch) => switch,
        Err(error) => return refused(400, &format!("the body is no scenario: {error}")),
    };
    let state = &mut *shared.state();
    match state.stage.switch(&state.list, &switch) {
        Ok(()) => Answer::json(200, &json!({"scenarios": state.stage.running()})),
        Err(message) => refused(404, &message),
    }
}

fn day(shared: &Shared, request: &Request) -> Answer {
    let days = request
        .json()
        .get("days")
        .and_then(Value::as_u64)
        .unwrap_or(1);
    let Some(days) = u32::try_from(days)
        .ok()
        .filter(|days| u64::from(*days) <= DAYS)
    else {
        return refused(400, "a company ages by ten years at once at most");
    };
    let mut state = shared.state();
    let company = state.api.company_mut();
    company.age(days);
    Answer::json(
        200,
        &json!({"today": company.today.to_string(), "people": company.people.len()}),
    )
}

fn people(shared: &Shared) -> Answer {
    let state = shared.state();
    let company = state.api.company();
    let people: Vec<Value> = company
        .people
        .iter()
        .map(|person| shown(person, company.today))
        .collect();
    Answer::json(200, &json!(people))
}

fn shown(person: &Person, today: Date) -> Value {
    let service = person.serving(today);
    json!({
        "number": person.number,
        "first_name": person.first_name,
        "last_name": person.full_last_name(),
        "email": person.email,
        "private_email": person.private_email,
        "born": person.born.to_string(),
        "from": service.from.to_string(),
        "until": service.until.map(|day| day.to_string()),
        "standing": format!("{:?}", person.standing(today)).to_lowercase(),
        "access": person.access,
        "budget": person.budget,
        "supervisor": person.supervisor,
        "changed": person.changed.to_string(),
    })
}
