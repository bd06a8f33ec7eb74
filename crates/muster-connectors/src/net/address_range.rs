//! A range of addresses, as an operator writes it: `10.1.0.0/16`, or one address.

use std::{fmt, net::IpAddr, str::FromStr};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressRange {
    address: IpAddr,
    /// How many bits at the start of an address are those of the range.
    bits: u32,
}

impl AddressRange {
    /// Whether an address is in the range. An IPv4 address that is written as one of IPv6 is the same address.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let ignored = u32::BITS - self.bits;
                own.to_bits().checked_shr(ignored) == other.to_bits().checked_shr(ignored)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let ignored = u128::BITS - self.bits;
                own.to_bits().checked_shr(ignored) == other.to_bits().checked_shr(ignored)
            }
            _ => false,
        }
    }
}

impl FromStr for AddressRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "`{text}` is not an address such as `10.1.2.3`, or a range such as `10.1.0.0/16`"
            )
        };
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.trim().parse().map_err(|_| wrong())?;
        let address = address.to_canonical();
        let most = match address {
            IpAddr::V4(_) => u32::BITS,
            IpAddr::V6(_) => u128::BITS,
        };
        let bits = match bits {
            Some(bits) => bits.trim().parse().map_err(|_| wrong())?,
            None => most,
        };
        if bits > most {
            return Err(wrong());
        }
        Ok(Self { address, bits })
    }
}

impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_they_are_written() {
        for (text, wanted) in [
            ("10.1.2.3", "10.1.2.3/32"),
            ("10.1.0.0/16", "10.1.0.0/16"),
            ("::1", "::1/128"),
            ("0.0.0.0/0", "0.0.0.0/0"),
        ] {
            assert_eq!(text.parse::<AddressRange>().unwrap().to_string(), wanted);
        }
        for text in [
            "",
            "10.1.2",
            "10.1.2.3/33",
            "fd12::/129",
            "host.example",
            "10.0.0.0/-1",
        ] {
            assert!(text.parse::<AddressRange>().is_err(), "{text}");
        }
    }

    #[test]
    fn range_of_all_addresses_contains_every_one_of_its_kind() {
        let all: AddressRange = "0.0.0.0/0".parse().unwrap();
        assert!(all.contains("192.0.2.1".parse().unwrap()));
        assert!(!all.contains("2001:db8::1".parse().unwrap()));
    }
}
