//! Finding and copying short runs of bytes, many at a time: what the scanner spends its time on.
//!
//! Plain arithmetic on words, so that every processor has it; what a row is, is not known here.

use memchr::memchr;

/// Notes where a byte stands in a line, the first `most` times, and returns how often it does. There is
/// room for one more place behind them.
pub(super) fn find_all(line: &[u8], byte: u8, most: usize, places: &mut Vec<usize>) -> usize {
    const AT_ONCE: usize = 4;
    let (blocks, rest) = line.as_chunks::<64>();
    let mut last = [!byte; 64];
    last[..rest.len()].copy_from_slice(rest);
    let mut count = 0;
    for (at, block) in blocks.iter().chain(std::iter::once(&last)).enumerate() {
        let mut found = find_in(block, byte);
        let here = found.count_ones() as usize;
        if places.len() < count.min(most) + 64 + AT_ONCE {
            places.resize(count + 2 * (64 + AT_ONCE), 0);
        }
        let mut next = count;
        while found != 0 && count < most {
            // Several per turn, also when there are fewer: a wrong place is written over or never read.
            for offset in &mut places[next..next + AT_ONCE] {
                *offset = at * 64 + found.trailing_zeros() as usize;
                found &= found.wrapping_sub(1);
            }
            next += AT_ONCE;
        }
        count += here;
    }
    count
}

/// Where a byte stands in a block, a bit each.
fn find_in(block: &[u8; 64], byte: u8) -> u64 {
    let wanted = u64::from_ne_bytes([byte; 8]);
    let (words, _) = block.as_chunks::<8>();
    let mut found = 0;
    for (at, word) in words.iter().enumerate() {
        let highest = zero_bytes(u64::from_le_bytes(*word) ^ wanted);
        // Gathers the highest bits of the eight bytes in the highest byte.
        found |= ((highest >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) << (at * 8);
    }
    found
}

/// The highest bit of every byte that is zero.
fn zero_bytes(word: u64) -> u64 {
    const LOW: u64 = 0x7F7F_7F7F_7F7F_7F7F;
    !(((word & LOW) + LOW) | word | LOW)
}

/// The bytes that are copied at once; what is too much is written over by the next value.
pub(super) const COPY: usize = 32;

/// Copies the first bytes of `from` and returns how many.
#[inline(always)]
pub(super) fn copy(from: &[u8], size: usize, to: &mut [u8]) -> usize {
    if size <= COPY
        && let (Some((from, _)), Some((to, _))) = (
            from.split_first_chunk::<COPY>(),
            to.split_first_chunk_mut::<COPY>(),
        )
    {
        // As numbers, because an array of bytes would be copied by a call after all.
        let (halves, _) = from.as_chunks::<16>();
        let (places, _) = to.as_chunks_mut::<16>();
        places[0] = u128::from_ne_bytes(halves[0]).to_ne_bytes();
        places[1] = u128::from_ne_bytes(halves[1]).to_ne_bytes();
    } else {
        to[..size].copy_from_slice(&from[..size]);
    }
    size
}

/// Appends the first bytes of `from`.
#[inline(always)]
pub(super) fn append(text: &mut Vec<u8>, from: &[u8], size: usize) {
    match from.first_chunk::<COPY>() {
        Some(from) if size <= COPY => {
            let length = text.len() + size;
            text.extend_from_slice(from);
            text.truncate(length);
        }
        _ => text.extend_from_slice(&from[..size]),
    }
}

/// Where a byte stands first; it is probably near.
#[inline(always)]
pub(super) fn find_near(bytes: &[u8], byte: u8) -> Option<usize> {
    const NEAR: usize = 2;
    let wanted = u64::from_ne_bytes([byte; 8]);
    let (words, _) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().take(NEAR).enumerate() {
        let found = zero_bytes(u64::from_le_bytes(*word) ^ wanted);
        if found != 0 {
            return Some(at * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let passed = words.len().min(NEAR) * 8;
    memchr(byte, &bytes[passed..]).map(|at| passed + at)
}
