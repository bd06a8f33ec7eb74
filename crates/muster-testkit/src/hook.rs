//! A receiver of webhooks that answers with given statuses and remembers what it got.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot start its server must end"
)]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct HookRequest {
    headers: Vec<(String, String)>,
    pub body: String,
}

impl HookRequest {
    /// The value of a header; empty: it is missing.
    pub fn header(&self, name: &str) -> String {
        let found = self.headers.iter().find(|(header, _)| header == name);
        found.map_or_else(String::new, |(_, value)| value.clone())
    }
}

#[derive(Debug, Default)]
struct State {
    statuses: Vec<u16>,
    requests: Vec<HookRequest>,
}

/// A receiver on this machine.
#[derive(Debug)]
pub struct Hook {
    port: u16,
    state: Arc<Mutex<State>>,
}

impl Hook {
    /// Answers with these statuses, one after another; the last one is repeated.
    pub fn start(statuses: &[u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("the machine has a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let state = Arc::new(Mutex::new(State {
            statuses: statuses.to_vec(),
            requests: Vec::new(),
        }));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _without_an_answer = answer(stream, &shared);
            }
        });
        Self { port, state }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hook", self.port)
    }

    /// Answers with these statuses from now on.
    pub fn answer_with(&self, statuses: &[u16]) {
        self.locked().statuses = statuses.to_vec();
    }

    /// What arrived so far, in order.
    pub fn requests(&self) -> Vec<HookRequest> {
        self.locked().requests.clone()
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn answer(mut stream: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let (mut headers, mut length) = (Vec::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.parse().unwrap_or(0);
        }
        headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let status = {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        state.requests.push(HookRequest {
            headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        });
        match state.statuses.len() {
            0 => 200,
            1 => state.statuses[0],
            _ => state.statuses.remove(0),
        }
    };
    write!(
        stream,
        "HTTP/1.1 {status} Answer\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    )
}
