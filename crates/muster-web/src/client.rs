//! Which address a request comes from: that of the connection, or the one that a trusted reverse proxy names.

use axum::http::HeaderMap;
use std::net::{IpAddr, SocketAddr};

const FORWARDED: &str = "x-forwarded-for";

/// The address of the client. A proxy adds the address that it was asked from at the end of `X-Forwarded-For`: what stands before
/// the last proxy that is trusted may have been made up by the client.
pub(crate) fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.contains(address);
    let mut client = peer.to_canonical();
    let values: Vec<&str> = headers
        .get_all(FORWARDED)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    for value in values.into_iter().rev() {
        if !is_trusted(&client) {
            break;
        }
        match parsed(value.trim()) {
            Some(address) => client = address,
            None => break,
        }
    }
    client
}

/// An address, which some proxies write with its port.
fn parsed(value: &str) -> Option<IpAddr> {
    let plain = value.trim_start_matches('[').trim_end_matches(']');
    let address = plain.parse().ok();
    let with_port = || value.parse().ok().map(|address: SocketAddr| address.ip());
    address
        .or_else(with_port)
        .map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED, value.parse().unwrap());
        }
        let address = |text: &&str| text.parse().unwrap();
        let trusted: Vec<IpAddr> = trusted.iter().map(address).collect();
        client(address(&peer), &headers, &trusted).to_string()
    }

    #[test]
    fn header_of_a_client_that_is_no_trusted_proxy_is_ignored() {
        assert_eq!(of("203.0.113.9", &["198.51.100.7"], &[]), "203.0.113.9");
        assert_eq!(
            of("203.0.113.9", &["198.51.100.7"], &["10.0.0.1"]),
            "203.0.113.9"
        );
    }

    #[test]
    fn trusted_proxy_names_the_client_and_what_the_client_wrote_before_is_ignored() {
        let proxy = ["10.0.0.1"];
        assert_eq!(of("10.0.0.1", &["203.0.113.9"], &proxy), "203.0.113.9");
        assert_eq!(
            of("10.0.0.1", &["1.2.3.4, 203.0.113.9"], &proxy),
            "203.0.113.9"
        );
        assert_eq!(
            of("10.0.0.1", &["1.2.3.4", "203.0.113.9"], &proxy),
            "203.0.113.9"
        );
    }

    #[test]
    fn chain_of_trusted_proxies_is_followed_to_the_first_other_address() {
        let proxies = ["10.0.0.1", "10.0.0.2"];
        assert_eq!(
            of("10.0.0.1", &["6.6.6.6, 203.0.113.9, 10.0.0.2"], &proxies),
            "203.0.113.9"
        );
        // Nothing but proxies: the nearest that is known.
        assert_eq!(of("10.0.0.1", &["10.0.0.2"], &proxies), "10.0.0.2");
        assert_eq!(of("10.0.0.1", &[], &proxies), "10.0.0.1");
    }

    #[test]
    fn addresses_are_read_with_ports_and_as_ipv6_and_nonsense_ends_the_chain() {
        let proxy = ["10.0.0.1"];
        assert_eq!(of("10.0.0.1", &["203.0.113.9:4711"], &proxy), "203.0.113.9");
        assert_eq!(
            of("10.0.0.1", &["[2001:db8::1]:443"], &proxy),
            "2001:db8::1"
        );
        assert_eq!(of("10.0.0.1", &["[2001:db8::1]"], &proxy), "2001:db8::1");
        assert_eq!(
            of("::ffff:10.0.0.1", &["203.0.113.9"], &proxy),
            "203.0.113.9"
        );
        assert_eq!(
            of("10.0.0.1", &["203.0.113.9, unknown"], &proxy),
            "10.0.0.1"
        );
    }
}
