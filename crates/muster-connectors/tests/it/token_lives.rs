//! How long a token lives, in the forms in which servers say so: each read asks for one, whatever its life is said to be.

use crate::{
    scripted::{ScriptedServer, http, reply},
    session::{Ground, connector, wanted},
};
const JSON: &str = "Content-Type: application/json\r\n";

/// A server with two pages of employees, whose tokens have this life.
fn personio(life: &'static str) -> ScriptedServer {
    http(move |_, request, stream| {
        let first = request.lines().next().unwrap_or_default();
        let body = if first.contains("/v1/auth") {
            format!(r#"{{"success":true,"data":{{"token":"papi-t0ken"{life}}}}}"#)
        } else if first.contains("/attributes") {
            r#"{"success":true,"data":[{"key":"id"},{"key":"email"}]}"#.to_owned()
        } else {
            let from = if first.contains("offset=0") { 0 } else { 100 };
            let people: Vec<String> = (from..(from + 100).min(120))
                .map(|id| {
                    format!(r#"{{"type":"Employee","attributes":{{"id":{{"value":{id}}}}}}}"#)
                })
                .collect();
            let people = people.join(",");
            format!(r#"{{"success":true,"metadata":{{"total_elements":120}},"data":[{people}]}}"#)
        };
        reply(stream, "200 OK", JSON, body.as_bytes());
    })
}

#[test]
fn a1_a_token_is_asked_for_once_whatever_its_life_is_said_to_be() {
    for life in [
        r#","expires_in":86400"#,
        r#","expires_in":"86400""#,
        r#","expires_in":86399.5"#,
        r#","expires_in":"86400.0""#,
        r#","expires_in":18446744073709551615"#,
        r#","expires_in":1e300"#,
        // No token lives for no time.
        r#","expires_in":0"#,
        r#","expires_in":"0""#,
        r#","expires_in":-1"#,
        r#","expires_in":null"#,
        r#","expires_in":"soon""#,
        r#","expires_in":{"seconds":60}"#,
        "",
    ] {
        let server = personio(life);
        let connector = connector(
            "personio",
            &[("base_url", &server.url), ("client_id", "papi-id")],
            &[("client_secret", "papi-secret")],
        );
        let ground = Ground::patient();
        let wanted = wanted(&["id"], &["id"]);
        let (records, extent) = ground.read(&*connector, &wanted).unwrap();
        assert_eq!((records.len(), extent.partial), (120, None), "{life}");
        assert_eq!(server.count("/v1/auth"), 1, "{life}");
        // The next read has the token of this one.
        ground.read(&*connector, &wanted).unwrap();
        assert_eq!(server.count("/v1/auth"), 1, "{life}: the next read");
    }
}
