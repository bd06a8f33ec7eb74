//! Which addresses may be connected to, and opening a connection to one that may.
//!
//! The address that is checked is the address that is connected to: a name is asked for once, so that an
//! answer that changes meanwhile changes nothing.

use crate::{
    net::address_range::AddressRange,
    transport::{ErrorKind, SourceSettings, TransportError},
};
use muster_core::model::{
    code::Code,
    problem::{
        network::{AddressRule, ForbiddenAddress, TriedAddress},
        transport::{Attempt, Cause, Remedy},
    },
};
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};

/// Where connections may go. Addresses that no server of files has are refused whatever is set here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkPolicy {
    /// Whether this machine may be connected to, if the URL says so itself: by address or as `localhost`. A program
    /// that takes URLs from people who do not run it sets this to false.
    pub this_machine: bool,
    /// Whether addresses of private networks may be connected to.
    pub private_networks: bool,
    /// What may be connected to whatever else is set here.
    pub exceptions: Arc<[AddressRange]>,
}

impl NetworkPolicy {
    /// For settings of who does not run this machine: neither the machine nor its network, but for what its operator allows.
    pub fn closed(private_networks: bool, exceptions: &[AddressRange]) -> Self {
        Self {
            this_machine: false,
            private_networks,
            exceptions: exceptions.into(),
        }
    }
}

impl Default for NetworkPolicy {
    fn default() -> Self {
        Self {
            this_machine: true,
            private_networks: true,
            exceptions: Arc::default(),
        }
    }
}

impl NetworkPolicy {
    /// The addresses of a host that may be connected to; refused if there are others only.
    pub(crate) fn allowed(
        &self,
        host: &str,
        found: Vec<SocketAddr>,
    ) -> Result<Vec<SocketAddr>, ForbiddenAddress> {
        let rule = |address: &SocketAddr| self.rule(host, address.ip().to_canonical());
        let first = found.iter().find_map(|address| {
            Some(ForbiddenAddress {
                address: address.ip(),
                rule: rule(address)?,
            })
        });
        let allowed: Vec<SocketAddr> = found
            .into_iter()
            .filter(|address| rule(address).is_none())
            .collect();
        match first {
            Some(forbidden) if allowed.is_empty() => Err(forbidden),
            _ => Ok(allowed),
        }
    }

    /// Checks a host that is written as an address; a name is checked when it is looked up.
    pub(crate) fn check_written(&self, host: &str) -> Result<(), ForbiddenAddress> {
        let address: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
        address.map_or(Ok(()), |address| {
            self.allowed(host, vec![(address, 0).into()]).map(drop)
        })
    }

    /// The rule that refuses an address; none: it is allowed.
    fn rule(&self, host: &str, address: IpAddr) -> Option<AddressRule> {
        if self.exceptions.iter().any(|range| range.contains(address)) {
            return None;
        }
        if is_metadata(address) {
            return Some(AddressRule::Metadata);
        }
        let link_local = match address {
            IpAddr::V4(address) => address.is_link_local(),
            IpAddr::V6(address) => address.is_unicast_link_local(),
        };
        let broadcast = matches!(address, IpAddr::V4(address) if address.is_broadcast());
        if link_local {
            return Some(AddressRule::LinkLocal);
        }
        if address.is_unspecified() || address.is_multicast() || broadcast {
            return Some(AddressRule::NotOneServer);
        }
        let is_private = match address {
            IpAddr::V4(address) => address.is_private() || is_shared(address),
            IpAddr::V6(address) => address.is_unique_local(),
        };
        if is_private && !self.private_networks {
            return Some(AddressRule::PrivateNetwork);
        }
        if !address.is_loopback() {
            return None;
        }
        let host = host.trim_matches(['[', ']']).trim_end_matches('.');
        let names_itself = host.parse::<IpAddr>().is_ok() || host.eq_ignore_ascii_case("localhost");
        match (self.this_machine, names_itself) {
            (true, true) => None,
            (true, false) => Some(AddressRule::NameOfThisMachine),
            (false, _) => Some(AddressRule::ThisMachine),
        }
    }
}

/// Where clouds offer secrets to their machines outside of the link-local addresses: AWS over IPv6, Alibaba, Oracle.
fn is_metadata(address: IpAddr) -> bool {
    const METADATA: [IpAddr; 3] = [
        IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
        IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
        IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),
    ];
    METADATA.contains(&address)
}

/// Behind the gateway of a provider, also of a cloud.
fn is_shared(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    first == 100 && (64..128).contains(&second)
}

/// A host whose addresses the policy refuses.
pub(crate) fn forbidden(settings: &SourceSettings, address: ForbiddenAddress) -> TransportError {
    TransportError::new(
        Code::TransportNetwork,
        ErrorKind::Refused,
        (Attempt::Connect, &settings.location.server_target()),
        Cause::Forbidden(address),
        Remedy::CheckAddress,
    )
}

/// The addresses of the server that may be connected to.
pub(crate) async fn addresses(
    settings: &SourceSettings,
) -> Result<Vec<SocketAddr>, TransportError> {
    let on = settings.location.server_target();
    let attempted = (Attempt::FindAddress, &on);
    let host = settings.location.host.trim_matches(['[', ']']);
    let wait = settings.limits.connect;
    let found = timeout(wait, lookup_host((host, settings.location.port)))
        .await
        .map_err(|_| TransportError::timed_out(attempted, wait.as_secs()))?
        .map_err(|error| {
            let why = error.to_string();
            TransportError::unreachable(attempted, Cause::System { why })
        })?
        .collect();
    let allowed = settings
        .network
        .allowed(host, found)
        .map_err(|address| forbidden(settings, address))?;
    if allowed.is_empty() {
        Err(TransportError::unreachable(attempted, Cause::NoAddress))
    } else {
        Ok(allowed)
    }
}

/// Opens a connection to the first address of the server that takes one.
pub(crate) async fn open(settings: &SourceSettings) -> Result<TcpStream, TransportError> {
    let on = settings.location.server_target();
    let attempted = (Attempt::Connect, &on);
    let wait = settings.limits.connect;
    let mut tried = Vec::new();
    for address in addresses(settings).await? {
        match timeout(wait, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                // What is asked is short, and each question waits for its answer.
                let _without_it_is_only_slower = stream.set_nodelay(true);
                return Ok(stream);
            }
            Ok(Err(error)) => tried.push((address, Some(error.to_string()))),
            Err(_) => tried.push((address, None)),
        }
    }
    let is_late = tried.iter().any(|(_, why)| why.is_none());
    let tried = tried.into_iter().map(|(address, why)| TriedAddress {
        address: address.ip(),
        why,
    });
    let cause = Cause::NotConnected {
        tried: tried.collect(),
        seconds: wait.as_secs(),
    };
    Err(if is_late {
        TransportError::timed_out(attempted, wait.as_secs()).with_cause(|_| cause)
    } else {
        TransportError::unreachable(attempted, cause)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    use AddressRule::{LinkLocal, NameOfThisMachine, NotOneServer, ThisMachine};

    #[track_caller]
    fn check(
        this_machine: bool,
        host: &str,
        addresses: &[&str],
        wanted: Result<usize, (&str, AddressRule)>,
    ) {
        let found = addresses
            .iter()
            .map(|address| SocketAddr::new(address.parse().unwrap(), 22))
            .collect();
        let allowed = NetworkPolicy {
            this_machine,
            ..NetworkPolicy::default()
        }
        .allowed(host, found);
        match wanted {
            Ok(number) => assert_eq!(allowed.unwrap().len(), number),
            Err((address, rule)) => {
                let address = address.parse().unwrap();
                assert_eq!(allowed, Err(ForbiddenAddress { address, rule }), "{host}");
            }
        }
    }

    #[test]
    fn t34_addresses_that_no_server_of_files_has_are_refused_in_every_form() {
        for address in ["169.254.169.254", "fe80::1", "::ffff:169.254.169.254"] {
            check(true, address, &[address], Err((address, LinkLocal)));
            check(true, "h.example", &[address], Err((address, LinkLocal)));
        }
        for address in ["0.0.0.0", "::", "224.0.0.1", "255.255.255.255", "ff02::1"] {
            check(true, "h.example", &[address], Err((address, NotOneServer)));
        }
        check(
            true,
            "h.example",
            &["192.0.2.1", "10.0.0.1", "2001:db8::1"],
            Ok(3),
        );
    }

    #[test]
    fn t34_this_machine_is_reached_only_by_its_own_name_and_only_where_that_is_allowed() {
        for (host, address) in [
            ("127.0.0.1", "127.0.0.1"),
            ("[::1]", "::1"),
            ("LOCALHOST", "127.0.0.1"),
        ] {
            check(true, host, &[address], Ok(1));
            check(false, host, &[address], Err((address, ThisMachine)));
        }
        for address in ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"] {
            check(
                true,
                "h.example",
                &[address],
                Err((address, NameOfThisMachine)),
            );
        }
    }

    #[test]
    fn t34_of_several_addresses_only_the_allowed_ones_are_used() {
        check(
            true,
            "h.example",
            &["127.0.0.1", "192.0.2.1", "169.254.0.1"],
            Ok(1),
        );
        check(true, "h.example", &[], Ok(0));
    }

    #[track_caller]
    fn closed(allowed: &[&str], host: &str, address: &str, wanted: Option<AddressRule>) {
        let allowed: Vec<AddressRange> = allowed.iter().map(|one| one.parse().unwrap()).collect();
        let policy = NetworkPolicy::closed(false, &allowed);
        let found = vec![SocketAddr::new(address.parse().unwrap(), 22)];
        let rule = policy
            .allowed(host, found)
            .err()
            .map(|refused| refused.rule);
        assert_eq!(rule, wanted, "{host} at {address}");
    }

    #[test]
    fn t34_closed_policy_refuses_this_machine_its_network_and_metadata_whatever_they_are_called() {
        use AddressRule::{Metadata, PrivateNetwork};
        for (host, address, rule) in [
            ("127.0.0.1", "127.0.0.1", ThisMachine),
            ("localhost", "::1", ThisMachine),
            ("h.example", "127.0.0.2", ThisMachine),
            ("h.example", "10.1.2.3", PrivateNetwork),
            ("h.example", "192.168.0.9", PrivateNetwork),
            ("h.example", "fd12::1", PrivateNetwork),
            ("h.example", "::ffff:172.16.0.1", PrivateNetwork),
            ("h.example", "169.254.169.254", LinkLocal),
            ("h.example", "fd00:ec2::254", Metadata),
            ("h.example", "100.100.100.200", Metadata),
        ] {
            closed(&[], host, address, Some(rule));
        }
        closed(&[], "h.example", "192.0.2.1", None);
        let open = NetworkPolicy::closed(true, &[]);
        assert_eq!(open.rule("h.example", "10.1.2.3".parse().unwrap()), None);
        let metadata = open.rule("h.example", "fd00:ec2::254".parse().unwrap());
        assert_eq!(metadata, Some(Metadata), "it is in a private network");
    }

    #[test]
    fn t34_allowed_range_opens_its_own_addresses_and_no_others() {
        let allowed = ["10.1.0.0/16", "127.0.0.1", "fd12::/32"];
        for address in ["10.1.255.1", "127.0.0.1", "fd12:0:9::1", "::ffff:10.1.2.3"] {
            closed(&allowed, "h.example", address, None);
        }
        for (address, rule) in [
            ("10.2.0.1", AddressRule::PrivateNetwork),
            ("127.0.0.2", ThisMachine),
            ("fd12:1::1", AddressRule::PrivateNetwork),
        ] {
            closed(&allowed, "h.example", address, Some(rule));
        }
    }
}
