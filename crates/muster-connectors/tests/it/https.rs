//! HTTPS against a real server.

use crate::source::{contents, delivery, fetched, refusal, run, source};
use muster_connectors::transport::{After, Credentials, SourceSettings, look};
use muster_core::model::code::Code;
use muster_testkit::nginx::{Nginx, NginxOptions};
use std::fs;

fn start(basic: bool, more: &str) -> Nginx {
    let server = Nginx::start(&NginxOptions {
        basic,
        more: more.to_owned(),
        ..NginxOptions::default()
    });
    fs::write(server.folder.join("staff list.csv"), "id;name\r\n1;Ann\r\n").unwrap();
    server
}

pub(crate) fn settings(server: &Nginx, path: &str) -> SourceSettings {
    let mut settings = source(
        &format!("https://127.0.0.1:{}/{path}", server.port),
        &server.user,
        &server.password,
    );
    settings.pattern = None;
    settings.ca_certificate = Some(server.ca_pem.clone());
    settings
}

#[test]
fn t33_basic_login_brings_the_file_and_twice_the_same() {
    let server = start(true, "");
    let settings = settings(&server, "staff%20list.csv?token=query-word-5");
    let (first, second) = (delivery(&settings), delivery(&settings));
    assert_eq!(first.warnings, []);
    assert_eq!(first.files[0].file, second.files[0].file);
    assert!(first.files[0].file.modified.is_some());
    assert_eq!(
        contents(first),
        [(
            "staff list.csv".to_owned(),
            b"id;name\r\n1;Ann\r\n".to_vec()
        )]
    );
    assert!(
        server
            .log()
            .contains("GET /staff%20list.csv?token=query-word-5"),
        "{}",
        server.log()
    );
}

#[test]
fn no_login_is_fine_where_none_is_wanted() {
    let server = start(false, "");
    let settings = SourceSettings {
        credentials: Credentials::default(),
        ..settings(&server, "staff%20list.csv")
    };
    assert_eq!(delivery(&settings).files[0].file.bytes, 16);
}

#[test]
fn t01_a_wrong_password_is_tried_once() {
    let server = start(true, "");
    let mut settings = settings(&server, "staff%20list.csv");
    settings.credentials.password = Some("wrong-word-9".into());
    settings.retry.attempts = 3;
    let (result, again) = fetched(&settings);
    let error = result.unwrap_err();
    assert_eq!((error.code, again), (Code::TransportCredentials, 0));
    assert!(
        error.to_string().contains("Account { user: \"ann\"")
            && error.to_string().contains("CredentialsRefused"),
        "{error}"
    );
    settings.credentials = Credentials::default();
    assert!(refusal(&settings).to_string().contains("CredentialsWanted"));
}

#[test]
fn t32_a_missing_file_is_no_file_and_no_message_shows_the_query() {
    let server = start(false, "");
    let error = refusal(&settings(&server, "nothing.csv?token=query-word-5"));
    assert_eq!(error.code, Code::NoFile);
    assert!(!format!("{error:?}").contains("query-word-5"), "{error:?}");
}

#[test]
fn t28_redirects_within_the_origin_are_followed_and_others_are_not() {
    let more = "location /near { return 302 '/staff list.csv'; }\n\
                location /far { return 302 https://other.example:8443/x.csv?secret=1; }\n\
                location /clear { return 302 http://127.0.0.1/x.csv; }\n\
                location /local { return 302 file:///etc/passwd; }\n\
                location /loop { return 307 /loop; }\n";
    let server = start(true, more);
    assert_eq!(delivery(&settings(&server, "near")).files[0].file.bytes, 16);
    for (path, wanted) in [
        ("far", "to: \"https://other.example:8443\""),
        ("clear", "to: \"http://127.0.0.1\""),
        ("local", "to: \"file:\""),
        ("loop", "TooManyRedirects"),
    ] {
        let error = refusal(&settings(&server, path));
        assert_eq!(
            (error.code, error.retry),
            (Code::TransportRedirect, false),
            "{path}: {error:?}"
        );
        assert!(error.to_string().contains(wanted), "{path}: {error}");
        assert!(
            error
                .to_string()
                .contains(&format!("https://127.0.0.1:{}", server.port)),
            "{path}: {error}"
        );
    }
    assert_eq!(server.log().matches("/loop").count(), 6);
}

#[test]
fn t31_a_login_page_is_not_a_file() {
    let server = start(false, "");
    fs::write(
        server.folder.join("login.html"),
        "<html><title>Please log in</title><body>Hello</body>",
    )
    .unwrap();
    fs::copy(
        server.folder.join("login.html"),
        server.folder.join("staff.csv"),
    )
    .unwrap();
    for path in ["login.html", "staff.csv"] {
        let error = refusal(&settings(&server, path));
        assert_eq!((error.code, error.retry), (Code::TransportAnswer, false));
        assert!(error.to_string().contains("Please log in"), "{error}");
    }
}

#[test]
fn t31_what_cannot_be_a_table_is_refused_with_its_type_and_first_words() {
    let typed = |path: &str, kind: &str, text: &str| {
        format!("location /{path} {{ default_type {kind}; return 200 '{text}'; }}\n")
    };
    let table = "id,name\\n1,Ann\\n";
    let more = typed("json", "application/json", "{\"error\":\"token expired\"}")
        + &typed("problem", "application/problem+json", "{\"status\":500}")
        + &typed("xml", "text/xml", "<error>busy</error>")
        + &typed("pdf", "application/pdf", "%PDF-1.7")
        + &typed("picture", "image/png", "x")
        + &typed("plain", "text/plain", table)
        + &typed("excel", "application/vnd.ms-excel", table)
        + &typed("any", "application/octet-stream", table);
    let server = start(false, &more);
    for (path, kind, words) in [
        ("json", "application/json", "token expired"),
        ("problem", "application/problem+json", "500"),
        ("xml", "text/xml", "<error>busy"),
        ("pdf", "application/pdf", "%PDF"),
        ("picture", "image/png", "x"),
    ] {
        let error = refusal(&settings(&server, path));
        assert_eq!(
            (error.code, error.retry),
            (Code::TransportAnswer, false),
            "{path}: {error:?}"
        );
        assert!(
            error
                .to_string()
                .contains(&format!("content_type: Some({kind:?})")),
            "{error}"
        );
        assert!(error.to_string().contains(words), "{error}");
    }
    for path in ["plain", "excel", "any"] {
        assert!(
            delivery(&settings(&server, path)).files[0].file.bytes > 10,
            "{path}"
        );
    }
}

#[test]
fn t31_a_page_that_repeats_the_query_is_not_quoted() {
    let server = start(
        false,
        "location /echo { default_type text/html; return 200 '<html>no $request_uri'; }\n",
    );
    let error = refusal(&settings(&server, "echo?token=query-word-5"));
    assert!(
        error.to_string().contains("text/html") && !format!("{error:?}").contains("query-word-5"),
        "{error:?}"
    );
}

#[test]
fn t31_answers_without_content_are_refused() {
    let server = start(
        false,
        "location /none { return 204; }\nlocation /part { return 206 x; }\n",
    );
    for (path, status) in [("none", "204"), ("part", "206")] {
        let error = refusal(&settings(&server, path));
        assert_eq!(error.code, Code::TransportAnswer);
        assert!(error.to_string().contains(status), "{error}");
    }
}

#[test]
fn t32_what_may_pass_is_tried_again_and_the_rest_is_not() {
    let more = "location /busy { add_header Retry-After 1 always; return 503; }\n\
                location /often { return 429; }\nlocation /gone { return 410; }\nlocation /no { return 403; }\n\
                location /odd { return 418; }\n";
    let server = start(false, more);
    for (path, code, attempts) in [
        ("busy", Code::TransportAnswer, 2),
        ("often", Code::TransportAnswer, 2),
        ("gone", Code::NoFile, 0),
        ("no", Code::TransportCredentials, 0),
        ("odd", Code::TransportAnswer, 0),
    ] {
        let mut settings = settings(&server, path);
        settings.retry.attempts = 3;
        let (result, again) = fetched(&settings);
        let error = result.unwrap_err();
        assert_eq!((error.code, again), (code, attempts), "{path}: {error:?}");
        assert!(
            path != "busy" || error.to_string().contains("retry_after: Some(\"1\")"),
            "{error}"
        );
    }
}

#[test]
fn a_server_that_knows_only_get_gives_a_weaker_proof() {
    let server = start(false, "if ($request_method = HEAD) { return 405; }\n");
    let delivery = delivery(&settings(&server, "staff%20list.csv"));
    assert_eq!(delivery.warnings[0].code, Code::TransportWeak);
    assert_eq!(delivery.files[0].file.bytes, 16);
}

#[test]
fn a_pattern_or_clearing_away_cannot_be_had() {
    let server = start(false, "");
    let pattern = SourceSettings {
        pattern: Some("*.csv".to_owned()),
        ..settings(&server, "")
    };
    let delete = SourceSettings {
        after: After::Delete,
        ..settings(&server, "a.csv")
    };
    for settings in [pattern, delete] {
        assert_eq!(run(look(&settings)).unwrap_err().code, Code::Configuration);
    }
}
