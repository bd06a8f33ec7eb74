//! SSH servers that break off, stall, or send rubbish.

use super::{accepted, fetched, late, noise, settings};
use muster_connectors::transport::{Progress, fetch, look};
use muster_core::model::{code::Code, problem::transport::Attempt};
use muster_testkit::openssh::{OpenSsh, Options, PASSWORD};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What becomes of a connection after so many bytes of the server.
#[derive(Clone, Copy)]
enum Then {
    Close,
    Stall,
}

/// Passes connections on to a server; the first `spoilt` of them only up to a number of its bytes.
async fn proxy(server: u16, spoilt: usize, bytes: usize, then: Then) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let count = Arc::new(AtomicUsize::new(0));
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let number = count.fetch_add(1, Ordering::SeqCst);
            let most = if number < spoilt { bytes } else { usize::MAX };
            tokio::spawn(pass(client, server, most, then));
        }
    });
    port
}

async fn pass(client: TcpStream, server: u16, most: usize, then: Then) {
    let server = TcpStream::connect(("127.0.0.1", server)).await.unwrap();
    let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
        (client.into_split(), server.into_split());
    let upwards =
        tokio::spawn(async move { tokio::io::copy(&mut from_client, &mut to_server).await });
    let mut left = most;
    let mut buffer = [0; 16_384];
    while left > 0 {
        let wanted = left.min(buffer.len());
        match from_server.read(&mut buffer[..wanted]).await {
            Ok(0) | Err(_) => break,
            Ok(read) => {
                left -= read;
                if to_client.write_all(&buffer[..read]).await.is_err() {
                    break;
                }
            }
        }
    }
    if left == 0 && matches!(then, Then::Stall) {
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
    upwards.abort();
}

#[tokio::test]
async fn t07_a_connection_that_drops_within_a_file_is_made_again() {
    let server = OpenSsh::start(Options::default());
    server.write("a.csv", &noise(4_000_000));
    let mut settings = accepted(&server);
    settings.location.port = proxy(server.port, 1, 1_000_000, Then::Close).await;
    let mut said = Vec::new();
    let delivery = fetch(&settings, &late, &mut |progress| {
        if let Progress::Retrying { error, .. } = progress {
            said.push(error.to_string());
        }
    })
    .await
    .unwrap();
    assert_eq!(delivery.files[0].file.bytes, 4_000_000);
    assert!(
        said.len() == 1 && said[0].contains("of: Some(4000000)"),
        "{said:?}"
    );
}

/// P22.
#[tokio::test]
async fn t09_a_server_that_stalls_in_any_phase_reaches_a_limit() {
    let server = OpenSsh::start(Options::default());
    server.write("a.csv", &noise(4_000_000));
    let one = |bytes: usize| {
        let mut settings = accepted(&server);
        settings.retry.attempts = 1;
        let limits = &mut settings.limits;
        for limit in [
            &mut limits.handshake,
            &mut limits.first_byte,
            &mut limits.between_bytes,
        ] {
            *limit = Duration::from_secs(2);
        }
        let server = server.port;
        async move {
            settings.location.port = proxy(server, 1, bytes, Then::Stall).await;
            let begun = Instant::now();
            let error = fetched(&settings).await.unwrap_err();
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "{bytes}: {error}"
            );
            assert_eq!(
                (error.code, error.retry),
                (Code::TransportTimeout, true),
                "{bytes}: {error}"
            );
            assert!(
                error.to_string().contains("NoAnswer { seconds: 2 }"),
                "{error}"
            );
            error.failure.attempt
        }
    };
    let mut phases = Vec::new();
    // From the greeting over the key exchange and the login to the listing and the data.
    for some in [
        [0, 500, 1_600, 1_750],
        [1_900, 2_050, 2_200, 2_350],
        [2_500, 2_700, 3_000, 1_000_000],
    ] {
        phases.extend(futures_util::future::join_all(some.map(one)).await);
    }
    for phase in [
        Attempt::NegotiateEncryption,
        Attempt::LogIn,
        Attempt::List,
        Attempt::Read,
    ] {
        assert!(phases.contains(&phase), "{phase:?}: {phases:?}");
    }
}

/// A server that sends these bytes, over and over if `endless`, and then waits.
async fn rubbish(bytes: Vec<u8>, endless: bool) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let bytes = bytes.clone();
            tokio::spawn(async move {
                while client.write_all(&bytes).await.is_ok() && endless {}
                tokio::time::sleep(Duration::from_secs(30)).await;
            });
        }
    });
    port
}

#[tokio::test]
async fn t27_endless_greetings_and_huge_packets_end_at_a_limit() {
    for (bytes, endless, code) in [
        (vec![b'x'; 4_096], true, Code::TransportAnswer),
        (b"welcome\r\n".repeat(100), true, Code::TransportAnswer),
        (
            b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(),
            false,
            Code::TransportTimeout,
        ),
        (
            b"SSH-2.0-x\r\n\x7f\xff\xff\xff\x04\x14aaaaaaaaaaaaaaaa".to_vec(),
            false,
            Code::TransportLimit,
        ),
    ] {
        let shown = String::from_utf8_lossy(&bytes[..20]).into_owned();
        let mut settings = settings(rubbish(bytes, endless).await, "/");
        settings.credentials.password = Some(PASSWORD.into());
        settings.limits.handshake = Duration::from_secs(2);
        settings.retry.attempts = 1;
        let error = look(&settings).await.unwrap_err();
        assert_eq!(error.code, code, "{shown}: {error}");
    }
}

/// The connection ends at bytes from the first login message to the first answer about files: always a reason to try
/// again, never one about credentials or missing file transfer.
#[tokio::test]
async fn connection_dropped_during_login_or_the_start_of_file_transfer_is_made_again() {
    let server = OpenSsh::start(Options::default());
    server.write("a.csv", b"id\n1\n");
    for bytes in (1_300..3_000).step_by(40) {
        let mut settings = accepted(&server);
        settings.location.port = proxy(server.port, 1, bytes, Then::Close).await;
        settings.retry.attempts = 1;
        let error = fetched(&settings).await.unwrap_err();
        assert_eq!(
            (error.code, error.retry),
            (Code::TransportUnreachable, true),
            "after {bytes} bytes: {error}"
        );
        settings.location.port = proxy(server.port, 1, bytes, Then::Close).await;
        settings.retry.attempts = 2;
        let delivery = fetched(&settings).await.unwrap();
        assert_eq!(delivery.files[0].file.bytes, 5, "after {bytes} bytes");
    }
}
