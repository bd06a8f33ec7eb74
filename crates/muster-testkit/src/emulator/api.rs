//! What a provider's part of an emulator offers, and what it gets of a request.

use super::{
    answer::Answer,
    clock::Clock,
    company::Company,
    request::Request,
    scenario::{Firing, Scenario, Scope},
};
use serde_json::Value;
use std::time::Duration;

/// A provider's interface over a company.
pub(crate) trait Api: Send {
    /// Every scenario it knows.
    fn scenarios(&self) -> Vec<Scenario>;

    /// Whether a request asks for a token or for data.
    fn scope(&self, request: &Request) -> Scope;

    /// Whether a request would change something.
    fn is_write(&self, request: &Request) -> bool;

    /// Answers as documented, with the scenarios that the request meets.
    fn answer(&mut self, request: &Request, scene: &Scene) -> Answer;

    /// How it says 429, without a wait.
    fn limited(&self) -> Answer;

    /// How it reports an error with status 200.
    fn error_inside(&self) -> Answer;

    /// The secret that it knows.
    fn secret(&self) -> String;

    /// What a client needs to be let in.
    fn credentials(&self) -> Value;

    /// The company behind it.
    fn company(&self) -> &Company;

    /// The company behind it, to age.
    fn company_mut(&mut self) -> &mut Company;
}

/// The surroundings of a request.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    /// Scenarios that it meets.
    pub(crate) firing: Firing,
    /// Emulated time since the start.
    pub(crate) now: Duration,
    pub(crate) clock: Clock,
    pub(crate) scheme: &'static str,
    /// Scheme, host and port that the client used.
    pub(crate) origin: String,
    /// Port of the other server, which must never see a credential.
    pub(crate) stranger: u16,
    /// Requests under way, with this one.
    pub(crate) parallel: usize,
}

impl Scene {
    pub(crate) fn has(&self, name: &str) -> bool {
        self.firing.has(name)
    }
}
