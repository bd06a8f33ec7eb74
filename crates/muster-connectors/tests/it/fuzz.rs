//! What the fuzz targets check, over their seeds and some thousands of changes to them: the same ones every time.

#![expect(
    unreachable_pub,
    reason = "the files are a crate of their own where the fuzzer runs"
)]

mod csv_agreement;
mod csv_decode;

use std::{
    fs,
    panic::{RefUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

/// How many changed files each target gets.
const CHANGED: usize = 8_000;

/// What trips decoders up.
const PARTS: &[&[u8]] = &[
    b"\"",
    b"\"\"",
    b",",
    b";",
    b"\t",
    b"\n",
    b"\r",
    b"\r\n",
    b"\0",
    b"\x1A",
    b" ",
    b"\xC3\xA9",
    b"\xE9",
    b"\xEF\xBB\xBF",
    b"\xFF\xFE",
    b"sep=;\n",
    b"TOTAL,2",
    b"id,name\n",
    b"#",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

/// The seeds, and whatever a fuzzer has left in the target's corpus.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folders = [folder().join("seeds"), folder().join("corpus").join(target)];
    let files = folders
        .iter()
        .filter_map(|folder| fs::read_dir(folder).ok())
        .flatten();
    let mut paths: Vec<PathBuf> = files.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// Chance that is the same every time (SplitMix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % end.max(1) as u64) as usize
    }

    /// A seed with up to eight changes.
    fn change(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = seeds[self.below(seeds.len())].clone();
        for _ in 0..=self.below(8) {
            let at = self.below(bytes.len() + 1);
            let until = (at + self.below(12)).min(bytes.len());
            match self.below(6) {
                0 => bytes.insert(at, self.below(256) as u8),
                1 => drop(bytes.splice(at..at, PARTS[self.below(PARTS.len())].iter().copied())),
                2 => drop(bytes.drain(at..until)),
                3 => drop(bytes.splice(at..at, bytes[at..until].to_vec())),
                4 => bytes.truncate(at),
                _ => {
                    let other = &seeds[self.below(seeds.len())];
                    bytes.extend_from_slice(&other[self.below(other.len() + 1)..]);
                }
            }
        }
        bytes
    }
}

/// Runs a target; a panic is shown with the bytes that lead to it.
fn drive(
    target: &str,
    front: impl Fn(&mut Chance) -> Vec<u8>,
    check: impl Fn(&[u8]) + RefUnwindSafe,
) {
    let seeds = seeds(target);
    assert!(seeds.len() >= 19, "the seeds are in {}", folder().display());
    let mut chance = Chance(target.len() as u64);
    let changed: Vec<Vec<u8>> = (0..CHANGED).map(|_| chance.change(&seeds)).collect();
    for body in seeds.iter().chain(&changed) {
        let bytes = [front(&mut chance), body.clone()].concat();
        assert!(
            catch_unwind(|| check(&bytes)).is_ok(),
            "fuzz/fuzz_targets/{target}.rs fails on {bytes:?}"
        );
    }
}

#[test]
fn fuzz_csv_agreement_holds_for_seeds_and_changes() {
    drive("csv_agreement", |_| Vec::new(), csv_agreement::check);
}

/// P42.
#[test]
fn fuzz_csv_decode_holds_for_seeds_and_changes_under_every_setting() {
    // The settings, mostly with the usual limits, and the size of the pieces.
    let settings = |chance: &mut Chance| {
        let limits = if chance.below(4) == 0 {
            chance.below(256) as u8
        } else {
            0
        };
        vec![chance.below(256) as u8, limits, chance.below(20) as u8]
    };
    drive("csv_decode", settings, csv_decode::check);
}

#[test]
fn fuzz_every_target_is_driven_here() {
    let targets = fs::read_dir(folder().join("fuzz_targets")).unwrap();
    let mut names: Vec<String> = targets
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["csv_agreement.rs", "csv_decode.rs"]);
}
