//! What a server offers before anything is encrypted (RFC 4253 section 7.1), overheard on the way to the library,
//! which tells only the first kind of algorithm that fails.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes of the server that are kept: its greeting, and its offer, which is rarely longer than 2 KiB.
const KEPT: usize = 64 << 10;
/// Number of the message that has the offer.
const KEXINIT: u8 = 20;
const COOKIE: usize = 16;

/// Algorithms that a server offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) key_exchanges: Vec<String>,
    pub(super) host_keys: Vec<String>,
    pub(super) ciphers: Vec<String>,
    pub(super) macs: Vec<String>,
}

impl Offer {
    /// Finds the offer in what a server sent; none: it is not there or not whole.
    fn read(sent: &[u8]) -> Option<Self> {
        let packet = after_greeting(sent)?;
        let (length, packet) = packet.split_first_chunk::<4>()?;
        let packet = packet.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        // The length of the padding, the number of the message, the cookie.
        let mut rest = packet.get(1..)?.strip_prefix(&[KEXINIT])?.get(COOKIE..)?;
        let mut list = || {
            let (length, after) = rest.split_first_chunk::<4>()?;
            let (names, after) =
                after.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
            rest = after;
            let names = String::from_utf8_lossy(names);
            Some(
                names
                    .split(',')
                    .filter(|name| !name.is_empty())
                    .map(str::to_owned)
                    .collect::<Vec<_>>(),
            )
        };
        let (key_exchanges, host_keys) = (list()?, list()?);
        // One list for each direction, which hardly any server has different.
        let (_to_server, ciphers, _to_server_too, macs) = (list()?, list()?, list()?, list()?);
        Some(Self {
            key_exchanges,
            host_keys,
            ciphers,
            macs,
        })
    }
}

/// What follows the line that begins with `SSH-`; others may be before it.
fn after_greeting(sent: &[u8]) -> Option<&[u8]> {
    let mut rest = sent;
    loop {
        let end = rest.iter().position(|byte| *byte == b'\n')?;
        let (line, after) = rest.split_at(end + 1);
        if line.starts_with(b"SSH-") {
            return Some(after);
        }
        rest = after;
    }
}

/// The first bytes that a server sent.
#[derive(Clone, Debug, Default)]
pub(super) struct Heard(Arc<Mutex<Vec<u8>>>);

impl Heard {
    pub(super) fn offer(&self) -> Option<Offer> {
        Offer::read(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn hear(&self, bytes: &[u8]) {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let room = KEPT - heard.len();
        heard.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }
}

/// A connection of which the first bytes of the server are kept.
pub(super) struct Overheard<S> {
    pub(super) stream: S,
    pub(super) heard: Heard,
}

impl<S: AsyncRead + Unpin> AsyncRead for Overheard<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, into);
        self.heard.hear(&into.filled()[before..]);
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Overheard<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent() -> Vec<u8> {
        let mut payload = vec![4, KEXINIT];
        payload.extend([7; COOKIE]);
        for list in [
            "kex-a,kex-b",
            "key-a",
            "up",
            "down-a,down-b",
            "up",
            "mac-a",
            "none",
            "none",
            "",
            "",
        ] {
            payload.extend((list.len() as u32).to_be_bytes());
            payload.extend(list.as_bytes());
        }
        payload.extend([0; 9]);
        let mut sent = b"Welcome\r\nSSH-2.0-x\r\n".to_vec();
        sent.extend((payload.len() as u32).to_be_bytes());
        sent.extend(payload);
        sent
    }

    #[test]
    fn an_offer_is_found_behind_the_greeting() {
        let offer = Offer::read(&sent()).unwrap();
        assert_eq!(
            (offer.key_exchanges, offer.host_keys),
            (vec!["kex-a".into(), "kex-b".into()], vec!["key-a".into()])
        );
        assert_eq!(
            (offer.ciphers, offer.macs),
            (vec!["down-a".into(), "down-b".into()], vec!["mac-a".into()])
        );
    }

    #[test]
    fn what_is_cut_or_lies_about_its_length_has_no_offer() {
        let sent = sent();
        for length in 0..sent.len() {
            assert_eq!(Offer::read(&sent[..length]), None, "{length}");
        }
        for at in 21..sent.len() - 9 {
            let mut changed = sent.clone();
            changed[at] = 0xFF;
            // Whatever it finds, it ends.
            let _found = Offer::read(&changed);
        }
    }

    #[test]
    fn no_more_is_kept_than_is_needed() {
        let heard = Heard::default();
        for _ in 0..10 {
            heard.hear(&[b'x'; 10_000]);
        }
        assert_eq!(heard.0.lock().unwrap().len(), KEPT);
    }
}
