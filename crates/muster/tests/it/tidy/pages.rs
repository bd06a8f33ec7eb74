//! Generated reference pages are current.

use super::tree;
use muster_core::model::code::Code;

#[test]
fn tidy_the_reference_of_codes_is_current() {
    let mut page = String::from(
        "# Codes\n\nEvery refusal, rejection and warning has one of these codes. This page is generated from\n\
         `crates/muster-core/src/model/code.rs`.\n",
    );
    for code in Code::ALL {
        page.push_str(&format!("\n## {code}\n\n{}\n", code.meaning()));
    }
    tree::check_page("docs/reference/codes.md", &page);
}
