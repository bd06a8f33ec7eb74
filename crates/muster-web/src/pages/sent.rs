//! What was sent with a form whose inputs follow from the workspace or from a source.

pub(crate) struct Sent {
    pairs: Vec<(String, String)>,
}

impl Sent {
    pub(crate) fn parse(form: &[u8]) -> Self {
        let pairs = url::form_urlencoded::parse(form);
        Self {
            pairs: pairs.into_owned().collect(),
        }
    }

    /// A form with one input filled in, before it is sent.
    pub(crate) fn with(name: &str, value: String) -> Self {
        Self {
            pairs: vec![(name.to_owned(), value)],
        }
    }

    /// The value of an input without blanks around it; none: the form has no such input.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let mut of_name = self.pairs.iter().filter(|(key, _)| key == name);
        of_name.next().map(|(_, value)| value.trim())
    }

    /// The same; empty if there is no such input.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }
}
