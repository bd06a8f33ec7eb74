//! Values as they stand in tables: short ones whole, long ones with a mark that there is more.

use super::safe;

/// How wide a sample value is shown.
const WIDTH: usize = 24;

/// A value of a sample.
pub(crate) fn shortened(text: &str) -> String {
    let mut shown: String = text.chars().take(WIDTH).collect();
    if shown.len() < text.len() {
        shown.pop();
        shown.push('…');
    }
    safe(&shown)
}
