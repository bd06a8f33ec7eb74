//! FTPS servers that encrypt the commands, but not the data as they should.

use crate::{
    scripted::{CONTENT, Script, encrypted, encryption, facts, server},
    source::{contents, delivery, hasty, refusal, source},
};
use muster_connectors::transport::SourceSettings;
use muster_core::model::code::Code;
use rustls::ServerConfig;
use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

const GO: &[u8] = b"234 go\r\n";

/// How a server sends data.
#[derive(Clone, Copy, PartialEq)]
enum Data {
    Clear,
    /// Encrypted, and cut off after so many bytes without the closing alert.
    Cut(usize),
}

fn line(stream: &mut impl Read) -> String {
    let mut line = Vec::new();
    let mut byte = [0];
    while !line.ends_with(b"\n") && stream.read(&mut byte).is_ok_and(|read| read > 0) {
        line.push(byte[0]);
    }
    String::from_utf8_lossy(&line).trim_end().to_owned()
}

fn send(stream: TcpStream, bytes: &[u8], data: Data, configuration: &Arc<ServerConfig>) {
    match data {
        Data::Clear => {
            let mut stream = stream;
            stream.write_all(bytes).unwrap();
        }
        Data::Cut(at) => {
            let mut stream = encrypted(stream, configuration);
            stream.write_all(&bytes[..bytes.len().min(at)]).unwrap();
            stream.flush().unwrap();
            stream.sock.shutdown(Shutdown::Write).unwrap();
            // Until the client has seen the end.
            let _read = stream.sock.read_to_end(&mut Vec::new());
        }
    }
}

fn serve(
    control: TcpStream,
    go: &[u8],
    data: Data,
    configuration: &Arc<ServerConfig>,
    received: &Mutex<Vec<String>>,
) {
    let mut control = control;
    control.write_all(b"220 ready\r\n").unwrap();
    assert_eq!(line(&mut control), "AUTH TLS");
    control.write_all(go).unwrap();
    let mut control = encrypted(control, configuration);
    let mut listener = None;
    loop {
        let command = line(&mut control);
        received.lock().unwrap().push(command.clone());
        let mut say = |text: &str| {
            control
                .write_all(format!("{text}\r\n").as_bytes())
                .unwrap_or_default()
        };
        match command.split(' ').next().unwrap_or_default() {
            "" => return,
            "USER" => say("331 password please"),
            "PASS" => say("230 welcome"),
            "CWD" => say("250 there"),
            "MLST" => say(&format!("250-look\r\n {}\r\n250 end", facts())),
            "EPSV" => {
                let opened = TcpListener::bind("127.0.0.1:0").unwrap();
                say(&format!(
                    "229 extended (|||{}|)",
                    opened.local_addr().unwrap().port()
                ));
                listener = Some(opened);
            }
            "RETR" => {
                let (stream, _) = listener.take().unwrap().accept().unwrap();
                say("150 here it comes");
                send(stream, CONTENT, data, configuration);
                say("226 complete");
            }
            _ => say("200 good"),
        }
    }
}

/// One file on a server that sends data as given, and what it says when it is asked for encryption.
fn settings(data: Data, go: &'static [u8]) -> (SourceSettings, Script) {
    let (configuration, ca_pem) = encryption();
    let script = server("127.0.0.1", ca_pem, move |stream, received| {
        serve(stream, go, data, &configuration, received)
    });
    let mut settings = source(
        &format!("ftps://localhost:{}/in/a.csv", script.port),
        "ann",
        "pass-word-7",
    );
    settings.pattern = None;
    settings.ca_certificate = Some(script.ca_pem.clone());
    (settings, script)
}

#[test]
fn t23_replies_injected_before_the_handshake_are_not_believed() {
    // Taken for answers, they would log nobody in and bring another file.
    let injected = b"234 go\r\n230 you are in\r\n250 there\r\n550 no such file\r\n";
    let (settings, script) = settings(Data::Cut(usize::MAX), injected);
    assert_eq!(contents(delivery(&settings))[0].1, CONTENT);
    assert_eq!(
        (
            script.received("USER ann"),
            script.received("PASS pass-word-7")
        ),
        (1, 1)
    );
}

#[test]
fn t24_data_in_the_clear_is_refused() {
    let (mut settings, _script) = settings(Data::Clear, GO);
    hasty(&mut settings);
    let error = refusal(&settings);
    assert_eq!(
        (error.code, error.retry),
        (Code::TransportTls, false),
        "{error:?}"
    );
}

#[test]
fn t24_data_without_the_closing_alert_needs_the_size_as_proof() {
    assert_eq!(
        contents(delivery(&settings(Data::Cut(usize::MAX), GO).0))[0].1,
        CONTENT
    );
    let error = refusal(&settings(Data::Cut(9), GO).0);
    assert!(
        error.retry
            && error
                .to_string()
                .contains("Closed { received: Some(Received { bytes: 9, of: Some(23) })"),
        "{error:?}"
    );
}
