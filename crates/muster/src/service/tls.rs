//! The certificate of the service: read at the start, and again when its files change or when a signal asks for it.

use crate::{arguments::TlsOptions, error::CommandError};
use rustls::{
    Error, ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem, pem::PemObject},
};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};
use tokio::{signal::unix::Signal, sync::watch};

/// How often the files are compared with those that were read.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// Where the certificate and its key are.
#[derive(Clone, Debug)]
pub(crate) struct TlsFiles {
    certificate: PathBuf,
    key: PathBuf,
}

/// When both files were written, and their sizes. Renewed files differ in it.
type Stamp = [Option<(SystemTime, u64)>; 2];

impl TlsFiles {
    /// The files of the options; none: the service answers plain HTTP.
    pub(crate) fn of(options: &TlsOptions) -> Result<Option<Self>, CommandError> {
        match (&options.tls_certificate, &options.tls_key) {
            (Some(certificate), Some(key)) => Ok(Some(Self {
                certificate: certificate.clone(),
                key: key.clone(),
            })),
            (None, None) => Ok(None),
            _ => Err(CommandError::usage(
                "a certificate and its key are used together, and only one of them is set",
                "set both --tls-certificate and --tls-key, or neither",
            )),
        }
    }

    /// Reads the files.
    pub(crate) fn load(&self) -> Result<Arc<ServerConfig>, CommandError> {
        let chain = self.chain()?;
        let key = self.private_key()?;
        let mut config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(|error| self.refused(&error))?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    /// The certificate of the server, and those that lead from it to an authority.
    pub(crate) fn chain(&self) -> Result<Vec<CertificateDer<'static>>, CommandError> {
        let path = &self.certificate;
        let read = CertificateDer::pem_file_iter(path)
            .and_then(|certificates| certificates.collect::<Result<Vec<_>, _>>());
        match read {
            Ok(chain) if chain.is_empty() => Err(CommandError::usage(
                format!("the file `{}` contains no certificate", path.display()),
                "name a PEM file that begins with the certificate of the server",
            )),
            Ok(chain) => Ok(chain),
            Err(error) => Err(unreadable("certificate", path, &error)),
        }
    }

    fn private_key(&self) -> Result<PrivateKeyDer<'static>, CommandError> {
        let path = &self.key;
        if is_readable_by_everybody(path) {
            return Err(CommandError::usage(
                format!(
                    "the key file `{}` can be read by every account, so it was refused",
                    path.display()
                ),
                format!("run `chmod o= {}`", path.display()),
            ));
        }
        PrivateKeyDer::from_pem_file(path).map_err(|error| match error {
            pem::Error::NoItemsFound => CommandError::usage(
                format!("the file `{}` contains no private key", path.display()),
                "name a PEM file with a key that is not encrypted",
            ),
            error => unreadable("key", path, &error),
        })
    }

    fn refused(&self, error: &Error) -> CommandError {
        let (certificate, key) = (self.certificate.display(), self.key.display());
        match error {
            Error::InconsistentKeys(_) => CommandError::usage(
                format!("the key in `{key}` does not belong to the certificate in `{certificate}`"),
                "name the key with which the certificate was requested",
            ),
            error => CommandError::usage(
                format!(
                    "the certificate in `{certificate}` with the key in `{key}` cannot be used: {error}"
                ),
                "check both files with `openssl x509 -in CERTIFICATE -noout -text` and `openssl pkey -in KEY -noout`",
            ),
        }
    }

    pub(crate) fn stamp(&self) -> Stamp {
        [&self.certificate, &self.key].map(|path| {
            let metadata = fs::metadata(path).ok()?;
            Some((metadata.modified().ok()?, metadata.len()))
        })
    }

    /// Reads the files again when they have changed, and at once when the signal arrives. Files that cannot be used change nothing.
    pub(crate) async fn keep_current(
        self,
        mut last: Stamp,
        current: watch::Sender<Arc<ServerConfig>>,
        mut signal: Option<Signal>,
    ) {
        loop {
            let is_asked = tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => false,
                () = arrival(&mut signal) => true,
            };
            let stamp = self.stamp();
            if !is_asked && stamp == last {
                continue;
            }
            last = stamp;
            match self.load() {
                Ok(config) => {
                    tracing::info!(target: "muster", "the certificate was read again");
                    let _ = current.send(config);
                }
                Err(error) => tracing::error!(
                    target: "muster",
                    error = %error.into_texts().0,
                    "the new certificate cannot be used; the service continues with the earlier one"
                ),
            }
        }
    }
}

async fn arrival(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}

fn unreadable(what: &str, path: &Path, error: &pem::Error) -> CommandError {
    let why = match error {
        pem::Error::Io(error) => error.to_string(),
        error => format!("it is not PEM: {error}"),
    };
    CommandError::usage(
        format!("the {what} file `{}` cannot be read: {why}", path.display()),
        "check its path, its permissions and that it is a PEM file",
    )
}

fn is_readable_by_everybody(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o007 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use muster_testkit::certificate::Certificate;
    use std::os::unix::fs::PermissionsExt;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
    };

    /// The files of a certificate in a folder.
    fn files(folder: &Path) -> TlsFiles {
        let made = Certificate::for_localhost(folder);
        fs::set_permissions(&made.key, fs::Permissions::from_mode(0o600)).unwrap();
        TlsFiles {
            certificate: made.certificate,
            key: made.key,
        }
    }

    /// A client that connects and says nothing, or half a handshake, holds its connection for a limited time.
    #[tokio::test]
    async fn w1_handshake_that_does_not_end_is_closed() {
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        let _ = provider.install_default();
        let folder = tempfile::tempdir().unwrap();
        let (_current, settings) = watch::channel(files(folder.path()).load().unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let limits = muster_web::Limits {
            headers: Duration::from_millis(200),
            ..muster_web::Limits::default()
        };
        tokio::spawn(muster_web::serve(
            listener,
            Some(settings),
            Router::new(),
            limits,
            std::future::pending(),
        ));
        for begun in [&b""[..], b"\x16\x03\x01\x02"] {
            let mut client = TcpStream::connect(address).await.unwrap();
            client.write_all(begun).await.unwrap();
            let mut answer = Vec::new();
            // The end of the connection is all that is waited for.
            let _ = client.read_to_end(&mut answer).await;
            assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
        }
    }

    #[test]
    fn renewed_files_have_another_stamp() {
        let folder = tempfile::tempdir().unwrap();
        let files = files(folder.path());
        let stamp = files.stamp();
        assert_eq!(files.stamp(), stamp);
        let longer = fs::read_to_string(&files.certificate).unwrap() + "\n";
        fs::write(&files.certificate, longer).unwrap();
        assert_ne!(files.stamp(), stamp);
        fs::remove_file(&files.certificate).unwrap();
        assert_eq!(files.stamp()[0], None);
    }
}
