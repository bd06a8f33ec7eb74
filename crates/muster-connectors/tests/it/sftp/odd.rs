//! SSH servers that speak the protocol, but in ways that OpenSSH does not.

use super::{fetched, late, noise, refused, settings};
use muster_connectors::transport::{ErrorKind, SourceSettings, fetch, look};
use muster_core::model::code::Code;
use muster_testkit::openssh::{OpenSsh, Options, PASSWORD};
use russh::{
    ChannelId, Preferred, cipher, compression, kex,
    keys::{HashAlg, PrivateKey},
    mac,
    server::{self, Auth, ChannelOpenHandle, Msg, Session},
};
use russh_sftp::protocol::{
    Attrs, Data, File, FileAttributes, Handle, Name, OpenFlags, Status, StatusCode,
};
use std::{borrow::Cow, io::Read, sync::Arc, time::Duration};
use tokio::net::TcpListener;

/// What is odd about the server.
#[derive(Clone)]
struct Odd {
    /// What it sends instead of speaking SFTP.
    instead: Option<Vec<u8>>,
    content: Arc<Vec<u8>>,
    /// Bytes that it answers to one read at most.
    most: usize,
    /// Whether its listing never ends.
    endless: bool,
    /// Whether it says sizes, types and times.
    attributes: bool,
    /// Bytes that it says its file has more than it gives.
    missing: u64,
    /// How long each answer to a read takes.
    pause: Duration,
}

impl Default for Odd {
    fn default() -> Self {
        Self {
            instead: None,
            content: Arc::new(noise(100_000)),
            most: 1 << 20,
            endless: false,
            attributes: true,
            missing: 0,
            pause: Duration::ZERO,
        }
    }
}

struct Connection {
    odd: Odd,
    channel: Option<russh::Channel<Msg>>,
}

impl server::Handler for Connection {
    type Error = russh::Error;

    async fn auth_password(&mut self, _: &str, password: &str) -> Result<Auth, russh::Error> {
        Ok(if password == PASSWORD {
            Auth::Accept
        } else {
            Auth::reject()
        })
    }

    async fn channel_open_session(
        &mut self,
        channel: russh::Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), russh::Error> {
        self.channel = Some(channel);
        reply.accept().await;
        Ok(())
    }

    async fn subsystem_request(
        &mut self,
        id: ChannelId,
        _: &str,
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        session.channel_success(id)?;
        match (&self.odd.instead, self.channel.take()) {
            (Some(bytes), _) => session.data(id, bytes.clone())?,
            (None, Some(channel)) => {
                let service = Service {
                    odd: self.odd.clone(),
                    listed: false,
                };
                russh_sftp::server::run(channel.into_stream(), service).await;
            }
            (None, None) => {}
        }
        Ok(())
    }
}

struct Service {
    odd: Odd,
    listed: bool,
}

impl Service {
    fn attributes(&self) -> FileAttributes {
        let mut attributes = FileAttributes::empty();
        if self.odd.attributes {
            attributes.size = Some(self.odd.content.len() as u64 + self.odd.missing);
            attributes.permissions = Some(0o100_644);
            attributes.atime = Some(1_700_000_000);
            attributes.mtime = Some(1_700_000_000);
        }
        attributes
    }
}

impl russh_sftp::server::Handler for Service {
    type Error = StatusCode;

    fn unimplemented(&self) -> StatusCode {
        StatusCode::OpUnsupported
    }

    async fn open(
        &mut self,
        id: u32,
        _: String,
        _: OpenFlags,
        _: FileAttributes,
    ) -> Result<Handle, StatusCode> {
        Ok(Handle {
            id,
            handle: "file".to_owned(),
        })
    }

    async fn opendir(&mut self, id: u32, _: String) -> Result<Handle, StatusCode> {
        Ok(Handle {
            id,
            handle: "folder".to_owned(),
        })
    }

    async fn close(&mut self, id: u32, _: String) -> Result<Status, StatusCode> {
        let (error_message, language_tag) = (String::new(), String::new());
        Ok(Status {
            id,
            status_code: StatusCode::Ok,
            error_message,
            language_tag,
        })
    }

    async fn read(
        &mut self,
        id: u32,
        _: String,
        offset: u64,
        length: u32,
    ) -> Result<Data, StatusCode> {
        tokio::time::sleep(self.odd.pause).await;
        let rest = self
            .odd
            .content
            .get(offset as usize..)
            .filter(|rest| !rest.is_empty())
            .ok_or(StatusCode::Eof)?;
        // Never the same twice, so that no two answers line up.
        let most = self
            .odd
            .most
            .saturating_sub(offset as usize % 7)
            .min(length as usize);
        Ok(Data {
            id,
            data: rest[..most.min(rest.len())].to_vec(),
        })
    }

    async fn lstat(&mut self, id: u32, _: String) -> Result<Attrs, StatusCode> {
        Ok(Attrs {
            id,
            attrs: self.attributes(),
        })
    }

    async fn readdir(&mut self, id: u32, _: String) -> Result<Name, StatusCode> {
        if self.listed && !self.odd.endless {
            return Err(StatusCode::Eof);
        }
        self.listed = true;
        let file = File {
            filename: "a.csv".to_owned(),
            longname: String::new(),
            attrs: self.attributes(),
        };
        Ok(Name {
            id,
            files: vec![file],
        })
    }
}

/// Starts the server and gives settings that reach it. The host key is one of a real server.
async fn start(odd: Odd, preferred: Preferred) -> SourceSettings {
    let key = PrivateKey::from_openssh(host_key()).unwrap();
    let fingerprint = key.fingerprint(HashAlg::Sha256).to_string();
    let config = Arc::new(server::Config {
        keys: vec![key],
        preferred,
        ..server::Config::default()
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let connection = Connection {
                odd: odd.clone(),
                channel: None,
            };
            let config = Arc::clone(&config);
            tokio::spawn(async move {
                if let Ok(session) = server::run_stream(config, stream, connection).await {
                    let _ = session.await;
                }
            });
        }
    });
    let mut settings = settings(port, "/in");
    settings.host_keys = vec![fingerprint];
    settings.credentials.password = Some(PASSWORD.into());
    settings.retry.attempts = 1;
    settings
}

fn host_key() -> String {
    OpenSsh::start(Options::default()).other_key.clone()
}

#[tokio::test]
async fn short_answers_to_reads_are_put_together() {
    for (most, attributes) in [
        (1 << 20, true),
        (1_000, true),
        (20_000, true),
        (9_999, false),
    ] {
        let odd = Odd {
            most,
            attributes,
            ..Odd::default()
        };
        let wanted = Arc::clone(&odd.content);
        let mut settings = start(odd, Preferred::DEFAULT).await;
        // Without a modification time it would wait the whole time.
        settings.settle = Duration::from_millis(1);
        let mut delivery = fetched(&settings).await.unwrap();
        let mut copy = Vec::new();
        delivery.files[0].content.read_to_end(&mut copy).unwrap();
        assert!(copy == *wanted, "{most}: {} bytes", copy.len());
        let weak = delivery
            .warnings
            .iter()
            .any(|warning| warning.code == Code::TransportWeak);
        assert_eq!(weak, !attributes, "{:?}", delivery.warnings);
    }
}

#[tokio::test]
async fn t10_a_drip_ends_at_the_limit_of_the_whole() {
    let odd = Odd {
        most: 1_000,
        pause: Duration::from_millis(100),
        ..Odd::default()
    };
    let mut settings = start(odd, Preferred::DEFAULT).await;
    settings.limits.whole = Duration::from_secs(1);
    let error = fetched(&settings).await.unwrap_err();
    assert_eq!(error.code, Code::TransportTimeout, "{error}");
    assert!(
        error.to_string().contains("TooSlow") && error.to_string().contains("seconds: 1 "),
        "{error}"
    );
}

#[tokio::test]
async fn t08_a_file_that_ends_before_its_size_is_not_used() {
    let settings = start(
        Odd {
            missing: 50_000,
            ..Odd::default()
        },
        Preferred::DEFAULT,
    )
    .await;
    let error = fetched(&settings).await.unwrap_err();
    assert_eq!(
        (error.code, error.retry),
        (Code::TransferIncomplete, true),
        "{error}"
    );
    assert!(
        error
            .to_string()
            .contains("bytes: 100000, of: Some(150000)"),
        "{error}"
    );
}

#[tokio::test]
async fn answers_without_bytes_do_not_loop() {
    let error = refused(
        &start(
            Odd {
                most: 0,
                ..Odd::default()
            },
            Preferred::DEFAULT,
        )
        .await,
    )
    .await;
    assert_eq!(
        (error.code, error.kind),
        (Code::TransportAnswer, ErrorKind::Refused),
        "{error}"
    );
}

#[tokio::test]
async fn t27_an_endless_listing_ends_at_the_limit_of_names() {
    let mut settings = start(
        Odd {
            endless: true,
            ..Odd::default()
        },
        Preferred::DEFAULT,
    )
    .await;
    settings.limits.names_read = 500;
    let error = tokio::time::timeout(Duration::from_secs(30), look(&settings))
        .await
        .unwrap()
        .unwrap_err();
    assert_eq!(error.code, Code::TransportLimit, "{error}");
    assert!(error.to_string().contains("500"), "{error}");
}

#[tokio::test]
async fn t27_an_announced_length_of_gigabytes_is_not_allocated() {
    for bytes in [vec![0x7f, 0xff, 0xff, 0xff, 2], vec![0xff; 4_000]] {
        let settings = start(
            Odd {
                instead: Some(bytes),
                ..Odd::default()
            },
            Preferred::DEFAULT,
        )
        .await;
        let error = tokio::time::timeout(Duration::from_secs(10), look(&settings))
            .await
            .unwrap()
            .unwrap_err();
        assert_eq!(error.code, Code::TransportUnreachable, "{error}");
        assert!(error.to_string().contains("limit: 262144"), "{error}");
    }
}

#[tokio::test]
async fn t05_a_server_open_to_dropped_messages_gets_a_warning() {
    let without_strict = Preferred {
        kex: Cow::Borrowed(&[kex::CURVE25519]),
        cipher: Cow::Borrowed(&[cipher::CHACHA20_POLY1305]),
        mac: Cow::Borrowed(&[mac::HMAC_SHA256]),
        compression: Cow::Borrowed(&[compression::NONE]),
        ..Preferred::DEFAULT
    };
    let settings = start(Odd::default(), without_strict.clone()).await;
    let delivery = fetch(&settings, &late, &mut |_| {}).await.unwrap();
    let warned: Vec<_> = delivery
        .warnings
        .iter()
        .filter(|warning| warning.code == Code::TransportAlgorithms)
        .collect();
    assert!(
        warned.len() == 1 && format!("{:?}", warned[0].detail).contains("chacha20-poly1305"),
        "{:?}",
        delivery.warnings
    );
    let safe = Preferred {
        cipher: Cow::Borrowed(&[cipher::AES_256_GCM]),
        ..without_strict
    };
    let delivery = fetched(&start(Odd::default(), safe).await).await.unwrap();
    assert_eq!(delivery.warnings, []);
}
