//! D11: the connection to the server is cut in the middle of a transaction, at any byte that is sent or received. The run is
//! applied as a whole or not at all, and the program knows which.

use crate::ground::{Ground, at};
use muster_core::model::{
    ids::RunId,
    run::{RunKind, RunStatus},
};
use muster_store::{Options, Settled, Store, StoreError};
use muster_testkit::postgresql::Postgresql;
use std::{
    io::{Read, Write},
    net::Shutdown,
    os::unix::net::{UnixListener, UnixStream},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    thread,
};
use tempfile::TempDir;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Direction {
    Sent,
    Received,
}

/// What passed through, and where it is cut.
#[derive(Default)]
struct Passed {
    sent: usize,
    received: usize,
    cut: Option<(Direction, usize)>,
}

/// Passes bytes on between programs and a server, up to a byte at which it cuts the connection. Further connections are passed
/// on whole.
struct Proxy {
    folder: TempDir,
    passed: Arc<Mutex<Passed>>,
}

impl Proxy {
    fn of(server: &Postgresql) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(socket_in(folder.path())).unwrap();
        let passed = Arc::new(Mutex::new(Passed::default()));
        let (to, shared) = (socket_in(&server.socket), Arc::clone(&passed));
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let server = UnixStream::connect(&to).unwrap();
                let (from, into) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                let passed = Arc::clone(&shared);
                thread::spawn(move || pass_on(from, into, Direction::Sent, &passed));
                let passed = Arc::clone(&shared);
                thread::spawn(move || pass_on(server, client, Direction::Received, &passed));
            }
        });
        Self { folder, passed }
    }

    fn url(&self) -> String {
        let folder = self.folder.path().to_str().unwrap().replace('/', "%2F");
        format!("postgres://muster@{folder}/postgres")
    }

    /// Counts from here, and cuts once at a byte.
    fn cut_at(&self, cut: Option<(Direction, usize)>) {
        *self.passed.lock().unwrap() = Passed {
            cut,
            ..Passed::default()
        };
    }

    fn counted(&self) -> [(Direction, usize); 2] {
        let passed = self.passed.lock().unwrap();
        [
            (Direction::Sent, passed.sent),
            (Direction::Received, passed.received),
        ]
    }
}

fn socket_in(folder: &Path) -> PathBuf {
    folder.join(".s.PGSQL.5432")
}

fn pass_on(mut from: UnixStream, mut into: UnixStream, way: Direction, passed: &Mutex<Passed>) {
    let mut bytes = [0; 16 << 10];
    while let Ok(read @ 1..) = from.read(&mut bytes) {
        let mut allowed = read;
        let mut is_cut = false;
        {
            let mut passed = passed.lock().unwrap();
            let count = match way {
                Direction::Sent => &mut passed.sent,
                Direction::Received => &mut passed.received,
            };
            let before = *count;
            *count += read;
            if let Some((cut, at)) = passed.cut
                && cut == way
                && before + read > at
            {
                passed.cut = None;
                is_cut = true;
                allowed = at.saturating_sub(before);
            }
        }
        if into.write_all(&bytes[..allowed]).is_err() || is_cut {
            break;
        }
    }
    let _ = (from.shutdown(Shutdown::Both), into.shutdown(Shutdown::Both));
}

/// A run of a program that reaches its server through the proxy.
fn settle_through(
    proxy: &Proxy,
    ground: &Ground,
    name: &str,
    cut: Option<(Direction, usize)>,
) -> (RunId, Result<Settled, StoreError>) {
    let run = ground.begin(RunKind::Sync);
    let proposal = ground.joiners(&[name]);
    // A cut of an earlier run may not have been reached.
    proxy.cut_at(None);
    let through = Ground {
        store: Store::open(&proxy.url(), Options::default()).unwrap(),
        workspace: ground.workspace.clone(),
        integration: ground.integration,
    };
    proxy.cut_at(cut);
    let settled = through.settle(run, &proposal);
    (run, settled)
}

/// The bytes at which the connection is cut: all of them, or some and those around the commit.
fn positions(total: usize) -> Vec<usize> {
    if std::env::vars().any(|(name, _)| name == "MUSTER_FULL_TESTS") {
        return (0..=total).collect();
    }
    let early = (0..4).map(|part| total * part / 4);
    early
        .chain((total.saturating_sub(40)..=total).step_by(5))
        .collect()
}

#[test]
fn d11_connection_cut_at_any_byte_of_a_run_leaves_it_whole_and_known() {
    let server = Postgresql::start();
    let proxy = Proxy::of(&server);
    let ground = Ground::on(Store::open(&server.url("postgres"), Options::default()).unwrap());
    let (_, settled) = settle_through(&proxy, &ground, "whole", None);
    assert_eq!(settled.unwrap().status, RunStatus::Applied);
    let mut applied = 0;
    let mut refused = 0;
    for (way, total) in proxy.counted() {
        for position in positions(total) {
            let name = format!("{way:?}{position}").to_lowercase();
            let (run, settled) = settle_through(&proxy, &ground, &name, Some((way, position)));
            let record = ground.store.run(ground.workspace.id, run).unwrap().unwrap();
            let id = format!("E-{name}");
            let found = ground
                .store
                .employees_by_external_ids(&ground.workspace, &[&id])
                .unwrap();
            let expected = match settled.is_ok() {
                true => (RunStatus::Applied, 1),
                false => (RunStatus::Running, 0),
            };
            assert_eq!(
                (record.status, found.len()),
                expected,
                "{name}: {settled:?}"
            );
            applied += u32::from(settled.is_ok());
            refused += u32::from(settled.is_err());
            if settled.is_err() {
                let ended = ground.store.interrupt_dead_runs(ground.workspace.id, at(3));
                assert_eq!(ended.unwrap(), [run]);
            }
        }
    }
    // Both happened: before the commit arrived, and after it.
    assert!(
        applied > 0 && refused > 5,
        "{applied} applied, {refused} refused"
    );
    assert!(ground.store.verify_audit(None).unwrap().fault.is_none());
}
