//! The text of the configuration file: names, values and lines. Which names there are is not known here.

use super::{ConfigProblem, document::Document};
use toml::de::DeValue;

/// One setting of the file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct OptionText {
    pub(crate) name: String,
    pub(crate) line: usize,
    pub(crate) value: OptionValue,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum OptionValue {
    Flag(bool),
    Text(String),
    List(Vec<String>),
    /// A table, a date or a fraction.
    Other,
}

/// Reads the text of a configuration file.
pub(crate) fn read_options(text: &str) -> Result<Vec<OptionText>, Vec<ConfigProblem>> {
    let document = Document::parse(text)?;
    let mut options: Vec<OptionText> = document
        .top()
        .map(|(name, line, value)| OptionText {
            name: name.to_owned(),
            line,
            value: match value {
                DeValue::Boolean(flag) => OptionValue::Flag(*flag),
                DeValue::Array(list) => {
                    let values = list.iter().map(|one| scalar(one.get_ref()));
                    let values = values.collect::<Option<Vec<_>>>();
                    values.map_or(OptionValue::Other, OptionValue::List)
                }
                one => scalar(one).map_or(OptionValue::Other, OptionValue::Text),
            },
        })
        .collect();
    options.sort_by_key(|option| option.line);
    Ok(options)
}

/// A text or a whole number, as it is written.
fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_with_their_lines() {
        let text = "# service\nlisten = \"0.0.0.0:80\"\njobs = 4\n\nany_host = true\ntrusted_proxy = [\"::1\", \"10.0.0.1\"]\nx = 1.5\n";
        let read = read_options(text).unwrap();
        let value = |name: &str| {
            let option = read.iter().find(|option| option.name == name).unwrap();
            (option.line, &option.value)
        };
        assert_eq!(
            value("listen"),
            (2, &OptionValue::Text("0.0.0.0:80".to_owned()))
        );
        assert_eq!(value("jobs"), (3, &OptionValue::Text("4".to_owned())));
        assert_eq!(value("any_host"), (5, &OptionValue::Flag(true)));
        let proxies = OptionValue::List(vec!["::1".to_owned(), "10.0.0.1".to_owned()]);
        assert_eq!(value("trusted_proxy"), (6, &proxies));
        assert_eq!(value("x"), (7, &OptionValue::Other));
        assert_eq!(read_options("a = \n").unwrap_err()[0].line, Some(1));
    }
}
