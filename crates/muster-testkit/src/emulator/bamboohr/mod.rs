//! BambooHR.
use super::{
    answer::Answer,
    api::{Api, Scene},
    company::Company,
    request::Request,
    scenario::{Scenario, Scope},
};
use serde_json::{Value, json};
pub(crate) struct BambooHr {
    company: Company,
}
impl BambooHr {
    pub(crate) fn new(company: Company) -> Self {
        Self { company }
    }
}
impl Api for BambooHr {
    fn scenarios(&self) -> Vec<Scenario> {
        Vec::new()
    }
    fn scope(&self, _: &Request) -> Scope {
        Scope::Data
    }
    fn is_write(&self, _: &Request) -> bool {
        false
    }
    fn answer(&mut self, _: &Request, _: &Scene) -> Answer {
        Answer::empty(404)
    }
    fn limited(&self) -> Answer {
        Answer::empty(429)
    }
    fn error_inside(&self) -> Answer {
        Answer::empty(200)
    }
    fn secret(&self) -> String {
        String::new()
    }
    fn credentials(&self) -> Value {
        json!({})
    }
    fn company(&self) -> &Company {
        &self.company
    }
    fn company_mut(&mut self) -> &mut Company {
        &mut self.company
    }
}
