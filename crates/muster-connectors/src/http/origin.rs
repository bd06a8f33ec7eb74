//! Where requests may go: the configured base, and links within its origin.

use crate::connector::{ConnectorError, ErrorKind, Network};
use muster_core::model::{
    code::Code,
    problem::{
        api::{Attempt, Failure, Fault, Link, Remedy, SettingRemedy},
        shown,
    },
};
use url::{Host, Url};

/// The base URL of an API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Base(Url);

impl Base {
    /// Checks the setting `base_url`. Credentials go there, so it is HTTPS, and one of the vendor's hosts
    /// (`vendor`: domains and all below them) unless the operator allows others. Plain HTTP is for this machine
    /// alone, where emulators run.
    pub(crate) fn parse(
        text: &str,
        vendor: &[&str],
        network: &Network,
    ) -> Result<Self, ConnectorError> {
        let wrong = |fault, remedy| ConnectorError::setting("base_url", fault, remedy);
        let url = Url::parse(text.trim()).map_err(|error| {
            let fault = Fault::NotAUrl {
                value: shown(text),
                why: error.to_string(),
            };
            wrong(fault, SettingRemedy::WriteUrl)
        })?;
        if !url.username().is_empty()
            || url.password().is_some()
            || url.query().is_some()
            || url.fragment().is_some()
        {
            return Err(wrong(Fault::MoreThanAUrl, SettingRemedy::WriteBareUrl));
        }
        let is_here = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        };
        let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_here);
        if !is_safe {
            let scheme = url.scheme().to_owned();
            return Err(wrong(Fault::NotHttps { scheme }, SettingRemedy::UseHttps));
        }
        let host = url.host_str().unwrap_or_default();
        let is_vendors = vendor.iter().any(|domain| {
            host == *domain
                || host
                    .strip_suffix(domain)
                    .is_some_and(|before| before.ends_with('.'))
        });
        if !is_vendors && !network.any_host {
            let fault = Fault::OtherHost {
                host: shown(host),
                hosts: vendor.iter().map(|host| (*host).to_owned()).collect(),
            };
            return Err(wrong(fault, SettingRemedy::RemoveBaseUrl));
        }
        Ok(Self(url))
    }

    /// A URL below the base.
    pub(crate) fn join(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        let whole = format!(
            "{}/{}",
            url.path().trim_end_matches('/'),
            path.trim_start_matches('/')
        );
        url.set_path(&whole);
        url
    }

    /// A link from an answer, absolute or relative; one to another scheme, host or port is refused, and with it
    /// the credentials stay.
    pub(crate) fn link(&self, attempted: &Attempt, link: &str) -> Result<Url, ConnectorError> {
        let refused = |link| {
            ConnectorError::request(
                ErrorKind::Refused,
                attempted.clone(),
                self.origin(),
                Failure::Link(link),
                Remedy::AskAboutLinks,
            )
            .coded(Code::ApiLink)
        };
        let url = self.0.join(link).map_err(|error| {
            refused(Link::NotAUrl {
                link: shown(link),
                why: error.to_string(),
            })
        })?;
        if url.origin() != self.0.origin() || !url.username().is_empty() || url.password().is_some()
        {
            let to = url.origin();
            let to = if to.is_tuple() {
                to.ascii_serialization()
            } else {
                format!("{}:", url.scheme())
            };
            return Err(refused(Link::OtherOrigin {
                from: self.origin(),
                to: shown(&to),
            }));
        }
        Ok(url)
    }

    pub(crate) fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    pub(crate) fn port(&self) -> u16 {
        self.0.port_or_known_default().unwrap_or_default()
    }

    /// Whether it names a path beyond the host.
    pub(crate) fn has_path(&self) -> bool {
        self.0.path() != "/"
    }

    /// Scheme, host and port.
    pub(crate) fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// Whether it is plain HTTP, which it may be on this machine alone.
    pub(crate) fn is_plain(&self) -> bool {
        self.0.scheme() == "http"
    }
}

/// Host and port of a URL; none: it is not one, or has none.
pub(crate) fn server(url: &str) -> Option<String> {
    let url = Url::parse(url.trim()).ok()?;
    let port = url.port_or_known_default()?;
    Some(format!("{}:{port}", url.host_str()?))
}

/// A URL as messages show it: without its query.
pub(crate) fn without_query(url: &Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path())
}

/// The value of a query parameter; a raw `+` is a plus, as in the base64 of cursors.
pub(crate) fn query_value(url: &Url, name: &str) -> Option<String> {
    let query = url.query()?.replace('+', "%2B");
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const VENDOR: &[&str] = &["personio.de", "personio.com"];

    fn parse(text: &str, any_host: bool) -> Result<Base, ConnectorError> {
        Base::parse(
            text,
            VENDOR,
            &Network {
                any_host,
                ..Network::default()
            },
        )
    }

    #[test]
    fn a23_the_base_is_a_host_of_the_vendor_unless_the_operator_allows_others() {
        for good in [
            "https://api.personio.de",
            "https://eu.api.personio.com/x",
            "https://personio.de",
        ] {
            assert!(parse(good, false).is_ok(), "{good}");
        }
        for bad in [
            "https://10.0.0.7",
            "https://169.254.169.254/latest",
            "https://personio.de.evil.example",
            "https://notpersonio.de",
            "http://api.personio.de",
            "https://user:pass@api.personio.de",
            "https://api.personio.de?x=1",
            "ftp://api.personio.de",
            "file:///etc/passwd",
            "api.personio.de",
        ] {
            let error = parse(bad, false).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Configuration, "{bad}");
        }
        assert!(parse("http://127.0.0.1:8080", false).is_err());
        assert!(parse("http://127.0.0.1:8080", true).is_ok());
        assert!(
            parse("http://192.168.1.4", true).is_err(),
            "never in the clear over a network"
        );
    }

    /// P21.
    #[test]
    fn a12_links_stay_within_the_origin() {
        let base = parse("https://api.personio.de/v2", false).unwrap();
        for good in [
            "/v2/persons?cursor=a",
            "persons?cursor=a",
            "https://api.personio.de:443/v2/persons?cursor=a",
        ] {
            assert_eq!(
                base.link(&Attempt::GetToken, good).unwrap().query(),
                Some("cursor=a"),
                "{good}"
            );
        }
        for bad in [
            "http://api.personio.de/v2",
            "https://api.personio.de:8443/v2",
            "https://api.personio.de.evil.example/",
            "//evil.example/v2",
            "\\\\evil.example\\v2",
            "https://api.personio.de@evil.example/",
            "https://user@api.personio.de/",
            "javascript:alert(1)",
        ] {
            let error = base.link(&Attempt::GetToken, bad).unwrap_err();
            assert_eq!(
                (error.kind, error.code()),
                (ErrorKind::Refused, Code::ApiLink),
                "{bad}"
            );
        }
        assert!(
            base.link(&Attempt::GetToken, "//evil.example/v2")
                .unwrap_err()
                .to_string()
                .contains("https://evil.example")
        );
    }

    #[test]
    fn a_plus_in_a_cursor_is_a_plus() {
        let url = Url::parse("https://a.example/v2?x=1&cursor=a+b%2Fc%3D=").unwrap();
        assert_eq!(query_value(&url, "cursor").unwrap(), "a+b/c==");
        assert_eq!(query_value(&url, "other"), None);
    }
}
