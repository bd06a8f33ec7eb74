//! The address under which browsers reach the pages.

use axum::http::Uri;
use std::{fmt, str::FromStr};

/// Scheme and host, without a path: `https://muster.acme.example`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PublicUrl {
    pub(crate) is_https: bool,
    host: String,
}

impl FromStr for PublicUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "write it as https://HOST, without a path";
        let url: Uri = text.parse().map_err(|_| FORM)?;
        let is_https = match url.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(FORM),
        };
        let host = url.authority().ok_or(FORM)?.as_str();
        let is_bare = url.path().trim_matches('/').is_empty() && url.query().is_none();
        if !is_bare || host.contains('@') {
            return Err(FORM);
        }
        Ok(Self {
            is_https,
            host: host.to_owned(),
        })
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_https { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_url_is_a_scheme_and_a_host() {
        let read = |text: &str| text.parse::<PublicUrl>().map(|url| url.to_string());
        assert_eq!(
            read("https://muster.acme.example/"),
            Ok("https://muster.acme.example".to_owned())
        );
        assert_eq!(
            read("http://10.0.0.5:8080"),
            Ok("http://10.0.0.5:8080".to_owned())
        );
        for wrong in [
            "muster.acme.example",
            "ftp://x",
            "https://",
            "https://a/b",
            "https://a/?b=c",
            "https://u:p@a",
            "a b",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
