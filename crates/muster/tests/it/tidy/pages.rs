//! Generated reference pages are current.

use super::tree;
use muster_core::model::{code::Code, response};

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

#[test]
fn tidy_the_json_schemas_of_the_reference_are_current() {
    let mut index = String::from(
        "# JSON answers\n\nEvery command answers with JSON if it gets `--json`. These schemas describe the answers; they are \
         generated from\n`crates/muster-core/src/model/response/`. A run, an operation and a problem have the same form in \
         every answer.\n\n",
    );
    for (name, schema) in response::schemas() {
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        tree::check_page(&format!("docs/reference/json/{name}.json"), &text);
        let description = schema
            .get("description")
            .and_then(serde_json::Value::as_str);
        let first = description.and_then(|text| text.lines().next());
        let first = first.unwrap_or_else(|| panic!("the answer `{name}` has no description"));
        index.push_str(&format!("* [{name}]({name}.json): {first}\n"));
    }
    tree::check_page("docs/reference/json/README.md", &index);
}

#[test]
fn tidy_the_description_of_the_api_is_current() {
    let text = serde_json::to_string_pretty(&muster_web::description()).unwrap() + "\n";
    tree::check_page("docs/reference/openapi.json", &text);
}
