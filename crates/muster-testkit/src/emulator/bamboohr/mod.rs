//! BambooHR: custom report, fields, tables, changes, directory, the new list and datasets, under both path forms.
//!
//! The vendor publishes no numbers for its limits; the ones here are made up and generous.

mod access;
mod changed;
mod datasets;
mod directory;
mod fields;
mod history;
mod list;
mod menu;
mod report;
mod values;
mod xml;

use super::{
    answer::Answer,
    api::{Api, Scene},
    cast::{LEAD, cast},
    company::Company,
    faults,
    pace::Window,
    person::Person,
    request::Request,
    scenario::{Firing, Scenario, Scope},
};
use serde_json::{Value, json};
use std::{borrow::Cow, time::Duration};

/// The company's name in addresses and paths.
pub(crate) const DOMAIN: &str = "acme";

/// BambooHR over a company.
pub(crate) struct BambooHr {
    company: Company,
    access: access::AccessCheck,
    second: Window,
}

impl BambooHr {
    pub(crate) fn new(company: Company) -> Self {
        Self {
            company,
            access: access::AccessCheck::new(),
            second: Window::new(20, Duration::from_secs(1)),
        }
    }

    /// The people as the scenarios want them, by ascending id.
    /// The people that the key may see.
    fn people(&self, firing: &Firing) -> Vec<Cow<'_, Person>> {
        let mut people = self.all_people(firing);
        people.retain(|person| !is_hidden(person, firing));
        people
    }

    fn all_people(&self, firing: &Firing) -> Vec<Cow<'_, Person>> {
        let is_there = |person: &&Person| person.number != LEAD || !firing.has("person-vanished");
        let people = self.company.people.iter().filter(is_there);
        let mut people: Vec<_> = people
            .map(|person| cast(person, &self.company, firing))
            .collect();
        people.sort_by_key(|person| id(person, firing));
        people
    }

    fn enter(&mut self, request: &Request, scene: &Scene) -> Answer {
        if let Some(answer) = throttled(scene) {
            return answer;
        }
        if let Err(wait) = self.second.take(scene.now) {
            return self
                .limited()
                .with("Retry-After", scene.clock.reported(wait).max(1).to_string());
        }
        let Some(path) = inner_path(&request.path) else {
            return if scene.has("wrong-domain-401") {
                access::unauthorised()
            } else {
                refusal(404, "Company not found")
            };
        };
        if let Err(refused) = self.access.check(request, scene) {
            return refused;
        }
        let answer = self.route(&path, request, scene);
        let json =
            answer.status == 200 && answer.header("content-type") == Some("application/json");
        let wants = report::wants_json(&path, request) && !scene.has("xml-instead");
        let answer = if json && !wants {
            xml::instead_of(&answer)
        } else {
            answer
        };
        answer.with("x-request-id", format!("req-{:08x}", scene.now.as_millis()))
    }

    fn route(&self, path: &str, request: &Request, scene: &Scene) -> Answer {
        let parts: Vec<&str> = path.split('/').collect();
        match (request.method.as_str(), parts.as_slice()) {
            ("POST", ["v1", "reports", "custom"]) => report::custom(self, request, scene),
            ("GET", ["v1", "meta", what]) => fields::meta(what, scene),
            ("GET", ["v1", "employees"]) => list::list(self, request, scene),
            ("GET", ["v1", "employees", "directory"]) => directory::directory(self, request, scene),
            ("GET", ["v1", "employees", "changed"]) => changed::people(self, request, scene),
            ("GET", ["v1", "employees", "changed", "tables", table]) => {
                changed::table(self, table, request, scene)
            }
            ("GET", ["v1", "employees", who, "tables", table]) => {
                history::table(self, who, table, scene)
            }
            ("GET", ["v1", "employees", who]) => directory::single(self, who, request, scene),
            ("POST", ["v1", "datasets", name]) => datasets::first(self, name, request, scene),
            ("GET", ["v1_2" | "v1.2", "datasets", _, "fields"]) => datasets::fields(),
            ("POST", ["v2", "datasets", name, "data"]) => {
                datasets::second(self, name, request, scene)
            }
            ("GET" | "HEAD" | "POST", _) => refusal(404, "Not found"),
            _ => refusal(405, "Method not allowed"),
        }
    }
}

/// 503 as a limit, as it was until September 2026.
fn throttled(scene: &Scene) -> Option<Answer> {
    let kind = scene.firing.starting("throttled-503")?;
    let answer = refusal(503, "Limit exceeded");
    Some(match faults::retry_after(kind, scene) {
        Some(wait) => answer.with("Retry-After", wait),
        None => answer,
    })
}

/// The path behind `/api/gateway.php/{domain}` or `/api`; none for another company.
fn inner_path(path: &str) -> Option<String> {
    let path = match path.strip_prefix("/api/gateway.php/") {
        Some(rest) => {
            rest.split_once('/')
                .filter(|(domain, _)| *domain == DOMAIN)?
                .1
        }
        None => path.strip_prefix("/api/")?,
    };
    Some(path.trim_end_matches('/').to_owned())
}

impl Api for BambooHr {
    fn scenarios(&self) -> Vec<Scenario> {
        menu::scenarios()
    }

    fn scope(&self, request: &Request) -> Scope {
        if request.path.ends_with("/token.php") {
            Scope::Token
        } else {
            Scope::Data
        }
    }

    fn is_write(&self, request: &Request) -> bool {
        let reads = [
            "/reports/custom",
            "/token.php",
            "/data",
            "/datasets/employee",
        ];
        match request.method.as_str() {
            "GET" | "HEAD" => false,
            "POST" => !reads
                .iter()
                .any(|end| request.path.trim_end_matches('/').ends_with(end)),
            _ => true,
        }
    }

    fn answer(&mut self, request: &Request, scene: &Scene) -> Answer {
        match self.scope(request) {
            Scope::Token => self.access.token(request, scene),
            _ => self.enter(request, scene),
        }
    }

    fn limited(&self) -> Answer {
        refusal(429, "Too many requests")
    }

    fn error_inside(&self) -> Answer {
        Answer::json(
            200,
            &json!({"code": 500, "message": "Something went wrong"}),
        )
    }

    fn secret(&self) -> String {
        access::KEY.to_owned()
    }

    fn credentials(&self) -> Value {
        json!({
            "company_domain": DOMAIN,
            "api_key": access::KEY,
            "client_id": access::CLIENT,
            "client_secret": access::SECRET,
            "code": access::CODE,
        })
    }

    fn company(&self) -> &Company {
        &self.company
    }

    fn company_mut(&mut self) -> &mut Company {
        &mut self.company
    }
}

/// Whether the key may no longer see a person: its access level was changed.
fn is_hidden(person: &Person, firing: &Firing) -> bool {
    person.number % 30 == LEAD && firing.has("people-hidden")
}

fn id(person: &Person, firing: &Firing) -> u64 {
    let other = if person.number == LEAD && firing.has("id-changed") {
        900_000
    } else {
        0
    };
    other + person.number + 3
}

/// A refusal: the text is in a header, the body is empty and called HTML.
fn refusal(status: u16, message: &str) -> Answer {
    // The vendor spells one of the two names wrongly.
    Answer::text(status, "text/html; charset=UTF-8", "")
        .with("X-BambooHR-Error-Messsage", message)
        .with("X-BambooHR-Error-Message", message)
}
