//! Four eyes: who started a run, or changed the settings that it used, does not approve its plan.

use crate::model::actor::Actor;

/// The first of the requesters who is also the approver. Both are listed with the users behind their tokens: a token acts for
/// the user who created it. A schedule and an integration are nobody.
pub fn approving_requester<'a>(requesters: &'a [Actor], approver: &[Actor]) -> Option<&'a Actor> {
    let is_person = |actor: &&Actor| !matches!(actor, Actor::Schedule | Actor::Integration(_));
    let mut persons = requesters.iter().filter(is_person);
    persons.find(|actor| approver.contains(actor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requester_does_not_approve_and_others_do() {
        let eva = || Actor::User("eva@acme.example".to_owned());
        let bob = || Actor::User("bob@acme.example".to_owned());
        let token = || Actor::Token("payroll".to_owned());
        let shell = |name: Option<&str>| Actor::CommandLine(name.map(str::to_owned));
        let is_refused = |requesters: &[Actor], approver: &[Actor]| {
            approving_requester(requesters, approver).is_some()
        };
        assert!(is_refused(&[eva()], &[eva()]));
        assert!(is_refused(&[Actor::Schedule, eva()], &[eva()]));
        assert!(is_refused(&[eva()], &[token(), eva()]), "by a token of Eva");
        assert!(is_refused(&[token(), eva()], &[eva()]), "of a token of Eva");
        assert!(is_refused(&[shell(Some("eva"))], &[shell(Some("eva"))]));
        assert!(
            is_refused(&[shell(None)], &[shell(None)]),
            "may be the same"
        );
        assert!(!is_refused(&[eva()], &[bob()]));
        assert!(!is_refused(&[eva()], &[token(), bob()]));
        assert!(!is_refused(&[shell(Some("eva"))], &[shell(Some("bob"))]));
        assert!(!is_refused(&[Actor::Schedule], &[Actor::Schedule]));
        assert!(!is_refused(&[], &[eva()]));
    }
}
