//! The HTTP/1.1 server under every emulator: threads over sockets, because the wire itself must be able to break.
//!
//! Beside it a second one listens, the stranger: redirects and links that a client must not follow lead there.

use super::{
    answer::{After, Answer},
    api::{Api, Scene},
    clock::Clock,
    control, faults,
    journal::Asked,
    request::Request,
    scenario::{Scenario, Scope, Stage},
};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::json;
use std::{
    collections::HashMap,
    io::{self, BufReader, BufWriter, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};
use tokio::net::TcpSocket;

/// What all connections share.
pub(crate) struct Shared {
    state: Mutex<State>,
    connections: Mutex<HashMap<u64, TcpStream>>,
    pub(crate) clock: Clock,
    pub(crate) tls: Option<Arc<ServerConfig>>,
    pub(crate) address: SocketAddr,
    pub(crate) stranger: SocketAddr,
    acceptors: Mutex<Vec<JoinHandle<()>>>,
    stop: AtomicBool,
    under_way: AtomicUsize,
    counted: AtomicUsize,
}

pub(crate) struct State {
    pub(crate) api: Box<dyn Api>,
    pub(crate) list: Vec<Scenario>,
    pub(crate) stage: Stage,
    pub(crate) journal: Vec<Asked>,
    pub(crate) strangers_journal: Vec<Asked>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Role {
    Emulator,
    Stranger,
}

impl Shared {
    /// Takes a port on this machine (0: any) and one for the stranger, and answers on both from now on.
    pub(crate) fn start(
        api: Box<dyn Api>,
        port: u16,
        clock: Clock,
        tls: Option<Arc<ServerConfig>>,
    ) -> io::Result<Arc<Self>> {
        let (listener, other) = (
            TcpListener::bind(("127.0.0.1", port))?,
            TcpListener::bind(("127.0.0.1", 0))?,
        );
        let list = api.scenarios();
        let state = State {
            api,
            list,
            stage: Stage::default(),
            journal: Vec::new(),
            strangers_journal: Vec::new(),
        };
        let shared = Arc::new(Self {
            state: Mutex::new(state),
            connections: Mutex::default(),
            clock,
            tls,
            address: listener.local_addr()?,
            stranger: other.local_addr()?,
            acceptors: Mutex::default(),
            stop: AtomicBool::new(false),
            under_way: AtomicUsize::new(0),
            counted: AtomicUsize::new(0),
        });
        for (listener, role) in [(listener, Role::Emulator), (other, Role::Stranger)] {
            let listening = Arc::clone(&shared);
            let acceptor =
                thread::Builder::new().spawn(move || listening.accept(&listener, role))?;
            shared
                .acceptors
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(acceptor);
        }
        Ok(shared)
    }

    /// Ends the listening, then all connections.
    pub(crate) fn stop(&self) {
        self.stop.store(true, Ordering::SeqCst);
        for address in [self.address, self.stranger] {
            // Wakes the thread that waits for a connection.
            let _woken = TcpStream::connect(address);
        }
        for acceptor in self
            .acceptors
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .drain(..)
        {
            // A thread that ended in disorder listens no more either.
            let _ended = acceptor.join();
        }
        for stream in self
            .connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
        {
            // It may have ended by itself.
            let _ended = stream.shutdown(Shutdown::Both);
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }

    fn accept(self: Arc<Self>, listener: &TcpListener, role: Role) {
        for stream in listener.incoming() {
            if self.stopped() {
                return;
            }
            let Ok(stream) = stream else { continue };
            let (shared, number) = (
                Arc::clone(&self),
                self.counted.fetch_add(1, Ordering::SeqCst) as u64 + 1,
            );
            if let Ok(other) = stream.try_clone() {
                self.connections
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(number, other);
            }
            // Without a thread the client sees its connection closed.
            let _started = thread::Builder::new().spawn(move || {
                // A client that goes away is no fault of the server.
                let _ended = shared.serve(stream, number, role);
                shared
                    .connections
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .remove(&number);
            });
        }
    }

    fn serve(&self, mut stream: TcpStream, number: u64, role: Role) -> io::Result<()> {
        stream.set_nodelay(true)?;
        if role == Role::Emulator
            && self
                .state()
                .stage
                .meet(Scope::Connection, "")
                .has("tls-failure")
        {
            // What came first must be read, or closing would reset the connection and the alert would be lost.
            let _read = stream.read(&mut [0; 4096])?;
            // A fatal alert: the handshake failed.
            return stream.write_all(&[0x15, 3, 3, 0, 2, 2, 40]);
        }
        let wire = stream.try_clone()?;
        let after = match (&self.tls, role) {
            (Some(settings), Role::Emulator) => {
                let session =
                    ServerConnection::new(Arc::clone(settings)).map_err(io::Error::other)?;
                self.talk(StreamOwned::new(session, wire), number, role)?
            }
            _ => self.talk(wire, number, role)?,
        };
        if after == After::Reset {
            self.connections
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .remove(&number);
            TcpSocket::from_std_stream(stream).set_zero_linger()?;
        } else {
            // The registry holds a copy of the socket, which would keep the connection open.
            let _ended = stream.shutdown(Shutdown::Both);
        }
        Ok(())
    }

    fn talk(&self, wire: impl Read + Write, number: u64, role: Role) -> io::Result<After> {
        let mut reader = BufReader::new(wire);
        while let Some(request) = Request::read(&mut reader)? {
            let answer = match role {
                Role::Stranger => self.answer_as_stranger(&request, number),
                Role::Emulator if request.path.starts_with("/_control") => {
                    control::answer(self, &request)
                }
                Role::Emulator => {
                    let parallel = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
                    let answer = self.answer(&request, number, parallel);
                    let after = self.send(&mut reader, &request, &answer);
                    self.under_way.fetch_sub(1, Ordering::SeqCst);
                    match after? {
                        After::Keep if !closes(&request) => continue,
                        After::Keep => return Ok(After::Close),
                        ended => return Ok(ended),
                    }
                }
            };
            if self.send(&mut reader, &request, &answer)? != After::Keep || closes(&request) {
                break;
            }
        }
        Ok(After::Close)
    }

    fn send<W: Write + Read>(
        &self,
        reader: &mut BufReader<W>,
        request: &Request,
        answer: &Answer,
    ) -> io::Result<After> {
        let pause = |emulated: Duration| {
            let end = self.clock.now() + emulated;
            while !self.stopped() && self.clock.now() < end {
                thread::sleep(
                    self.clock
                        .real(end - self.clock.now().min(end))
                        .min(Duration::from_millis(20)),
                );
            }
            !self.stopped()
        };
        let mut out = BufWriter::new(reader.get_mut());
        answer.write(&mut out, request.method == "HEAD", &pause)
    }

    fn answer(&self, request: &Request, connection: u64, parallel: usize) -> Answer {
        let mut asked = Asked::new(request, self.clock.milliseconds(), connection, parallel);
        let mut state = self.state();
        let state = &mut *state;
        let scope = match state.api.scope(request) {
            Scope::Data if request.goes_on() => Scope::Later,
            scope => scope,
        };
        let host = request
            .header("host")
            .map_or_else(|| self.address.to_string(), str::to_owned);
        let scene = Scene {
            firing: state.stage.meet(scope, &request.path),
            now: self.clock.now(),
            clock: self.clock,
            scheme: self.scheme(),
            origin: format!("{}://{host}", self.scheme()),
            stranger: self.stranger.port(),
            parallel,
        };
        let instead = faults::instead(&*state.api, request, &scene);
        let answer =
            instead.unwrap_or_else(|| faults::spoil(state.api.answer(request, &scene), &scene));
        asked.status = answer.status;
        asked.scenarios = scene.firing.0;
        asked.token = scope == Scope::Token;
        asked.write = state.api.is_write(request);
        state.journal.push(asked);
        answer
    }

    /// The stranger says nothing and remembers all.
    fn answer_as_stranger(&self, request: &Request, connection: u64) -> Answer {
        let mut asked = Asked::new(request, self.clock.milliseconds(), connection, 1);
        asked.status = 200;
        self.state().strangers_journal.push(asked);
        Answer::json(
            200,
            &json!({"success": true, "data": [], "_data": [], "employees": [], "value": []}),
        )
    }
}

fn closes(request: &Request) -> bool {
    request
        .header("connection")
        .is_some_and(|value| value.eq_ignore_ascii_case("close"))
}
