//! A rule after one of the fields that it names was given another key.

use super::SmartGroup;
use std::borrow::Cow;

impl SmartGroup {
    /// The same rule with another key in place of one that it names.
    pub fn renamed(&self, old: &str, new: &str) -> Self {
        let mut group = self.clone();
        for condition in group
            .conditions
            .iter_mut()
            .filter(|condition| condition.field == old)
        {
            new.clone_into(&mut condition.field);
        }
        group.expression = self
            .expression
            .as_deref()
            .map(|source| in_expression(source, old, new));
        group
    }
}

/// An expression with another name in place of one; texts in quotes and comments stay as they are.
fn in_expression(source: &str, old: &str, new: &str) -> String {
    let mut text = String::with_capacity(source.len());
    let mut rest = source;
    while !rest.is_empty() {
        let length = piece(rest);
        let (piece, after) = rest.split_at(length);
        text.push_str(&if piece == old {
            Cow::Borrowed(new)
        } else {
            Cow::Borrowed(piece)
        });
        rest = after;
    }
    text
}

/// Length of what a source begins with: a comment, a text in quotes, a name or number, or one other character.
fn piece(source: &str) -> usize {
    let word = source
        .find(|character: char| !is_of_word(character))
        .unwrap_or(source.len());
    let (prefix, after) = source.split_at(word);
    if after.starts_with(['"', '\''])
        && prefix.len() <= 2
        && prefix.chars().all(|c| "rRbB".contains(c))
    {
        return word + quoted(after, prefix.contains(['r', 'R']));
    }
    if word > 0 {
        return word;
    }
    if source.starts_with("//") {
        return source.find('\n').unwrap_or(source.len());
    }
    source.chars().next().map_or(0, char::len_utf8)
}

fn is_of_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

/// Length of a text in quotes, with them; in a raw one a backslash is nothing special.
fn quoted(source: &str, is_raw: bool) -> usize {
    let one = &source[..1];
    let triple = one.repeat(3);
    let quote = if source.starts_with(&triple) {
        triple.as_str()
    } else {
        one
    };
    let mut at = quote.len();
    while at < source.len() {
        let rest = &source[at..];
        if rest.starts_with(quote) {
            return at + quote.len();
        }
        let mut characters = rest.chars();
        let first = characters.next().map_or(1, char::len_utf8);
        let escaped = if rest.starts_with('\\') && !is_raw {
            characters.next().map_or(0, char::len_utf8)
        } else {
            0
        };
        at += first + escaped;
    }
    source.len()
}

#[cfg(test)]
mod tests {
    use super::in_expression;

    #[test]
    fn names_are_replaced_and_nothing_else() {
        for (source, wanted) in [
            ("shop == \"shop\"", "store == \"shop\""),
            (
                "shop.startsWith('shop') && shops != shop",
                "store.startsWith('shop') && shops != store",
            ),
            (
                "shop == 'it\\'s shop' || size(shop)>0",
                "store == 'it\\'s shop' || size(store)>0",
            ),
            (
                r#"shop == r"a\" || shop == "\" shop""#,
                r#"store == r"a\" || store == "\" shop""#,
            ),
            (
                "shop == \"\"\"a\" shop\"\"\" || shop == ''",
                "store == \"\"\"a\" shop\"\"\" || store == ''",
            ),
            (
                "my_shop == shop // shop\n|| é == shop",
                "my_shop == store // shop\n|| é == store",
            ),
            ("shop == 'open", "store == 'open"),
        ] {
            assert_eq!(in_expression(source, "shop", "store"), wanted);
            assert_eq!(in_expression(source, "other", "store"), source);
        }
    }
}
