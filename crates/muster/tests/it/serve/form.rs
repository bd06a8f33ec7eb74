//! The form of a page as a browser sends it: what is shown, and what a person changes.

/// The inputs of the form with the id `form`, without the token.
pub(super) fn shown(page: &str) -> Vec<(String, String)> {
    let form = page.split("id=\"form\">").nth(1).expect(page);
    let form = form.split("</form>").next().unwrap();
    let mut inputs = Vec::new();
    for part in form.split('<').skip(1) {
        let (tag, content) = part.split_once('>').expect(part);
        let value = |name: &str| attribute(tag, name);
        match tag.split([' ', '/']).next().unwrap() {
            "input"
                if value("name").is_none() || value("name").as_deref() == Some("form_token") => {}
            "input" => {
                let is_choice = matches!(value("type").as_deref(), Some("radio" | "checkbox"));
                if !is_choice || tag.ends_with(" checked") || tag.contains(" checked ") {
                    inputs.push((value("name").unwrap(), value("value").unwrap_or_default()));
                }
            }
            "textarea" => inputs.push((value("name").unwrap(), text(content))),
            // Without a chosen option, a list has its first one.
            "select" => inputs.push((value("name").unwrap(), "\u{0}".to_owned())),
            "option" => {
                let list = inputs.last_mut().expect("an option is in a list");
                if list.1 == "\u{0}" || tag.ends_with(" selected") {
                    list.1 = value("value").unwrap();
                }
            }
            _ => {}
        }
    }
    inputs
}

/// The same with some inputs changed or added.
pub(super) fn changed(page: &str, changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut inputs = shown(page);
    inputs.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    let changes = changes.iter();
    inputs.extend(changes.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    inputs
}

/// The number of the row of a column in the mapping.
pub(super) fn row(page: &str, column: &str) -> String {
    let found = page.find(&format!("<span class=\"mono\">{column}</span>"));
    let rest = &page[found.unwrap_or_else(|| panic!("no column `{column}`: {page}"))..];
    let number = rest.split("name=\"field.").nth(1).unwrap();
    number.split('"').next().unwrap().to_owned()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let value = tag.split(&format!(" {name}=\"")).nth(1)?;
    Some(text(value.split('"').next().unwrap()))
}

fn text(html: &str) -> String {
    let entities = [
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ];
    let plain = |text: String, (entity, plain): (&str, &str)| text.replace(entity, plain);
    entities.into_iter().fold(html.to_owned(), plain)
}
