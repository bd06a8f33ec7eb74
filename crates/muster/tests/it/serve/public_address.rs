//! A service behind a reverse proxy that ends TLS: links have the public address, and cookies are sent over HTTPS only.

use super::{Service, line_with};
use std::{
    io::{Read, Write},
    net::TcpStream,
};

#[test]
fn behind_a_proxy_links_are_public_and_cookies_are_sent_over_https_only() {
    let folder = tempfile::tempdir().unwrap();
    let options = [
        "--public-url",
        "https://muster.acme.example",
        "--trusted-proxy",
        "127.0.0.1",
    ];
    let mut service = Service::start_with(folder.path(), &options);
    let line = line_with(&mut service.stdout, "first administrator");
    let (_, path) = line
        .trim()
        .split_once("https://muster.acme.example")
        .expect(&line);
    let form = "name=Eva&email=eva%40acme.example&password=a+rather+long+sentence&repeated=a+rather+long+sentence";
    let mut stream = TcpStream::connect(&service.address).unwrap();
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: muster.acme.example\r\nX-Forwarded-For: 203.0.113.9\r\n\
         Origin: https://muster.acme.example\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{form}",
        form.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let cookie = answer
        .lines()
        .find(|line| line.starts_with("set-cookie: "))
        .expect(&answer);
    assert!(
        cookie.starts_with("set-cookie: __Host-muster_session="),
        "{cookie}"
    );
    assert!(
        cookie.contains("; Secure") && cookie.contains("; HttpOnly"),
        "{cookie}"
    );
    assert!(
        answer.contains("strict-transport-security: max-age="),
        "{answer}"
    );
    service.stop();
}
