//! Pages of who receives what: channels for alerts to people, and webhooks for events to other systems.

use crate::{
    api::webhooks::MAX_URL,
    pages::{
        frame::Frame,
        parts::{BAD, FieldError, GOOD, Look},
        runs::verdict::sentence,
    },
    state::{App, Sentence},
    wording::visible,
};

pub(crate) mod alerts;
pub(crate) mod webhook;
pub(crate) mod webhooks;

/// What became of something that a user has just done, above the list.
struct Said {
    look: Look,
    title: String,
    lines: Vec<String>,
}

impl Said {
    fn done(key: &str) -> Self {
        Self {
            look: GOOD,
            title: Frame::words().t(key),
            lines: Vec::new(),
        }
    }

    fn failed(key: &str, why: Sentence) -> Self {
        Self {
            look: BAD,
            title: Frame::words().t(key),
            lines: lines(why),
        }
    }
}

/// A message and its help, as sentences.
fn lines(said: Sentence) -> Vec<String> {
    let lines = [said.message, said.help].into_iter();
    let lines = lines.filter(|line| !line.is_empty());
    lines.map(|line| visible(&sentence(line))).collect()
}

/// Why messages are not posted to a URL.
fn url_error(app: &App, field: &'static str, url: &str) -> Result<(), FieldError> {
    if url.is_empty() {
        return Err(FieldError::new(field, "receivers-url-missing"));
    }
    if url.len() > MAX_URL {
        return Err(FieldError::new(field, "receivers-url-long"));
    }
    (app.web.outgoing.check_url)(url).map_err(|refused| refusal(field, refused))
}

fn refusal(field: &'static str, refused: Sentence) -> FieldError {
    FieldError {
        field,
        text: lines(refused).join(". "),
    }
}
