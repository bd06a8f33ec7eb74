//! Personio: v1 employees, v2 persons and employments, both kinds of token, with their limits.
//!
//! Writing is refused: nothing that reads a directory may do it.

mod attributes;
mod employees;
mod employments;
mod filters;
mod menu;
mod oddities;
mod persons;
mod token;

use super::{
    answer::Answer,
    api::{Api, Scene},
    cast::{LEAD, cast},
    company::Company,
    pace::{Bucket, Window},
    person::Person,
    request::Request,
    scenario::{Firing, Scenario, Scope},
};
use serde_json::{Value, json};
use std::{borrow::Cow, time::Duration};

const MINUTE: Duration = Duration::from_secs(60);

const TOO_MANY: &str = "Too many requests";

/// Personio over a company.
pub(crate) struct Personio {
    company: Company,
    tokens: token::Tokens,
    minute: Window,
    second: Window,
    address: Window,
    bucket: Bucket,
}

impl Personio {
    pub(crate) fn new(company: Company) -> Self {
        Self {
            company,
            tokens: token::Tokens::new(),
            minute: Window::new(300, MINUTE),
            second: Window::new(15, Duration::from_secs(1)),
            address: Window::new(2000, MINUTE),
            bucket: Bucket::new(30.0, 100.0),
        }
    }

    /// The people as the scenarios want them, by ascending id.
    fn people(&self, firing: &Firing) -> Vec<Cow<'_, Person>> {
        let is_there = |person: &&Person| person.number != LEAD || !firing.has("person-vanished");
        let people = self.company.people.iter().filter(is_there);
        let mut people: Vec<_> = people
            .map(|person| cast(person, &self.company, firing))
            .collect();
        people.sort_by_key(|person| id(person, firing));
        people
    }

    fn v1(&mut self, request: &Request, scene: &Scene) -> Answer {
        if let Err(wait) = self.address.take(scene.now) {
            return self
                .limited()
                .with("Retry-After", scene.clock.reported(wait).to_string());
        }
        let token = match self.tokens.check_v1(request, scene) {
            Ok(token) => token,
            Err(refusal) => return refusal,
        };
        let path = request.path.trim_end_matches('/');
        let answer = match path.strip_prefix("/v1/company/employees") {
            Some("") => self.paced_list(request, scene),
            Some("/attributes" | "/custom-attributes") => attributes::listing(scene),
            Some(_) if scene.has("single-403") => failure(403, "Access denied"),
            Some(id) => employees::single(self, id.trim_start_matches('/'), scene),
            None => return not_found(),
        };
        if answer.status == 200 {
            self.tokens.echo(answer, &token, scene)
        } else {
            answer
        }
    }

    /// The list has limits of its own.
    fn paced_list(&mut self, request: &Request, scene: &Scene) -> Answer {
        for window in [&mut self.second, &mut self.minute] {
            if let Err(wait) = window.take(scene.now) {
                return failure(429, TOO_MANY)
                    .with("Retry-After", scene.clock.reported(wait).max(1).to_string());
            }
        }
        employees::list(self, request, scene)
    }

    fn v2(&mut self, request: &Request, scene: &Scene) -> Answer {
        let enough = self.bucket.take(scene.now);
        let answer = match self.tokens.check_v2(request, scene) {
            Ok(()) if enough => self.v2_paths(request, scene),
            Ok(()) => Answer::empty(429),
            Err(refusal) => refusal,
        };
        answer
            .with(
                "x-ratelimit-replenish-rate",
                format!("{}", self.bucket.rate),
            )
            .with(
                "x-ratelimit-burst-capacity",
                format!("{}", self.bucket.capacity),
            )
            .with("x-ratelimit-requested-tokens", "1")
            .with("x-ratelimit-remaining", self.bucket.left().to_string())
    }

    fn v2_paths(&self, request: &Request, scene: &Scene) -> Answer {
        let parts: Vec<&str> = request.path.trim_matches('/').split('/').collect();
        if let Some(refusal) = filters::refusal(&parts, request) {
            return refusal;
        }
        match parts.as_slice() {
            ["v2", "persons"] => persons::list(self, request, scene),
            ["v2", "persons", _] if scene.has("single-403") => {
                persons::problem(403, "Forbidden", "Access denied.")
            }
            ["v2", "persons", id] => persons::single(self, id, scene),
            ["v2", "persons", id, "employments"] => employments::list(self, id, request, scene),
            ["v2", "org-units", _] if scene.has("org-unit-403") => {
                persons::problem(403, "Forbidden", "Access denied.")
            }
            ["v2", "org-units", _] if scene.has("org-unit-404") => not_there(),
            ["v2", "org-units", id] => employments::org_unit(id),
            _ => not_there(),
        }
    }
}

/// v2's answer for an id that there is not.
fn not_there() -> Answer {
    persons::problem(
        404,
        "Not found",
        "There is no resource for the specified id.",
    )
}

impl Api for Personio {
    fn scenarios(&self) -> Vec<Scenario> {
        menu::scenarios()
    }

    fn scope(&self, request: &Request) -> Scope {
        let token = ["/v1/auth", "/v2/auth/token", "/v2/auth/revoke"]
            .contains(&request.path.trim_end_matches('/'));
        if token { Scope::Token } else { Scope::Data }
    }

    fn is_write(&self, request: &Request) -> bool {
        !matches!(request.method.as_str(), "GET" | "HEAD") && self.scope(request) == Scope::Data
    }

    fn answer(&mut self, request: &Request, scene: &Scene) -> Answer {
        let path = request.path.trim_end_matches('/');
        match (request.method.as_str(), path) {
            ("POST", "/v1/auth") => self.tokens.give_v1(request, scene),
            ("POST", "/v2/auth/token") => self.tokens.give_v2(request, scene),
            ("POST", "/v2/auth/revoke") => self.tokens.revoke(request),
            ("GET" | "HEAD", path) if path.starts_with("/v1/") => self.v1(request, scene),
            ("GET" | "HEAD", path) if path.starts_with("/v2/") => self.v2(request, scene),
            ("GET" | "HEAD", _) => not_found(),
            _ => failure(405, "Method not allowed"),
        }
    }

    fn limited(&self) -> Answer {
        failure(429, TOO_MANY)
    }

    fn error_inside(&self) -> Answer {
        let mut answer = failure(500, "Something went wrong");
        answer.status = 200;
        answer
    }

    fn secret(&self) -> String {
        token::SECRET.to_owned()
    }

    fn credentials(&self) -> Value {
        json!({"client_id": token::CLIENT, "client_secret": token::SECRET})
    }

    fn company(&self) -> &Company {
        &self.company
    }

    fn company_mut(&mut self) -> &mut Company {
        &mut self.company
    }
}

fn id(person: &Person, firing: &Firing) -> u64 {
    let other = if person.number == LEAD && firing.has("id-changed") {
        900_000
    } else {
        0
    };
    40_000 + other + person.number
}

/// The number behind an id.
fn number(id: &str) -> Option<u64> {
    id.parse::<u64>().ok()?.checked_sub(40_000)
}

/// An error as v1 writes it.
fn failure(code: u16, message: &str) -> Answer {
    Answer::json(
        code,
        &json!({"success": false, "error": {"code": code, "message": message}}),
    )
}

/// The vendor's own text, in German and with a blank at the end.
fn not_found() -> Answer {
    failure(404, "Es ist ein Problem aufgetreten ")
}
