//! Where files are: a URL, checked once.

use crate::{
    model::problem::transport::{Target, shown_path},
    setup::settings::UrlIssue,
};
use serde::{Deserialize, Serialize};
use std::{fmt, path::Path};
use url::{Host, Url};

/// How a server is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    File,
    Sftp,
    /// FTP in the clear.
    Ftp,
    Ftps,
    Https,
}

/// Where files are. Has no credentials and no query, so it may be shown.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Location {
    /// How the server is spoken to.
    pub scheme: Scheme,
    /// Name or address of the server; empty for this machine.
    pub host: String,
    /// Port; 0 for this machine.
    pub port: u16,
    /// Path of the folder or file on the server.
    pub path: String,
}

impl Location {
    /// Reads a URL such as `sftp://host:22/folder` or `file:inbox`. A relative `file:` path starts at `folder`.
    pub fn parse(text: &str, folder: &Path) -> Result<Self, UrlIssue> {
        if let Some(path) = text.strip_prefix("file:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() {
                return Err(UrlIssue::NoPath);
            }
            let path = folder.join(path).to_string_lossy().into_owned();
            return Ok(Self {
                scheme: Scheme::File,
                host: String::new(),
                port: 0,
                path,
            });
        }
        let url = Url::parse(text).map_err(|error| UrlIssue::Unreadable {
            why: error.to_string(),
        })?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(UrlIssue::HasCredentials);
        }
        let (scheme, port) = match url.scheme() {
            "sftp" => (Scheme::Sftp, 22),
            "ftp" => (Scheme::Ftp, 21),
            "ftps" => (Scheme::Ftps, 21),
            "https" => (Scheme::Https, 443),
            "http" => {
                return Err(UrlIssue::Http);
            }
            other => {
                return Err(UrlIssue::UnknownScheme {
                    scheme: other.to_owned(),
                });
            }
        };
        let host = url
            .host_str()
            .filter(|host| !host.is_empty())
            .ok_or(UrlIssue::NoHost)?;
        // The library leaves the hosts of schemes that it does not know as they are written.
        let host = Host::parse(host).map_err(|error| UrlIssue::NotAHost {
            host: host.to_owned(),
            why: error.to_string(),
        })?;
        let mut path = decode(url.path())?;
        if scheme == Scheme::Https
            && let Some(query) = url.query()
        {
            path = format!("{path}?{query}");
        }
        Ok(Self {
            scheme,
            host: host.to_string(),
            port: url.port().unwrap_or(port),
            path,
        })
    }

    /// `host:port`, as messages name a server.
    pub fn server(&self) -> String {
        if self.scheme == Scheme::File {
            "this machine".to_owned()
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// The server, as problems name it.
    pub fn server_target(&self) -> Target {
        Target::Server(self.server())
    }

    /// All of it, without what may be secret.
    pub fn target(&self) -> Target {
        Target::Location(self.to_string())
    }

    /// A file or folder there.
    pub fn path_target(&self, path: &str) -> Target {
        match self.scheme {
            Scheme::File => Target::Local(shown_path(path)),
            _ => Target::Path {
                path: shown_path(path),
                server: self.server(),
            },
        }
    }

    /// The path without a query, which may be secret.
    pub fn shown_path(&self) -> &str {
        if self.scheme == Scheme::Https {
            self.path.split('?').next().unwrap_or_default()
        } else {
            &self.path
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.scheme {
            Scheme::File => return write!(f, "file:{}", self.path),
            Scheme::Sftp => "sftp",
            Scheme::Ftp => "ftp",
            Scheme::Ftps => "ftps",
            Scheme::Https => "https",
        };
        write!(f, "{scheme}://{}{}", self.server(), self.shown_path())
    }
}

/// Undoes percent-encoding; a path with control characters could smuggle commands to the server.
fn decode(path: &str) -> Result<String, UrlIssue> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        match (digit(rest.next()), digit(rest.next())) {
            (Some(high), Some(low)) => bytes.push((high * 16 + low) as u8),
            _ => return Err(UrlIssue::Percent),
        }
    }
    let path = String::from_utf8(bytes).map_err(|_| UrlIssue::NotUtf8)?;
    if path.chars().any(char::is_control) {
        return Err(UrlIssue::ControlCharacters);
    }
    Ok(path)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test ends with a panic")]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, wanted: Result<(Scheme, &str, u16, &str), UrlIssue>) {
        let found = Location::parse(text, Path::new("/conf"));
        match wanted {
            Ok((scheme, host, port, path)) => {
                let wanted = Location {
                    scheme,
                    host: host.into(),
                    port,
                    path: path.into(),
                };
                assert_eq!(found, Ok(wanted), "{text}");
            }
            Err(issue) => assert_eq!(found, Err(issue), "{text}"),
        }
    }

    #[test]
    fn urls_are_read_and_odd_ones_refused() {
        check(
            "sftp://h.example/out/a%20b",
            Ok((Scheme::Sftp, "h.example", 22, "/out/a b")),
        );
        check(
            "https://h.example:8443/x.csv?token=s",
            Ok((Scheme::Https, "h.example", 8443, "/x.csv?token=s")),
        );
        check("file:inbox", Ok((Scheme::File, "", 0, "/conf/inbox")));
        check("file:///srv/in", Ok((Scheme::File, "", 0, "/srv/in")));
        check("sftp://ann:pw@h.example/", Err(UrlIssue::HasCredentials));
        check("http://h.example/", Err(UrlIssue::Http));
        let scheme = "gopher".to_owned();
        check(
            "gopher://h.example/",
            Err(UrlIssue::UnknownScheme { scheme }),
        );
        check(
            "ftp://h.example/a%0d%0aDELE%20x",
            Err(UrlIssue::ControlCharacters),
        );
    }

    #[test]
    fn t37_ipv6_literals_are_taken() {
        check(
            "sftp://[::1]:2222/in",
            Ok((Scheme::Sftp, "[::1]", 2222, "/in")),
        );
    }

    #[test]
    fn t37_names_in_other_scripts_become_what_the_name_service_knows() {
        for scheme in ["sftp", "ftps", "ftp", "https"] {
            let location =
                Location::parse(&format!("{scheme}://zürich.Example/in"), Path::new("")).unwrap();
            assert_eq!(location.host, "xn--zrich-kva.example", "{scheme}");
        }
        let found = |text: &str| Location::parse(text, Path::new("")).unwrap_err();
        let nul = found("sftp://a%00b.example/in");
        assert!(matches!(nul, UrlIssue::NotAHost { .. }), "{nul:?}");
        let space = found("ftps://a b.example/in");
        assert!(matches!(space, UrlIssue::Unreadable { .. }), "{space:?}");
    }

    #[test]
    fn a_location_is_shown_without_its_query() {
        let location =
            Location::parse("https://h.example/x.csv?token=s3cret", Path::new("")).unwrap();
        assert_eq!(location.to_string(), "https://h.example:443/x.csv");
    }
}
