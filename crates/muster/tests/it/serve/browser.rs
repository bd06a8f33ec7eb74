//! A browser of the first administrator, as far as tests need one.

use super::{Service, line_with, wait_for};
use std::{
    io::{Read, Write},
    net::TcpStream,
};

pub(super) const EVA: &str = "eva@acme.example";

/// A browser of the first administrator.
pub(super) struct Browser {
    address: String,
    cookie: String,
}

impl Browser {
    /// Creates the administrator through the link of the service, which signs them in.
    pub(super) fn new(service: &mut Service) -> Self {
        let line = line_with(&mut service.stdout, "first administrator");
        let path = line.trim().rsplit_once(&service.address).unwrap().1;
        let mut browser = Self {
            address: service.address.clone(),
            cookie: String::new(),
        };
        let form = format!(
            "name=Eva+Bakker&email={}&password=a+rather+long+sentence&repeated=a+rather+long+sentence",
            EVA.replace('@', "%40")
        );
        let answer = browser.post(path, &form);
        let cookie = answer.split("set-cookie: ").nth(1).expect(&answer);
        browser.cookie = cookie.split(';').next().unwrap().to_owned();
        browser
    }

    fn send(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "{request}").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    pub(super) fn get(&self, path: &str) -> String {
        self.send(&format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nConnection: close\r\n\r\n",
            self.address, self.cookie
        ))
    }

    pub(super) fn post(&self, path: &str, form: &str) -> String {
        self.send(&format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nSec-Fetch-Site: same-origin\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{form}",
            self.address,
            self.cookie,
            form.len()
        ))
    }

    /// Sends the form of a page with what is hidden in it, and a note.
    pub(super) fn decide(&self, path: &str, note: &str) {
        let page = self.get(path);
        let mut form = format!("note={note}");
        let hidden = page.split("<main").nth(1).expect(&page);
        for input in hidden.split("type=\"hidden\" name=\"").skip(1) {
            let (name, rest) = input.split_once("\" value=\"").unwrap();
            form += &format!("&{name}={}", rest.split('"').next().unwrap());
        }
        let answer = self.post(path.split('?').next().unwrap(), &form);
        assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    }

    /// The page of a run, once it says something.
    pub(super) fn sees(&self, run: &str, text: &str) -> String {
        wait_for(text, || {
            let page = self.get(&format!("/w/acme/runs/{run}"));
            page.contains(text).then_some(page)
        })
    }

    /// Sends a form of a page with the token that proves that it is ours.
    pub(super) fn submit(&self, page: &str, action: &str, fields: &[(&str, &str)]) -> String {
        let shown = self.get(page);
        let marked = shown
            .split("name=\"form_token\" value=\"")
            .nth(1)
            .expect(&shown);
        let token = marked.split('"').next().unwrap();
        let mut form = format!("form_token={token}");
        for (name, value) in fields {
            form += &format!("&{}={}", encoded(name), encoded(value));
        }
        self.post(action, &form)
    }
}

fn encoded(text: &str) -> String {
    let encoded = text.bytes().map(|byte| match byte {
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    });
    encoded.collect()
}

/// Where an answer leads.
pub(super) fn location(answer: &str) -> &str {
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    let header = answer.split("location: ").nth(1).expect(answer);
    header.split("\r\n").next().unwrap()
}
