//! A setting or table that stands in a file twice: which, and on which two lines. The parser says only where the second is.

use super::{
    ConfigProblem,
    document::{line, narrowest, shown},
};
use std::ops::Range;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// What is said of a key that stands there twice; none if the error is another.
pub(super) fn reported(text: &str, error: &toml::de::Error) -> Option<ConfigProblem> {
    let second = error
        .span()
        .filter(|_| error.message().starts_with("duplicate key"))?;
    let (path, first) = first(text, &second)?;
    let (first, second) = (line(text, &first), line(text, &second));
    let message = format!("the setting is repeated; line {first} has it already");
    let advice = "keep one of the two lines, and put the settings of one table under one heading";
    Some(ConfigProblem {
        line: Some(second),
        ..ConfigProblem::new(&path, message, advice)
    })
}

/// The path of the key that stands at `second` again, and where it stands first: what is called otherwise there is
/// found in the table in which the first is.
fn first(text: &str, second: &Range<usize>) -> Option<(String, Range<usize>)> {
    let name = text
        .get(second.clone())?
        .trim_matches(['"', '\''])
        .to_owned();
    let stand_in = (0..)
        .map(|number: u32| format!("x{number}"))
        .find(|name| !text.contains(name.as_str()))?;
    let renamed = format!("{}{stand_in}{}", &text[..second.start], &text[second.end..]);
    let (root, _) = DeTable::parse_recoverable(&renamed);
    let mut path = narrowest(
        root.get_ref(),
        &(second.start..second.start + stand_in.len()),
    )?;
    let at = path.iter().position(|part| *part == stand_in)?;
    path.truncate(at);
    let (key, _) = table(root.get_ref(), &path)?.get_key_value(name.as_str())?;
    let span = key.span();
    path.push(name);
    Some((shown(root.get_ref(), &path), span))
}

fn table<'r, 't>(root: &'r DeTable<'t>, path: &[String]) -> Option<&'r DeTable<'t>> {
    path.iter()
        .try_fold(Level::Table(root), |level, part| level.get(part))
        .and_then(|level| match level {
            Level::Table(table) => Some(table),
            Level::List(_) => None,
        })
}

/// A table or a list on the way to a setting.
enum Level<'r, 't> {
    Table(&'r DeTable<'t>),
    List(&'r [Spanned<DeValue<'t>>]),
}

impl<'r, 't> Level<'r, 't> {
    fn get(&self, part: &str) -> Option<Self> {
        let value = match self {
            Self::Table(table) => table.get(part)?,
            Self::List(list) => list.get(part.parse::<usize>().ok()?)?,
        };
        match value.get_ref() {
            DeValue::Table(table) => Some(Self::Table(table)),
            DeValue::Array(list) => Some(Self::List(list)),
            _ => None,
        }
    }
}
