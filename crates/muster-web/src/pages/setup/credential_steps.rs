//! How a customer gets the credentials of a source: the numbered steps in the documentation of its connector.

use crate::pages::parts::{Markup, marked};

/// The steps of the first numbered list.
pub(crate) fn steps(help: &str) -> Vec<Markup> {
    let mut steps: Vec<String> = Vec::new();
    for line in help.lines() {
        let is_next = line
            .split_once(". ")
            .filter(|(number, _)| number.parse() == Ok(steps.len() + 1));
        match (is_next, steps.last_mut()) {
            (Some((_, text)), _) => steps.push(text.trim().to_owned()),
            (None, Some(step)) if line.starts_with("   ") => {
                step.push(' ');
                step.push_str(line.trim());
            }
            (None, Some(_)) => break,
            (None, None) => {}
        }
    }
    steps.iter().map(|step| marked(step)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_those_of_the_first_list_with_their_continued_lines() {
        let help = "# HR\n\nDo this:\n\n1. Open **Settings**\n   and `x`.\n2. Copy <it>.\n\n| a | b |\n\n1. Another list\n";
        let found: Vec<String> = steps(help).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "Open <b>Settings</b> and <code>x</code>.",
                "Copy &lt;it&gt;."
            ]
        );
        assert!(steps("no list").is_empty());
    }
}
