//! Every text of the pages, from the Fluent catalogues in `locales/`. A language is one folder of them.

use crate::wording;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use std::sync::LazyLock;
use unic_langid::LanguageIdentifier;

/// The catalogue of one language.
pub(crate) struct Words(FluentBundle<FluentResource>);

const ENGLISH: &[&str] = &[
    include_str!("../locales/en/accounts.ftl"),
    include_str!("../locales/en/administration.ftl"),
    include_str!("../locales/en/api.ftl"),
    include_str!("../locales/en/budgets.ftl"),
    include_str!("../locales/en/change.ftl"),
    include_str!("../locales/en/decide.ftl"),
    include_str!("../locales/en/decisions.ftl"),
    include_str!("../locales/en/errors.ftl"),
    include_str!("../locales/en/fields.ftl"),
    include_str!("../locales/en/frame.ftl"),
    include_str!("../locales/en/groups.ftl"),
    include_str!("../locales/en/issues.ftl"),
    include_str!("../locales/en/jobs.ftl"),
    include_str!("../locales/en/drill.ftl"),
    include_str!("../locales/en/org.ftl"),
    include_str!("../locales/en/people.ftl"),
    include_str!("../locales/en/receivers.ftl"),
    include_str!("../locales/en/runs.ftl"),
    include_str!("../locales/en/settings.ftl"),
    include_str!("../locales/en/setup.ftl"),
    include_str!("../locales/en/workspace.ftl"),
];

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let english = LanguageIdentifier::from_bytes(b"en").unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![english]);
    // The marks around arguments are characters that some fonts show; names get `dir` in the markup.
    bundle.set_use_isolating(false);
    for text in ENGLISH {
        // A test reads every catalogue; what cannot be read in one is left out here.
        let resource = FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(read, _)| read);
        bundle.add_resource_overriding(resource);
    }
    Words(bundle)
});

impl Words {
    pub(crate) fn english() -> &'static Self {
        &WORDS
    }

    pub(crate) fn t(&self, key: &str) -> String {
        self.format(key, None)
    }

    /// A text with a count: `$n` chooses the form, `$count` is how the number is written.
    pub(crate) fn n(&self, key: &str, count: u64) -> String {
        self.with(key, &[("n", Argument::Count(count))])
    }

    /// A text with one value.
    pub(crate) fn v(&self, key: &str, value: &str) -> String {
        self.with(key, &[("value", Argument::Text(value))])
    }

    pub(crate) fn with(&self, key: &str, arguments: &[(&str, Argument<'_>)]) -> String {
        let mut values = FluentArgs::new();
        for (name, argument) in arguments {
            match argument {
                Argument::Text(text) => values.set(*name, FluentValue::from(*text)),
                Argument::Count(number) => {
                    values.set(*name, FluentValue::from(*number as f64));
                    let written = if *name == "n" {
                        "count".to_owned()
                    } else {
                        format!("{name}-count")
                    };
                    values.set(written, FluentValue::from(wording::number(*number)));
                }
            }
        }
        self.format(key, Some(&values))
    }

    fn format(&self, key: &str, arguments: Option<&FluentArgs<'_>>) -> String {
        let pattern = self.0.get_message(key).and_then(|message| message.value());
        match pattern {
            Some(pattern) => self
                .0
                .format_pattern(pattern, arguments, &mut Vec::new())
                .into_owned(),
            None => key.to_owned(),
        }
    }
}

/// What stands in a text.
#[derive(Clone, Copy)]
pub(crate) enum Argument<'a> {
    Text(&'a str),
    /// Chooses the form; the number as it is written has the name with `-count`, or `count` for `n`.
    Count(u64),
}

#[cfg(test)]
mod tests;
