//! Unpacks an answer, up to a limit: a small answer must not become an endless one.

use flate2::read::MultiGzDecoder;
use muster_core::model::problem::{api::Failure, shown};
use std::io::Read;

/// Why an answer cannot be unpacked.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NotInflated {
    /// It would become larger than the limit.
    TooLarge,
    /// It is not what its header says.
    Broken(Failure),
}

/// Unpacks what `Content-Encoding` says; nothing but gzip was asked for.
pub(super) fn inflate(
    bytes: Vec<u8>,
    encoding: &str,
    limit: usize,
) -> Result<Vec<u8>, NotInflated> {
    // An answer without a body is often announced as compressed like any other.
    if bytes.is_empty() {
        return Ok(bytes);
    }
    match encoding.trim().to_ascii_lowercase().as_str() {
        "" | "identity" => Ok(bytes),
        "gzip" | "x-gzip" => {
            let mut plain = Vec::new();
            let read = MultiGzDecoder::new(bytes.as_slice())
                .take(limit as u64 + 1)
                .read_to_end(&mut plain);
            read.map_err(|error| {
                NotInflated::Broken(Failure::Compression {
                    encoding: None,
                    why: Some(error.to_string()),
                })
            })?;
            if plain.len() > limit {
                Err(NotInflated::TooLarge)
            } else {
                Ok(plain)
            }
        }
        other => Err(NotInflated::Broken(Failure::Compression {
            encoding: Some(shown(other)),
            why: None,
        })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn gzip_is_unpacked_up_to_the_limit() {
        assert_eq!(inflate(gzip(b"people"), "gzip", 6), Ok(b"people".to_vec()));
        let bomb = gzip(&vec![0; 10 << 20]);
        assert!(bomb.len() < 20_000);
        assert_eq!(inflate(bomb, "gzip", 1 << 20), Err(NotInflated::TooLarge));
    }

    #[test]
    fn other_packing_and_chains_are_refused() {
        for encoding in ["br", "gzip, gzip", "zstd"] {
            assert!(
                matches!(
                    inflate(b"x".to_vec(), encoding, 10),
                    Err(NotInflated::Broken(_))
                ),
                "{encoding}"
            );
        }
        assert!(matches!(
            inflate(gzip(b"people")[..12].to_vec(), "gzip", 10),
            Err(NotInflated::Broken(_))
        ));
        assert_eq!(inflate(b"x".to_vec(), "identity", 10), Ok(b"x".to_vec()));
        assert_eq!(inflate(Vec::new(), "gzip", 10), Ok(Vec::new()));
    }
}
