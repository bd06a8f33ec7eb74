//! Every rule of the Actimo page on CSV files, through the whole program.

use crate::ground::Ground;

fn ground(settings: &str) -> Ground {
    Ground::new(&format!(
        "workspace = \"acme\"\nname = \"hr\"\npreset = \"actimo\"\n[source]\nurl = \"file:inbox/people.csv\"\nsettle = \"0s\"\n{settings}"
    ))
}

const HEADER: &str = "First Name;Last Name;Employee ID;Title;Job Function;Store;Region;Country Code;Mobile Phone Number;Email;Manager Employee ID";

fn row(id: &str, name: &str) -> String {
    format!("{name};Hansen;{id};Clerk;Sales;Aarhus;Midt;45;32123456;{id}@acme.example;100")
}

fn file(rows: &[String]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

#[test]
fn one_file_is_named_by_its_full_path_and_its_separator_is_chosen() {
    let ground = ground("delimiter = \";\"\n");
    ground
        .deliver("people.csv", file(&[row("1", "Ida")]))
        .approve();
    let ida = ground.person("1");
    assert_eq!(
        (
            &ida["store"],
            &ida["region"],
            &ida["phone"],
            &ida["country"]
        ),
        (
            &"Aarhus".into(),
            &"Midt".into(),
            &"+4532123456".into(),
            &"DK".into()
        )
    );
    assert_eq!(
        ida["manager_external_id"], "100",
        "the manager's id is kept before the manager is known"
    );
}

#[test]
fn the_file_is_read_daily_at_0400_utc_unless_the_integration_says_otherwise() {
    let answer = ground("").run(&["check", "integration.toml"]);
    assert_eq!(answer.json["schedule"], serde_json::json!(["04:00 UTC"]));
    let own = Ground::new(&format!(
        "schedule = [\"20:30 UTC\", \"05:15 UTC\"]\n{}",
        "workspace = \"acme\"\nname = \"hr\"\npreset = \"actimo\"\n[source]\nurl = \"file:inbox/people.csv\"\n"
    ));
    assert_eq!(
        own.run(&["check", "integration.toml"]).json["schedule"],
        serde_json::json!(["05:15 UTC", "20:30 UTC"])
    );
}

#[test]
fn source_url_includes_a_port_other_than_the_default() {
    let login = "[credentials]\nuser = \"muster\"\npassword = { file = \"password\" }\n";
    for (url, login) in [
        ("sftp://files.acme.example:22/out/people.csv", login),
        ("https://files.acme.example:8443/out/people.csv", ""),
    ] {
        let ground = Ground::new(&format!(
            "workspace = \"acme\"\nname = \"hr\"\npreset = \"actimo\"\n[source]\nurl = \"{url}\"\n{login}"
        ));
        ground.secret("password", "s3cret");
        let said = ground.output(&["check", "integration.toml"]);
        assert!(
            String::from_utf8_lossy(&said.stdout).contains(&format!("reads {url}\n")),
            "{said:?}"
        );
    }
}

#[test]
fn separator_and_encoding_default_to_comma_and_utf_8() {
    let ground = ground("");
    ground
        .deliver("people.csv", file(&[row("1", "Søren")]).replace(';', ","))
        .approve();
    assert_eq!(ground.person("1")["first_name"], "Søren");
    ground.deliver("people.csv", file(&[row("1", "Søren")]));
    ground.sync().is(4, "refused").says("MUS-CSV-DELIMITER");
}

#[test]
fn a_column_of_its_own_becomes_a_custom_field_by_its_exact_name() {
    let settings =
        "delimiter = \";\"\n[fields]\nfunction = \"text\"\n[mapping]\nfunction = \"Function\"\n";
    let ground = ground(settings);
    let with = |name: &str| {
        file(&[row("1", "Ida")])
            .replace(HEADER, &format!("{HEADER};{name}"))
            .replace(";100\n", ";100;Baker\n")
    };
    ground.deliver("people.csv", with("Function")).approve();
    assert_eq!(ground.person("1")["function"], "Baker");
    ground.deliver("people.csv", with("function").replace("Baker", "Cook"));
    // Another name is another column; one so alike is probably a mistake, so the file is refused.
    ground
        .sync()
        .is(4, "refused")
        .says("MUS-MAPPING-ABSENT")
        .says("did you mean");
    assert_eq!(ground.person("1")["function"], "Baker");
}

#[test]
fn the_workspace_of_the_people_is_chosen() {
    let ground = ground("delimiter = \";\"\n");
    ground
        .deliver("people.csv", file(&[row("1", "Ida")]))
        .approve();
    let settings = std::fs::read_to_string(ground.path("integration.toml")).unwrap();
    std::fs::write(
        ground.path("integration.toml"),
        settings.replace("\"acme\"", "\"beta\""),
    )
    .unwrap();
    ground
        .deliver("people.csv", file(&[row("2", "Ole")]))
        .approve();
    for (workspace, name) in [("acme", "Ida"), ("beta", "Ole")] {
        let people = ground.run(&["employees", "--workspace", workspace]).json;
        assert_eq!(
            (people.as_array().unwrap().len(), &people[0]["first_name"]),
            (1, &name.into())
        );
    }
}

#[test]
fn the_encoding_may_be_latin1() {
    let ground = ground("delimiter = \";\"\nencoding = \"latin1\"\n");
    let text = file(&[row("1", "Søren")]);
    ground
        .deliver(
            "people.csv",
            text.chars()
                .map(|character| character as u8)
                .collect::<Vec<u8>>(),
        )
        .approve();
    assert_eq!(ground.person("1")["first_name"], "Søren");
}

#[test]
fn a_file_may_be_without_a_header_row() {
    let ground = ground(
        "delimiter = \";\"\nheader = false\n[mapping]\nexternal_id = \"column_3\"\nfirst_name = \"column_1\"\nlast_name = \"column_2\"\nemail = \"column_10\"\n",
    );
    ground
        .deliver("people.csv", format!("{}\n", row("1", "Ida")))
        .approve();
    assert_eq!(ground.person("1")["first_name"], "Ida");
}

#[test]
fn the_test_shows_sample_rows_and_proposes_the_mapping_of_custom_columns() {
    let ground = ground("delimiter = \";\"\n");
    ground.deliver("people.csv", file(&[row("1", "Ida")]));
    let answer = ground.run(&["test", "integration.toml"]);
    assert_eq!(answer.code, 0, "{}", answer.text);
    assert_eq!(answer.json["sample"][0][0], "Ida");
    let field = |column: &str| {
        let found = answer.json["files"]["suggestions"]
            .as_array()
            .unwrap()
            .iter()
            .find(|found| found["column"] == column);
        found.unwrap()["field"].clone()
    };
    assert_eq!(
        (field("Employee ID"), field("Store")),
        ("external_id".into(), serde_json::Value::Null)
    );
    assert_eq!(
        ground.run(&["employees"]).json.as_array().unwrap().len(),
        0,
        "nothing was changed"
    );
}

#[test]
fn the_duplicate_key_is_the_source_s_id() {
    let ground = ground("delimiter = \";\"\n");
    ground.deliver(
        "people.csv",
        file(&[row("1", "Ida"), row("1", "Eva"), row("2", "Ole")]),
    );
    ground
        .approve()
        .counts(&[("created", 1), ("rejected", 2)])
        .says("MUS-RECORD-DUPLICATE");
}

#[test]
fn the_duplicate_key_may_be_the_address() {
    let ground = ground("delimiter = \";\"\n[policy]\nmatch = [\"email\"]\n");
    ground
        .deliver("people.csv", file(&[row("1", "Ida")]))
        .approve();
    ground.deliver(
        "people.csv",
        file(&[row("1", "Ida")
            .replace("1@acme", "1@ACME")
            .replace("Clerk", "Lead")]),
    );
    ground
        .sync()
        .is(0, "applied")
        .counts(&[("updated", 1), ("created", 0)]);
}

#[test]
fn departures_are_removed_with_the_file_and_return_as_the_same_person() {
    let ground = ground("delimiter = \";\"\n");
    let all: Vec<String> = (1..=5).map(|id| row(&id.to_string(), "Ida")).collect();
    ground.deliver("people.csv", file(&all)).approve();
    ground.deliver("people.csv", file(&all[..4]));
    ground
        .sync()
        .is(0, "applied")
        .counts(&[("missing", 1), ("unchanged", 4)]);
    let gone = ground.person("5");
    assert_eq!(gone["status"], "inactive");
    // The very file of the first day would restore old values, which a person has to approve.
    ground.deliver("people.csv", file(&all));
    ground
        .sync()
        .is(3, "held")
        .counts(&[("reactivated", 1)])
        .says("the delivery has the same content as the delivery of run 1");
    assert_eq!(ground.person("5")["status"], "inactive");
    ground.deliver("people.csv", file(&all[..4]));
    ground.sync().is(0, "nothing_to_do");
    ground.deliver("people.csv", file(&all).replace("5;Clerk", "5;Lead"));
    ground.sync().is(0, "applied").counts(&[("reactivated", 1)]);
    assert_eq!(
        (
            &ground.person("5")["employee"],
            &ground.person("5")["status"]
        ),
        (&gone["employee"], &"active".into())
    );
    assert_eq!(ground.person("5")["title"], "Lead");
}

#[test]
fn selection_rules_decide_which_records_are_selected() {
    let ground = ground("delimiter = \";\"\n[[select]]\ncolumn = \"Region\"\nequals = \"Midt\"\n");
    ground.deliver(
        "people.csv",
        file(&[row("1", "Ida"), row("2", "Ole").replace("Midt", "Syd")]),
    );
    ground.approve().counts(&[("created", 1), ("excluded", 1)]);
    ground.deliver(
        "people.csv",
        file(&[row("1", "Ida").replace("Midt", "Syd"), row("2", "Ole")]),
    );
    ground
        .sync()
        .is(3, "held")
        .says("1 of 1 active employee would be deactivated")
        .says("or at everyone); 1 of them no longer matches the selection rules: 1 record does not pass the rule on `Region`");
    assert_eq!(ground.person("1")["status"], "active");
    assert_eq!(ground.person("2"), serde_json::Value::Null);
}
