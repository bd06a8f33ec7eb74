//! Servers that misbehave as a test wants: FTP by commands, HTTPS by whole answers.
//!
//! Each answers every connection on a thread of its own, for as long as the test runs.

use muster_testkit::certificate::Certificate;
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

/// Content of the one file that a scripted FTP server has.
pub(crate) const CONTENT: &[u8] = b"id;name\r\n1;Ann\r\n2;Ben\r\n";

pub(crate) struct Control {
    pub(crate) stream: TcpStream,
    listener: Option<TcpListener>,
}

impl Control {
    pub(crate) fn say(&mut self, line: &str) {
        // The client may have gone, as it should after a fault.
        let _sent = self.stream.write_all(format!("{line}\r\n").as_bytes());
    }

    /// Opens a port for data and says it as EPSV does.
    pub(crate) fn extended(&mut self) {
        let port = self.listen();
        self.say(&format!("229 Entering Extended Passive Mode (|||{port}|)"));
    }

    /// Opens a port for data and says it as PASV does, as on the given host.
    pub(crate) fn passive(&mut self, host: &str) {
        let port = self.listen();
        self.say(&format!(
            "227 Entering Passive Mode ({host},{},{})",
            port / 256,
            port % 256
        ));
    }

    fn listen(&mut self) -> u16 {
        let listener = TcpListener::bind((self.stream.local_addr().unwrap().ip(), 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        self.listener = Some(listener);
        port
    }

    pub(crate) fn data(&mut self) -> TcpStream {
        self.listener.take().unwrap().accept().unwrap().0
    }

    /// Sends bytes on a data connection, and says so.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        let mut data = self.data();
        self.say("150 here it comes");
        let _sent = data.write_all(bytes);
        drop(data);
        self.say("226 complete");
    }
}

/// What a well-behaved server answers.
pub(crate) fn ordinary(command: &str, control: &mut Control) {
    let (verb, _) = command.split_once(' ').unwrap_or((command, ""));
    match verb {
        "USER" => control.say("331 password please"),
        "PASS" => control.say("230 welcome"),
        "TYPE" | "OPTS" => control.say("200 good"),
        "CWD" => control.say("250 there"),
        "EPSV" => control.extended(),
        "MLSD" => control.send(format!("{}\r\n", facts()).as_bytes()),
        "MLST" => control.say(&format!("250-look\r\n {}\r\n250 end", facts())),
        "RETR" => control.send(CONTENT),
        _ => control.say("502 not known"),
    }
}

pub(crate) fn facts() -> String {
    format!(
        "type=file;size={};modify=20240131120000; a.csv",
        CONTENT.len()
    )
}

/// A running script, and what it received.
pub(crate) struct Script {
    pub(crate) port: u16,
    pub(crate) commands: Arc<Mutex<Vec<String>>>,
    pub(crate) ca_pem: String,
}

impl Script {
    pub(crate) fn received(&self, verb: &str) -> usize {
        self.commands
            .lock()
            .unwrap()
            .iter()
            .filter(|command| command.starts_with(verb))
            .count()
    }
}

/// Serves every connection; `serve` also gets the list of what the server received.
pub(crate) fn server(
    host: &str,
    ca_pem: String,
    serve: impl Fn(TcpStream, &Mutex<Vec<String>>) + Send + Sync + 'static,
) -> Script {
    let listener = TcpListener::bind((host, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let commands = Arc::new(Mutex::new(Vec::new()));
    let (received, serve) = (Arc::clone(&commands), Arc::new(serve));
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, received, serve) =
                (stream.unwrap(), Arc::clone(&received), Arc::clone(&serve));
            thread::spawn(move || serve(stream, &received));
        }
    });
    Script {
        port,
        commands,
        ca_pem,
    }
}

/// An FTP server that greets, and answers each command as given.
pub(crate) fn ftp(
    greeting: &'static str,
    answer: impl Fn(&str, &mut Control) + Send + Sync + 'static,
) -> Script {
    ftp_at("127.0.0.1", greeting, answer)
}

/// The same on another address of this machine.
pub(crate) fn ftp_at(
    host: &str,
    greeting: &'static str,
    answer: impl Fn(&str, &mut Control) + Send + Sync + 'static,
) -> Script {
    server(host, String::new(), move |stream, received| {
        let mut lines = BufReader::new(stream.try_clone().unwrap());
        let mut control = Control {
            stream,
            listener: None,
        };
        let _sent = control.stream.write_all(greeting.as_bytes());
        let mut command = String::new();
        while lines.read_line(&mut command).is_ok_and(|read| read > 0) {
            let line = command.trim_end().to_owned();
            received.lock().unwrap().push(line.clone());
            answer(&line, &mut control);
            command.clear();
        }
    })
}

/// What a scripted HTTP server was asked: each request whole, head and body.
pub(crate) struct ScriptedServer {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl ScriptedServer {
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// How many requests have this in their first line.
    pub(crate) fn count(&self, part: &str) -> usize {
        self.requests()
            .iter()
            .filter(|request| request.lines().next().unwrap_or_default().contains(part))
            .count()
    }
}

/// A plain HTTP server that writes what `answer` gives for each request (with its number, from 0), and closes.
pub(crate) fn http(
    answer: impl Fn(usize, &str, &mut TcpStream) + Send + 'static,
) -> ScriptedServer {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
    let requests = Arc::new(Mutex::new(Vec::new()));
    let received = Arc::clone(&requests);
    thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            stream
                .set_read_timeout(Some(Duration::from_secs(5)))
                .unwrap();
            let request = whole_request(&mut stream);
            received.lock().unwrap().push(request.clone());
            answer(number, &request, &mut stream);
            let _flushed = stream.flush();
        }
    });
    ScriptedServer { url, requests }
}

pub(crate) fn whole_request(stream: &mut TcpStream) -> String {
    let (mut request, mut byte) = (Vec::new(), [0]);
    while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read > 0) {
        request.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&request).to_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    let _read = stream.read_exact(&mut body);
    request.extend(body);
    String::from_utf8_lossy(&request).into_owned()
}

/// Writes one answer and asks for no more on this connection.
pub(crate) fn reply(stream: &mut TcpStream, status: &str, headers: &str, body: &[u8]) {
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n",
        body.len()
    );
    let _sent = stream.write_all(head.as_bytes());
    let _sent = stream.write_all(body);
}

pub(crate) type Encrypted = StreamOwned<ServerConnection, TcpStream>;

/// Encrypts a connection as a server does.
pub(crate) fn encrypted(stream: TcpStream, configuration: &Arc<ServerConfig>) -> Encrypted {
    StreamOwned::new(
        ServerConnection::new(Arc::clone(configuration)).unwrap(),
        stream,
    )
}

/// What a server needs for encryption, and the authority that vouches for it.
pub(crate) fn encryption() -> (Arc<ServerConfig>, String) {
    let folder = tempfile::tempdir().unwrap();
    let certificate = Certificate::for_localhost(folder.path());
    let chain = CertificateDer::pem_file_iter(&certificate.certificate)
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let key = PrivateKeyDer::from_pem_file(&certificate.key).unwrap();
    let configuration =
        ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
    (Arc::new(configuration), certificate.ca_pem)
}

/// An HTTPS server that writes what `answer` gives for the first line of each request, and closes.
pub(crate) fn https(answer: impl Fn(&str, &mut Encrypted) + Send + Sync + 'static) -> Script {
    https_at("127.0.0.1", answer)
}

/// The same on another address of this machine.
pub(crate) fn https_at(
    host: &str,
    answer: impl Fn(&str, &mut Encrypted) + Send + Sync + 'static,
) -> Script {
    let (configuration, ca_pem) = encryption();
    server(host, ca_pem, move |stream, received| {
        stream
            .set_read_timeout(Some(Duration::from_secs(5)))
            .unwrap();
        let mut stream = encrypted(stream, &configuration);
        let mut request = Vec::new();
        let mut byte = [0];
        while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read > 0) {
            request.push(byte[0]);
        }
        let request = String::from_utf8_lossy(&request).into_owned();
        let first = request.lines().next().unwrap_or_default().to_owned();
        if first.is_empty() {
            return;
        }
        received.lock().unwrap().push(first.clone());
        answer(&first, &mut stream);
        stream.conn.send_close_notify();
        let _flushed = stream.flush();
    })
}
