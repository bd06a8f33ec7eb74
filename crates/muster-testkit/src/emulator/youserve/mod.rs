//! YouServe IAM: employees, employments, companies and look-ups by links, tokens by secret or signed assertion, and
//! the narrow limits of the application.

mod assertion;
mod employees;
mod employments;
mod envelope;
mod key_pair;
mod lookups;
mod menu;
mod oddities;
mod slices;
mod token;

use super::{
    answer::Answer,
    api::{Api, Scene},
    cast::cast,
    clock,
    company::Company,
    pace::Window,
    person::{Person, Service},
    request::Request,
    scenario::{Scenario, Scope},
};
use jiff::{SignedDuration, civil::Date};
use key_pair::Kind;
use serde_json::{Value, json};
use std::{borrow::Cow, time::Duration};

/// How long after its end a record is still given.
const RETENTION: i32 = 90;

/// Most calls at the same time.
const PARALLEL: usize = 3;

/// YouServe over a company.
pub(crate) struct YouServe {
    company: Company,
    tokens: token::Tokens,
    gap: Window,
    minute: Window,
    day: Window,
}

/// One contract of a person: what this provider calls an employee.
#[derive(Clone, Debug)]
struct Contract<'a> {
    person: Cow<'a, Person>,
    service: Service,
    /// Key of the employee record.
    id: u64,
}

/// What a list has in a place: a contract whose record is still to be made, or one of a record's several slices.
#[derive(Clone, Debug)]
enum Entry<'a> {
    Contract(Box<Contract<'a>>),
    Slice(Value),
}

impl<'a> Contract<'a> {
    /// The contract's places in a list. Scenarios cut the records of one person only.
    fn entries(self, make: impl Fn(&Contract<'a>) -> Vec<Value>) -> Vec<Entry<'a>> {
        if self.person.number == super::cast::LEAD {
            make(&self).into_iter().map(Entry::Slice).collect()
        } else {
            vec![Entry::Contract(Box::new(self))]
        }
    }
}

impl Entry<'_> {
    /// The record, made now if it is not yet.
    fn record(&self, make: impl Fn(&Contract<'_>) -> Vec<Value>) -> Value {
        match self {
            Self::Contract(contract) => make(contract).into_iter().next().unwrap_or(Value::Null),
            Self::Slice(record) => record.clone(),
        }
    }
}

impl YouServe {
    pub(crate) fn new(company: Company) -> Self {
        Self {
            company,
            tokens: token::Tokens::new(),
            gap: Window::new(1, Duration::from_millis(600)),
            minute: Window::new(100, Duration::from_secs(60)),
            day: Window::new(6_000, Duration::from_secs(86_400)),
        }
    }

    /// Every contract that is still given, by the time of its last change.
    fn contracts(&self, scene: &Scene) -> Vec<Contract<'_>> {
        let mut all = Vec::new();
        for person in &self.company.people {
            if person.number == super::cast::LEAD && scene.has("person-vanished") {
                continue;
            }
            let person = cast(person, &self.company, &scene.firing);
            let same = scene
                .has("rehire-same-id")
                .then_some(person.service[0].contract);
            for service in person.service.iter().chain(&person.second) {
                if !is_past_retention(service, self.company.today) {
                    let id = 36_400_000 + same.unwrap_or(service.contract);
                    all.push(Contract {
                        person: person.clone(),
                        service: service.clone(),
                        id,
                    });
                }
            }
        }
        all.sort_by_key(|contract| (contract.person.changed, contract.id));
        all
    }

    /// The limits of the application.
    fn pace(&mut self, scene: &Scene) -> Result<(), Answer> {
        let windows = [&mut self.day, &mut self.minute, &mut self.gap];
        let taken = windows
            .into_iter()
            .all(|window| window.take(scene.now).is_ok());
        if taken && scene.parallel <= PARALLEL {
            Ok(())
        } else {
            Err(too_many())
        }
    }

    fn data(&mut self, request: &Request, scene: &Scene) -> Answer {
        if let Err(refusal) = self
            .pace(scene)
            .and_then(|()| self.tokens.check(request, scene))
        {
            return refusal;
        }
        // Paths are the same in any case.
        let path = request.path.to_lowercase();
        let Some(inner) = path.strip_prefix("/iam/v1.0/") else {
            return failure(404, "Not Found");
        };
        let parts: Vec<&str> = inner.trim_end_matches('/').split('/').collect();
        match parts.as_slice() {
            ["employees"] => employees::list(self, request, scene),
            ["employees", _] if scene.has("single-404") => failure(404, "Not Found"),
            ["employees", id] => employees::single(self, id, scene),
            ["employments"] if scene.has("employments-500") => {
                failure(500, "Internal Server Error")
            }
            ["employments"] => employments::list(self, request, scene),
            ["companies", ..] if scene.has("companies-500") => {
                failure(500, "Internal Server Error")
            }
            ["companies"] => {
                envelope::ready(lookups::companies(self, scene), "companies", request, scene)
            }
            ["companies", id] => lookups::company(self, id, scene),
            ["organizationunits"] => envelope::ready(
                lookups::units(self, scene),
                "organizationUnits",
                request,
                scene,
            ),
            ["jobprofiles"] => envelope::ready(lookups::profiles(), "jobProfiles", request, scene),
            ["valuelist", list] => envelope::ready(lookups::values(list), list, request, scene),
            _ => failure(404, "Not Found"),
        }
    }
}

impl Api for YouServe {
    fn scenarios(&self) -> Vec<Scenario> {
        menu::scenarios()
    }

    fn scope(&self, request: &Request) -> Scope {
        if request.path.eq_ignore_ascii_case(token::PATH) {
            Scope::Token
        } else {
            Scope::Data
        }
    }

    fn is_write(&self, request: &Request) -> bool {
        !matches!(request.method.as_str(), "GET" | "HEAD") && self.scope(request) == Scope::Data
    }

    fn answer(&mut self, request: &Request, scene: &Scene) -> Answer {
        let answer = match (request.method.as_str(), self.scope(request)) {
            _ if scene.has("http-404") => failure(404, "Not Found"),
            ("POST", Scope::Token) => self.tokens.give(request, scene),
            ("GET" | "HEAD", Scope::Data) => self.data(request, scene),
            _ => failure(405, "Method Not Allowed"),
        };
        let off = skew(scene);
        if off.is_zero() {
            return answer;
        }
        answer.with(
            "Date",
            clock::http_date(
                clock::wall()
                    .checked_add(off)
                    .unwrap_or(jiff::Timestamp::MAX),
            ),
        )
    }

    fn limited(&self) -> Answer {
        too_many()
    }

    fn error_inside(&self) -> Answer {
        let mut answer = failure(500, "Internal Server Error");
        answer.status = 200;
        answer
    }

    fn secret(&self) -> String {
        token::SECRET.to_owned()
    }

    fn credentials(&self) -> Value {
        let [
            (private, public),
            (private_256, public_256),
            (private_384, public_384),
        ] = Kind::ALL.map(Kind::pair);
        json!({
            "client_id": token::CLIENT,
            "client_secret": token::SECRET,
            "tenant": token::TENANT,
            "private_key": private,
            "public_key": public,
            "private_key_p256": private_256,
            "public_key_p256": public_256,
            "private_key_p384": private_384,
            "public_key_p384": public_384,
        })
    }

    fn company(&self) -> &Company {
        &self.company
    }

    fn company_mut(&mut self) -> &mut Company {
        &mut self.company
    }
}

/// How far the server's clock is off.
fn skew(scene: &Scene) -> SignedDuration {
    match () {
        () if scene.has("clock-ahead") => SignedDuration::from_mins(10),
        () if scene.has("clock-behind") => SignedDuration::from_mins(-10),
        () => SignedDuration::ZERO,
    }
}

fn is_past_retention(service: &Service, today: Date) -> bool {
    service.until.is_some_and(|until| {
        until
            .until(today)
            .is_ok_and(|span| span.get_days() > RETENTION)
    })
}

/// An error as the vendor's schema has it.
fn failure(status: u16, message: &str) -> Answer {
    let code: String = message.split(' ').collect();
    Answer::json(
        status,
        &json!({"error": {
            "message": message,
            "correlationId": "3f0c0000-0000-4000-8000-000000000000",
            "issuedAt": clock::wall().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "errorCode": code,
        }}),
    )
}

/// 429: no wait is stated.
fn too_many() -> Answer {
    Answer::json(
        429,
        &json!({"error": {"message": "Rate limit is exceeded", "errorCode": "Too Many Requests"}}),
    )
}
