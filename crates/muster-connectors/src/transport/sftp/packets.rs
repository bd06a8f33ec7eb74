//! Watches the sizes of the packets that a server sends, because the library ends a connection with a packet
//! over its limit without a word.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    task::{Context, Poll},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The largest packet that is taken, its length not included.
pub(super) const MAX_BYTES: u32 = 256 << 10;

/// The size of the first packet that was too large; 0: none was.
#[derive(Clone, Debug, Default)]
pub(super) struct TooLarge(Arc<AtomicU32>);

impl TooLarge {
    pub(super) fn bytes(&self) -> Option<u32> {
        Some(self.0.load(Ordering::Relaxed)).filter(|bytes| *bytes > 0)
    }
}

/// A stream of packets, each after its length in four bytes.
pub(super) struct Packets<S> {
    stream: S,
    too_large: TooLarge,
    /// What arrived of the next length.
    length: Vec<u8>,
    /// What is still to come of the present packet.
    rest: usize,
}

impl<S> Packets<S> {
    pub(super) fn new(stream: S, too_large: TooLarge) -> Self {
        Self {
            stream,
            too_large,
            length: Vec::with_capacity(4),
            rest: 0,
        }
    }

    fn see(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() && self.too_large.bytes().is_none() {
            let (passed, after) = bytes.split_at(self.rest.min(bytes.len()));
            self.rest -= passed.len();
            bytes = after;
            let Some((first, after)) = bytes.split_first() else {
                return;
            };
            self.length.push(*first);
            bytes = after;
            if let Ok(length) = <[u8; 4]>::try_from(self.length.as_slice()) {
                let length = u32::from_be_bytes(length);
                self.length.clear();
                self.rest = length as usize;
                if length > MAX_BYTES {
                    self.too_large.0.store(length, Ordering::Relaxed);
                }
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Packets<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, into);
        self.see(&into.filled()[before..]);
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Packets<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
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

    #[test]
    fn packet_over_the_limit_is_noted_however_the_bytes_arrive() {
        let mut sent = vec![0, 0, 0, 2, 9, 9, 0, 0, 0, 0];
        sent.extend(300_000u32.to_be_bytes());
        for size in 1..sent.len() {
            let mut packets = Packets::new((), TooLarge::default());
            for piece in sent.chunks(size) {
                packets.see(piece);
            }
            assert_eq!(
                packets.too_large.bytes(),
                Some(300_000),
                "in pieces of {size}"
            );
        }
    }
}
