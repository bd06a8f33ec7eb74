//! Everything about one employee over the API, and nothing of others.

use super::{
    Service,
    api::{Program, ground, over_http},
};
use serde_json::json;

/// P34 the other way round: what an erasure would remove is what an export has.
#[test]
fn export_has_everything_about_one_employee_and_nothing_of_others() {
    let ground = ground();
    let service = Service::start(&ground.path(""));
    let program = Program::new(&ground, &service, "privacy", "admin");
    let (status, export) = program.post("/employees/1/export", "", &json!({}));
    assert_eq!(status, 200, "{export:#}");
    assert_eq!(
        export["employee"]["values"]["email"],
        "ann.bos@acme.example"
    );
    assert_eq!(
        export["employee"]["smart_groups"][0]["group"], "Dutch",
        "{export:#}"
    );
    assert!(
        !export["budgets"].as_array().unwrap().is_empty(),
        "{export:#}"
    );
    let records = export["records"].as_array().unwrap();
    assert!(!records.is_empty(), "{export:#}");
    for record in records {
        let text = record["text"].as_str().unwrap();
        assert!(text.starts_with("E-1,ann"), "{text}");
        assert!(
            record["columns"].as_str().unwrap().starts_with("id,mail"),
            "{record}"
        );
    }
    assert_eq!(export["unclear"], json!([]));
    let locations = export["locations"].as_array().unwrap();
    let erasure = program.get("/employees/1/personal-data");
    assert_eq!(&erasure, &json!(locations));
    let text = export.to_string();
    for other in ["bob@", "cas@", "dee@", "E-2", "E-3", "E-4", "Eik"] {
        assert!(!text.contains(other), "`{other}` in {export:#}");
    }
    let on_command_line = over_http(ground.run(&["employee", "export", "E-1"]).json);
    for part in ["employee", "budgets", "records", "unclear", "locations"] {
        assert_eq!(on_command_line[part], export[part], "{part}");
    }
    let log = program.get("/audit?limit=1");
    assert_eq!(log["items"][0]["act"], "employee_exported", "{log:#}");
    assert_eq!(log["items"][0]["actor"], "eva (command line)");
    assert_eq!(ground.run(&["employee", "export", "E-99"]).code, 2);
    let (status, _) = program.post("/employees/1/export", "", &json!({}));
    assert_eq!(status, 200);
    let (status, _) = program.post("/employees/99/export", "", &json!({}));
    assert_eq!(status, 404);
    let log = program.get("/audit?limit=1");
    assert_eq!(log["items"][0]["act"], "employee_exported", "{log:#}");
    assert_eq!(log["items"][0]["subject"], "employee 1");
    service.stop();
}
