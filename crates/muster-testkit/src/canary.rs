//! Finds secrets in whatever a program wrote: plain, in base64, URL-encoded, escaped, in hexadecimal and packed.

use flate2::read::GzDecoder;
use std::{collections::HashMap, io::Read};

/// Most that one packed stream may unpack to.
const UNPACKED: u64 = 16 << 20;
/// A shorter form would be found by chance.
const SHORTEST: usize = 8;

/// Secrets that nothing may tell.
#[derive(Clone, Debug, Default)]
pub struct Canaries(Vec<(String, Vec<u8>)>);

impl Canaries {
    /// Looks for one more secret; of one with several lines, such as a key, for every line.
    pub fn add(&mut self, secret: &str) {
        for line in secret
            .lines()
            .filter(|line| line.len() >= SHORTEST && !line.starts_with("-----"))
        {
            if !self.0.iter().any(|(known, _)| known == line) {
                self.0
                    .extend(forms(line).into_iter().map(|form| (line.to_owned(), form)));
            }
        }
    }

    /// Whether there is anything to look for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first secret that stands in these bytes, and the form in which it does.
    pub fn find(&self, bytes: &[u8]) -> Option<String> {
        self.find_plain(bytes).or_else(|| {
            streams(bytes)
                .iter()
                .find_map(|unpacked| self.find_plain(unpacked))
        })
    }

    fn find_plain(&self, bytes: &[u8]) -> Option<String> {
        let mut starts: HashMap<&[u8], Vec<&(String, Vec<u8>)>> = HashMap::new();
        for form in &self.0 {
            starts.entry(&form.1[..SHORTEST]).or_default().push(form);
        }
        let mut places = bytes
            .windows(SHORTEST)
            .enumerate()
            .filter_map(|(at, start)| Some((at, starts.get(start)?)));
        let found = places
            .find_map(|(at, forms)| forms.iter().find(|(_, form)| bytes[at..].starts_with(form)));
        found.map(|(secret, form)| format!("`{secret}` as `{}`", String::from_utf8_lossy(form)))
    }
}

/// Everything that is packed with gzip somewhere in these bytes, as far as it can be unpacked.
fn streams(bytes: &[u8]) -> Vec<Vec<u8>> {
    let starts = bytes
        .windows(3)
        .enumerate()
        .filter(|(_, head)| *head == [0x1f, 0x8b, 8])
        .map(|(at, _)| at);
    let unpack = |at: usize| {
        let mut unpacked = Vec::new();
        // What came before the stream broke counts.
        let _ended = GzDecoder::new(&bytes[at..])
            .take(UNPACKED)
            .read_to_end(&mut unpacked);
        unpacked
    };
    starts.map(unpack).collect()
}

fn forms(secret: &str) -> Vec<Vec<u8>> {
    let hexadecimal: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let escaped = serde_json::to_string(secret).unwrap_or_default();
    let mut forms = vec![
        secret.to_owned(),
        escaped.trim_matches('"').to_owned(),
        escaped.trim_matches('"').replace('/', "\\/"),
        encoded(secret, |byte| format!("%{byte:02X}")),
        encoded(secret, |byte| format!("%{byte:02x}")),
        encoded(secret, |byte| {
            if byte == b' ' {
                "+".to_owned()
            } else {
                format!("%{byte:02X}")
            }
        }),
        hexadecimal.to_uppercase(),
        hexadecimal,
    ];
    for before in 0..3 {
        let standard = within_base64(secret, before);
        forms.push(standard.replace('+', "-").replace('/', "_"));
        forms.push(standard);
    }
    forms.retain(|form| form.len() >= SHORTEST);
    forms.sort_unstable();
    forms.dedup();
    forms.into_iter().map(String::into_bytes).collect()
}

fn encoded(secret: &str, other: impl Fn(u8) -> String) -> String {
    let one = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
            char::from(byte).to_string()
        }
        byte => other(byte),
    };
    secret.bytes().map(one).collect()
}

/// The part of a base64 text that is the same whatever stands around the secret, with so many bytes before it.
fn within_base64(secret: &str, before: usize) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = vec![0; before];
    bytes.extend(secret.bytes());
    let groups = bytes.chunks_exact(3).flat_map(|group| {
        let bits = u32::from(group[0]) << 16 | u32::from(group[1]) << 8 | u32::from(group[2]);
        [18, 12, 6, 0].map(|shift| char::from(LETTERS[(bits >> shift & 63) as usize]))
    });
    // A letter holds bits of what stands before.
    groups.skip([0, 2, 3][before]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    const SECRET: &str = "Canary \"+/=?&\" of the mine";

    fn canaries() -> Canaries {
        let mut canaries = Canaries::default();
        canaries.add(SECRET);
        canaries
    }

    #[test]
    fn a_secret_is_found_in_every_form_and_nowhere_else() {
        for reported in [
            format!("error: {SECRET} is wrong"),
            r#"{"message": "Canary \"+/=?&\" of the mine"}"#.to_owned(),
            "?secret=Canary%20%22%2B%2F%3D%3F%26%22%20of%20the%20mine".to_owned(),
            "secret=Canary+%22%2B%2F%3D%3F%26%22+of+the+mine".to_owned(),
            // As it is, behind `x`, and behind `ab:` with more behind.
            "Q2FuYXJ5ICIrLz0/JiIgb2YgdGhlIG1pbmU=".to_owned(),
            "eENhbmFyeSAiKy89PyYiIG9mIHRoZSBtaW5l".to_owned(),
            "Basic YWI6eENhbmFyeSAiKy89PyYiIG9mIHRoZSBtaW5lOng=".to_owned(),
            "YTpDYW5hcnkgIisvPT8mIiBvZiB0aGUgbWluZQ".to_owned(),
            "43616e617279".to_owned() + "20222b2f3d3f2622206f6620746865206d696e65",
        ] {
            assert!(canaries().find(reported.as_bytes()).is_some(), "{reported}");
        }
        assert_eq!(
            canaries().find(b"a canary of the mine, and Canary alone"),
            None
        );
    }

    #[test]
    fn a_secret_is_found_in_what_is_packed() {
        let mut packer = GzEncoder::new(Vec::new(), Compression::default());
        packer
            .write_all(format!("what nobody sees: {SECRET}").as_bytes())
            .unwrap();
        let packed = [
            b"before".to_vec(),
            packer.finish().unwrap(),
            b"behind".to_vec(),
        ]
        .concat();
        assert!(canaries().find(&packed).is_some());
        assert!(!canaries().is_empty());
    }

    #[test]
    fn every_line_of_a_key_is_a_secret_but_not_its_frame() {
        let mut canaries = Canaries::default();
        canaries.add("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw\n-----END PRIVATE KEY-----\n");
        assert!(canaries.find(b"key MC4CAQAwBQYDK2Vw").is_some());
        assert_eq!(canaries.find(b"-----BEGIN PRIVATE KEY-----"), None);
    }
}
