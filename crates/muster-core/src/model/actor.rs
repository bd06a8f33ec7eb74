//! Who asked for something: recorded with runs, decisions and manual edits.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Who asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// A user of the admin pages.
    User(String),
    /// An API client, by the name of its token.
    Token(String),
    /// The command line, with the account of the system where it is known.
    CommandLine(Option<String>),
    /// The schedule of an integration or of the daily sweep.
    Schedule,
    /// An integration that acts by itself.
    Integration(String),
}

/// What follows the account of the system in the text of a command line.
const COMMAND_LINE: &str = "command line";

impl fmt::Display for Actor {
    /// As stored and printed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(name) => f.write_str(name),
            Self::Token(name) => write!(f, "token {name}"),
            Self::CommandLine(Some(account)) => write!(f, "{account} ({COMMAND_LINE})"),
            Self::CommandLine(None) => f.write_str(COMMAND_LINE),
            Self::Schedule => f.write_str("schedule"),
            Self::Integration(name) => write!(f, "integration {name}"),
        }
    }
}

impl Actor {
    /// Reads a stored actor; what no other kind writes is the name of a user.
    pub fn parse(text: &str) -> Self {
        if text == COMMAND_LINE {
            return Self::CommandLine(None);
        }
        if text == "schedule" {
            return Self::Schedule;
        }
        let account = text
            .strip_suffix(')')
            .and_then(|text| text.strip_suffix(COMMAND_LINE))
            .and_then(|text| text.strip_suffix(" ("));
        if let Some(account) = account {
            return Self::CommandLine(Some(account.to_owned()));
        }
        match text.split_once(' ') {
            Some(("token", name)) => Self::Token(name.to_owned()),
            Some(("integration", name)) => Self::Integration(name.to_owned()),
            _ => Self::User(text.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_actor_is_read_back() {
        for (actor, text) in [
            (
                Actor::User("eva@acme.example".to_owned()),
                "eva@acme.example",
            ),
            (Actor::Token("payroll".to_owned()), "token payroll"),
            (
                Actor::CommandLine(Some("eva".to_owned())),
                "eva (command line)",
            ),
            (Actor::CommandLine(None), "command line"),
            (Actor::Schedule, "schedule"),
            (Actor::Integration("hr".to_owned()), "integration hr"),
        ] {
            assert_eq!(actor.to_string(), text);
            assert_eq!(Actor::parse(text), actor);
        }
    }
}
