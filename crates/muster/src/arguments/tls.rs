//! The options for a certificate of the service's own.

use clap::Args;
use std::path::PathBuf;

#[derive(Args, Debug, Default)]
pub(crate) struct TlsOptions {
    /// The file with the certificate (PEM), with which the service answers HTTPS itself; the certificates of intermediate
    /// authorities follow in the same file. It is read again when it changes and on `SIGHUP`
    #[arg(long, env = "MUSTER_TLS_CERTIFICATE", value_name = "FILE")]
    pub(crate) tls_certificate: Option<PathBuf>,
    /// The file with the key of the certificate (PEM, not encrypted)
    #[arg(long, env = "MUSTER_TLS_KEY", value_name = "FILE")]
    pub(crate) tls_key: Option<PathBuf>,
}
