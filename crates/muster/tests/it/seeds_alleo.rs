//! Every rule of the Alleo page on CSV files over SFTP and FTP, through the whole program.

use crate::ground::Ground;

const HEADER: &str = "email,first_name,last_name,prefix,onboarding_date,offboarding_date,birthday,language,group_name,external_id,size,alleo_monthly_all_budget\n";

fn ground() -> Ground {
    Ground::new(
        "name = \"hr\"\npreset = \"alleo\"\n[workspace]\nname = \"acme\"\nlanguage = \"nl\"\nlanguages = [\"nl\", \"en\"]\ngroups = [\"Sales\"]\n\
         [source]\nurl = \"file:inbox\"\nsettle = \"0s\"\n[fields]\nsize = { type = \"choice\", choices = [\"S\", \"M\"] }\n\
         [mapping]\nsize = \"size\"\nalleo_monthly_all_budget = \"alleo_monthly_all_budget\"\n",
    )
}

fn file(rows: &[&str]) -> String {
    format!("{HEADER}{}\n", rows.join("\n"))
}

const ANN: &str = "ann@acme.example,Ann,Jansen,,,,,,Sales,E-1,S,50.00";

#[test]
fn files_are_picked_up_at_0245_and_2000_utc() {
    let ground = ground();
    ground
        .run(&["check", "integration.toml"])
        .says("\"02:45 UTC\"")
        .says("\"20:00 UTC\"");
    let output = ground.output(&["check", "integration.toml"]);
    assert!(
        String::from_utf8_lossy(&output.stdout).contains("schedule: 02:45 UTC, 20:00 UTC"),
        "{output:?}"
    );
}

#[test]
fn files_of_the_folder_are_picked_up_by_pattern() {
    let ground = ground();
    ground
        .deliver("alleo_employees_20240101.csv", file(&[ANN]))
        .deliver("other.csv", "x")
        .deliver("alleo_employees_1.txt", "x");
    let answer = ground.approve();
    assert_eq!(
        answer.json["delivery"]["files"].as_array().unwrap().len(),
        1
    );
    assert_eq!(ground.person("E-1")["status"], "active");
}

#[test]
fn t16_all_matching_files_are_processed_and_the_newest_wins() {
    let ground = ground();
    ground.deliver(
        "alleo_employees_1.csv",
        file(&[
            "ann@acme.example,Old,Jansen,,,,,,,E-1,,",
            "bob@acme.example,Bob,Smit,,,,,,,E-2,,",
        ]),
    );
    std::thread::sleep(std::time::Duration::from_millis(20));
    ground.deliver("alleo_employees_2.csv", file(&[ANN]));
    ground
        .approve()
        .says("MUS-DELIVERY-SEVERAL-FILES")
        .counts(&[("read", 3), ("created", 2), ("superseded", 1)]);
    assert_eq!(ground.person("E-1")["first_name"], "Ann");
}

#[test]
fn only_commas_are_accepted_and_semicolons_are_refused_with_help() {
    let ground = ground();
    ground.deliver("alleo_employees_1.csv", file(&[ANN]).replace(',', ";"));
    ground
        .sync()
        .is(4, "refused")
        .says("MUS-CSV-DELIMITER")
        .says("`;`");
}

#[test]
fn dates_are_iso_and_anything_else_is_refused() {
    let ground = ground();
    ground.deliver(
        "alleo_employees_1.csv",
        file(&[
            "ann@acme.example,Ann,Jansen,,01-02-2026,,,,,E-1,,",
            "bob@acme.example,Bob,Smit,,,,03/04/1990,,,E-2,,",
        ]),
    );
    let answer = ground.approve();
    answer
        .counts(&[("created", 1), ("rejected", 1)])
        .says("`01-02-2026`")
        .says("YYYY-MM-DD")
        .says("`##/##/####`");
    assert_eq!(
        ground.person("E-2")["birthday"],
        serde_json::Value::Null,
        "an optional date is dropped, the person is not lost"
    );
}

#[test]
fn decimals_have_a_dot() {
    let ground = ground();
    let rows = [
        "ann@acme.example,Ann,Jansen,,,,,,,E-1,,123456.71",
        "bob@acme.example,Bob,Smit,,,,,,,E-2,,\"12,50\"",
    ];
    ground.deliver("alleo_employees_1.csv", file(&rows));
    ground.approve().says("MUS-VALUE-DECIMAL").says("comma");
    assert_eq!(
        ground.person("E-1")["alleo_monthly_all_budget"],
        "123456.71"
    );
    assert_eq!(
        ground.person("E-2")["alleo_monthly_all_budget"],
        serde_json::Value::Null
    );
}

#[test]
fn names_are_mandatory_also_for_updates() {
    let ground = ground();
    ground
        .deliver("alleo_employees_1.csv", file(&[ANN]))
        .approve();
    ground.deliver(
        "alleo_employees_1.csv",
        file(&[&ANN.replace("Ann,Jansen", ",Jansen").replace("Sales", "")]),
    );
    ground
        .sync()
        .counts(&[("rejected", 1), ("updated", 0)])
        .says("MUS-VALUE-REQUIRED")
        .says("first_name");
    assert_eq!(ground.person("E-1")["first_name"], "Ann");
}

#[test]
fn the_group_must_match_exactly() {
    let ground = ground();
    ground.deliver(
        "alleo_employees_1.csv",
        file(&[&ANN.replace("Sales", "sales")]),
    );
    ground
        .approve()
        .says("MUS-VALUE-GROUP")
        .says("did you mean `Sales`?")
        .counts(&[("created", 1)]);
    assert_eq!(ground.person("E-1")["group"], serde_json::Value::Null);
}

#[test]
fn the_language_defaults_to_the_workspace_s() {
    let ground = ground();
    ground
        .deliver(
            "alleo_employees_1.csv",
            file(&[ANN, "bob@acme.example,Bob,Smit,,,,,en,,E-2,,"]),
        )
        .approve();
    assert_eq!(
        (
            &ground.person("E-1")["language"],
            &ground.person("E-2")["language"]
        ),
        (&"nl".into(), &"en".into())
    );
    ground
        .deliver(
            "alleo_employees_1.csv",
            file(&[ANN, "bob@acme.example,Bob,Smit,,,,,,,E-2,,"]),
        )
        .approve();
    assert_eq!(
        ground.person("E-2")["language"],
        "en",
        "blank later changes nothing"
    );
}

#[test]
fn an_address_changes_when_the_external_id_is_known() {
    let ground = ground();
    ground
        .deliver("alleo_employees_1.csv", file(&[ANN]))
        .approve();
    ground.deliver(
        "alleo_employees_1.csv",
        file(&[&ANN.replace("ann@", "ann.smit@")]),
    );
    ground.sync().is(0, "applied").counts(&[("updated", 1)]);
    assert_eq!(ground.person("E-1")["email"], "ann.smit@acme.example");
}

#[test]
fn m11_without_an_id_a_new_address_is_a_new_account_and_a_likely_change_is_held() {
    let ground = ground();
    let row = |email: &str, name: &str| format!("{email},{name},Jansen,,,,1990-01-01,,,,,");
    ground
        .deliver(
            "alleo_employees_1.csv",
            file(&[&row("ann@acme.example", "Ann")]),
        )
        .approve();
    ground.deliver(
        "alleo_employees_1.csv",
        file(&[&row("bea@acme.example", "Bea")]),
    );
    ground.sync().is(0, "applied").counts(&[("created", 1)]);
    assert_eq!(
        ground.person("ann@acme.example")["status"],
        "active",
        "the old account stays"
    );
    ground.deliver(
        "alleo_employees_1.csv",
        file(&[
            &row("bea@acme.example", "Bea"),
            &row("ann2@acme.example", "Ann"),
        ]),
    );
    ground
        .sync()
        .counts(&[("held", 1), ("created", 0)])
        .says("probable_email_change");
}

#[test]
fn future_onboarding_waits_for_its_day() {
    let mut ground = ground();
    ground
        .deliver(
            "alleo_employees_1.csv",
            file(&[&ANN.replace("Jansen,,", "Jansen,,2026-06-01")]),
        )
        .approve();
    assert_eq!(ground.person("E-1")["status"], "scheduled");
    ground.at("2026-06-01T02:45:00Z").sync().is(0, "applied");
    assert_eq!(ground.person("E-1")["status"], "active");
}

#[test]
fn offboarding_happens_at_23_utc_of_its_day() {
    let mut ground = ground();
    let rows = [
        ANN.replace("Jansen,,,", "Jansen,,,2026-05-10"),
        "bob@acme.example,Bob,Smit,,,,,,,E-2,,".to_owned(),
    ];
    ground
        .deliver("alleo_employees_1.csv", file(&[&rows[0], &rows[1]]))
        .approve();
    ground
        .at("2026-05-10T22:59:00Z")
        .run(&["sweep"])
        .is(0, "nothing_to_do");
    assert_eq!(ground.person("E-1")["status"], "active");
    ground
        .at("2026-05-10T23:00:00Z")
        .run(&["sweep"])
        .is(0, "applied");
    assert_eq!(ground.person("E-1")["status"], "inactive");
    ground.run(&["sweep"]).is(0, "nothing_to_do");
}

#[test]
fn custom_fields_are_kept_with_their_choices() {
    let ground = ground();
    ground.deliver(
        "alleo_employees_1.csv",
        file(&[ANN, "bob@acme.example,Bob,Smit,,,,,,,E-2,XXL,"]),
    );
    ground.approve().says("MUS-VALUE-CHOICE");
    assert_eq!(
        (&ground.person("E-1")["size"], &ground.person("E-2")["size"]),
        (&"S".into(), &serde_json::Value::Null)
    );
}

#[test]
fn preset_maps_every_reference_field_by_its_label() {
    let ground = ground();
    let header = "Email,First name,Last name,Prefix,Onboarding date,Offboarding date,Probation period end date,Birthday,\
                  Work anniversary,Marriage date,Language,Group name,External id\n";
    let row = "ann@acme.example,Ann,Berg,van den,2026-01-05,2027-01-31,2026-03-05,1990-04-01,2020-02-29,2015-06-07,en,Sales,E-1\n";
    ground
        .deliver("alleo_employees_export.csv", format!("{header}{row}"))
        .approve();
    let ann = ground.person("E-1");
    for (field, value) in [
        ("email", "ann@acme.example"),
        ("first_name", "Ann"),
        ("last_name", "Berg"),
        ("prefix", "van den"),
        ("onboarding_date", "2026-01-05"),
        ("offboarding_date", "2027-01-31"),
        ("probation_end_date", "2026-03-05"),
        ("birthday", "1990-04-01"),
        ("work_anniversary", "2020-02-29"),
        ("marriage_date", "2015-06-07"),
        ("language", "en"),
        ("group", "Sales"),
    ] {
        assert_eq!(ann[field], value, "{field}");
    }
    let ground = self::ground();
    ground
        .deliver(
            "alleo_employees_export.csv",
            "Email,First name,Last name\nann@acme.example,Ann,Berg\n",
        )
        .approve();
    assert_eq!(ground.person("ann@acme.example")["status"], "active");
}

#[test]
fn protocol_host_port_folder_user_and_mode_are_settings() {
    let file = |source: &str| {
        let base = "name = \"hr\"\nworkspace = \"acme\"\npreset = \"alleo\"\n[source]\n";
        let ground = Ground::new(&format!("{base}{source}\n"));
        ground.secret("password", "s3cret");
        let answer = ground.output(&["check", "integration.toml"]);
        String::from_utf8(if answer.status.success() {
            answer.stdout
        } else {
            answer.stderr
        })
        .unwrap()
    };
    let login = "[credentials]\nuser = \"muster\"\npassword = { file = \"password\" }";
    for url in [
        "sftp://files.acme.example:2222/out/hr",
        "ftp://192.0.2.7:2121/out/hr",
        "ftps://files.acme.example:2990/hr",
    ] {
        for mode in ["passive", "active"] {
            let said = file(&format!("url = \"{url}\"\nmode = \"{mode}\"\n{login}"));
            assert!(said.contains(&format!("reads {url}")), "{said}");
        }
    }
    assert!(
        file("url = \"ftp://a.example/hr\"\nmode = \"pasive\"").contains("did you mean `passive`?")
    );
}

#[test]
fn missing_keep_deactivates_nobody() {
    let ground = ground();
    ground
        .deliver(
            "alleo_employees_1.csv",
            file(&[ANN, "bob@acme.example,Bob,Smit,,,,,,,E-2,,"]),
        )
        .approve();
    ground.deliver("alleo_employees_1.csv", file(&[ANN]));
    ground.sync().is(0, "nothing_to_do");
    assert_eq!(ground.person("E-2")["status"], "active");
}
