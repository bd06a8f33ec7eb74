//! A way to a server that takes time: connections are passed on byte by byte, each a fixed time late.
//!
//! Delays and does nothing else: no loss, no limit of the rate, no other order.
#![allow(
    clippy::expect_used,
    reason = "a test that has no way to its server cannot go on"
)]

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    sync::mpsc::channel,
    thread,
    time::{Duration, Instant},
};

/// Opens a port on 127.0.0.1 that leads to `server` there, `late` in each direction, and gives its number.
pub fn before(server: u16, late: Duration) -> u16 {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("the machine has a free port");
    let port = listener
        .local_addr()
        .expect("a bound listener has an address")
        .port();
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, server)) else {
                continue;
            };
            for stream in [&client, &server] {
                let _without_it_is_only_slower = stream.set_nodelay(true);
            }
            let copy =
                |stream: &TcpStream| stream.try_clone().expect("a connection can be used twice");
            pass(copy(&client), copy(&server), late);
            pass(server, client, late);
        }
    });
    port
}

/// Passes on what comes from one side until it ends.
fn pass(mut from: TcpStream, mut to: TcpStream, late: Duration) {
    let (send, receive) = channel::<(Instant, Vec<u8>)>();
    thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(read @ 1..) = from.read(&mut buffer) {
            if send
                .send((Instant::now() + late, buffer[..read].to_vec()))
                .is_err()
            {
                return;
            }
        }
    });
    thread::spawn(move || {
        for (due, bytes) in receive {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            if to.write_all(&bytes).is_err() {
                break;
            }
        }
        let _ended = to.shutdown(Shutdown::Write);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_arrive_whole_and_late_in_both_directions() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = before(
            listener.local_addr().unwrap().port(),
            Duration::from_millis(50),
        );
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut all = Vec::new();
            stream.read_to_end(&mut all).unwrap();
            all.reverse();
            stream.write_all(&all).unwrap();
        });
        let begun = Instant::now();
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        let sent: Vec<u8> = (0..=255).cycle().take(300_000).collect();
        stream.write_all(&sent).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut back = Vec::new();
        stream.read_to_end(&mut back).unwrap();
        back.reverse();
        assert!(
            back == sent && begun.elapsed() >= Duration::from_millis(100),
            "{:?}",
            begun.elapsed()
        );
    }
}
