//! A server that states no size may send a part of a file without anybody noticing: nobody leaves because of that,
//! unless the administrator knows the server to be honest.

use crate::ground::Ground;
use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// An FTP server with one file, of which it states neither size nor time.
struct Server {
    port: u16,
    content: Arc<Mutex<String>>,
}

impl Server {
    fn start(states_size: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let content = Arc::new(Mutex::new(String::new()));
        let shared = Arc::clone(&content);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let content = shared.lock().unwrap().clone();
                thread::spawn(move || serve(stream.unwrap(), &content, states_size));
            }
        });
        Self { port, content }
    }

    fn settings(&self, more: &str) -> String {
        format!(
            r#"
workspace = {{ name = "acme" }}
name = "people"
[source]
url = "ftp://127.0.0.1:{}/in"
pattern = "*.csv"
settle = "0s"
{more}
[source.limits]
attempts = 1
[credentials]
user = "ann"
password = {{ file = "password" }}
[policy]
missing = "deactivate"
approve = "never"
[guard]
removals = {{ percent = 100.0, number = 100 }}
removals_week = {{ percent = 100.0, number = 100 }}
[mapping]
external_id = "id"
email = "email"
first_name = "first"
last_name = "last"
"#,
            self.port
        )
    }
}

fn serve(mut stream: TcpStream, content: &str, states_size: bool) {
    let mut lines = BufReader::new(stream.try_clone().unwrap());
    let mut listener = None;
    let _sent = stream.write_all(b"220 ready\r\n");
    let mut command = String::new();
    let size = if states_size {
        format!("size={};", content.len())
    } else {
        String::new()
    };
    let facts = format!("type=file;{size}modify=20240131120000; a.csv");
    while lines.read_line(&mut command).is_ok_and(|read| read > 0) {
        let data = match command.get(..4).unwrap_or_default() {
            "MLSD" => Some(format!("{facts}\r\n")),
            "RETR" => Some(content.to_owned()),
            _ => None,
        };
        let answer = match command.get(..4).unwrap_or_default() {
            "USER" => "331 password".to_owned(),
            "PASS" => "230 welcome".to_owned(),
            "TYPE" | "OPTS" | "CWD " => "200 good".to_owned(),
            "MLST" => format!("250-look\r\n {facts}\r\n250 end"),
            "EPSV" => {
                let data = TcpListener::bind("127.0.0.1:0").unwrap();
                let port = data.local_addr().unwrap().port();
                listener = Some(data);
                format!("229 here (|||{port}|)")
            }
            _ if data.is_some() => "150 here it comes".to_owned(),
            _ => "502 not known".to_owned(),
        };
        let _sent = stream.write_all(format!("{answer}\r\n").as_bytes());
        if let (Some(data), Some(listener)) =
            (data, listener.take_if(|_| answer.starts_with("150")))
        {
            let (mut connection, _) = listener.accept().unwrap();
            let _sent = connection.write_all(data.as_bytes());
            drop(connection);
            let _sent = stream.write_all(b"226 complete\r\n");
        }
        command.clear();
    }
}

fn staff(count: usize) -> String {
    let rows: String = (1..=count)
        .map(|number| format!("E-{number},e{number}@acme.example,Ann,Bos{number}\n"))
        .collect();
    format!("id,email,first,last\n{rows}")
}

/// Day one with 40 employees, day two with 38.
fn second_day(states_size: bool, more: &str) -> (Ground, crate::ground::Answer) {
    let server = Server::start(states_size);
    let mut ground = Ground::new(&server.settings(more));
    ground.secret("password", "pass-word-7");
    *server.content.lock().unwrap() = staff(40);
    ground.sync().is(0, "applied");
    *server.content.lock().unwrap() = staff(38);
    let answer = ground.at("2026-05-05T02:45:00Z").sync();
    (ground, answer)
}

#[test]
fn transfer_without_a_stated_size_causes_no_departures() {
    let (ground, answer) = second_day(false, "");
    answer.says("MUS-DELIVERY-UNPROVEN").says("trust_length");
    assert_eq!(answer.json["delivery"]["reason"], "unproven");
    assert_eq!(ground.person("E-40")["status"], "active");
}

#[test]
fn transfer_from_a_trusted_server_or_with_a_stated_size_causes_departures() {
    for (states_size, more) in [(false, "trust_length = true"), (true, "")] {
        let (ground, answer) = second_day(states_size, more);
        answer.is(0, "applied");
        assert_eq!(ground.person("E-40")["status"], "inactive", "{more}");
    }
}

#[test]
fn trailer_that_counts_proves_a_transfer_without_a_stated_size() {
    let server = Server::start(false);
    let mut ground = Ground::new(&server.settings("trailer = \"TOTAL\""));
    ground.secret("password", "pass-word-7");
    *server.content.lock().unwrap() = staff(40) + "TOTAL,40,,\n";
    ground.sync().is(0, "applied");
    *server.content.lock().unwrap() = staff(38) + "TOTAL,38,,\n";
    ground.at("2026-05-05T02:45:00Z").sync().is(0, "applied");
    assert_eq!(ground.person("E-40")["status"], "inactive");
    *server.content.lock().unwrap() = staff(36) + "TOTAL,38,,\n";
    ground
        .at("2026-05-06T02:45:00Z")
        .sync()
        .says("MUS-CSV-TRUNCATED");
    assert_eq!(ground.person("E-38")["status"], "active");
}
