//! A forgotten password with a real service and a mail server: the link in the mail works.

use super::{Service, stored, wait_for};
use muster_engine::{Clock, SystemClock};
use muster_testkit::smtp::MailServer;
use std::{
    io::{Read, Write},
    net::TcpStream,
};

fn send(service: &Service, request: &str) -> String {
    let mut stream = TcpStream::connect(&service.address).unwrap();
    write!(stream, "{request}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn password_link_is_mailed_with_the_public_address_whatever_host_the_request_names() {
    let server = MailServer::plain();
    let (mut ground, _) = stored();
    // The service reads the clock, and a link expires.
    ground.at(&SystemClock.now().to_string());
    let port = server.port.to_string();
    let mails = ["alert", "mail-server", "127.0.0.1", "--port", &port];
    let settings = ["--encryption", "none", "--from", "muster@acme.example"];
    let set = ground.run(&[&mails[..], &settings].concat());
    assert_eq!(set.json["status"], "set", "{}", set.text);
    let email = "eva@acme.example";
    ground.run(&["user", "add", email, "--name", "Eva", "--administrator"]);
    // An invitation that was not used yet is not replaced: she chooses her first password with it.
    let again = ground.run(&["user", "reset-password", email]);
    let options = ["--public-url", "https://muster.acme.example"];
    let service = Service::start_with(&ground.path(""), &options);
    let link = again.json["link"].as_str().unwrap();
    let path = link.strip_prefix("http://127.0.0.1:8080").unwrap();
    let form = "password=a+rather+long+sentence&repeated=a+rather+long+sentence";
    let post = |path: &str, form: &str| {
        format!(
            "POST {path} HTTP/1.1\r\nHost: evil.example\r\nSec-Fetch-Site: same-origin\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            form.len()
        )
    };
    let chosen = send(&service, &post(path, form));
    assert!(chosen.starts_with("HTTP/1.1 303"), "{chosen}");
    let answer = send(&service, &post("/forgotten", "email=eva%40acme.example"));
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let mail = wait_for("the mail arrives", || server.mails().first().cloned());
    // Long lines of a mail are encoded: they end with `=` and go on in the next line.
    let mail = mail.replace("=\r\n", "").replace("=\n", "");
    assert!(mail.contains("to eva@acme.example"), "{mail}");
    let path = mail
        .split("https://muster.acme.example")
        .nth(1)
        .expect(&mail);
    let path = path.split_whitespace().next().unwrap();
    let get = format!("GET {path} HTTP/1.1\r\nHost: muster\r\nConnection: close\r\n\r\n");
    let page = send(&service, &get);
    assert!(
        page.starts_with("HTTP/1.1 200") && page.contains(email),
        "{page}"
    );
    let log = service.stop();
    assert!(
        !log.contains("eva@") && !log.contains("/password/"),
        "{log}"
    );
}
