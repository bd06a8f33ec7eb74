//! Text that was UTF-8, was read as windows-1252 and written as UTF-8 again: `MÃ¼ller` for `Müller`.

/// The text that was probably meant, if any part of it looks decoded twice.
///
/// Only parts of two and more characters outside ASCII that are windows-1252 and, as bytes, valid UTF-8
/// count: hardly any word of a language has such a part.
pub(crate) fn meant(raw: &str) -> Option<String> {
    if raw.is_ascii() {
        return None;
    }
    let mut text = String::with_capacity(raw.len());
    let mut found = false;
    let mut rest = raw;
    while let Some(start) = rest.find(|character: char| !character.is_ascii()) {
        let part = &rest[start..];
        let end = part
            .find(|character: char| character.is_ascii())
            .unwrap_or(part.len());
        text.push_str(&rest[..start]);
        match once(&part[..end]) {
            Some(decoded) => {
                found = true;
                text.push_str(&decoded);
            }
            None => text.push_str(&part[..end]),
        }
        rest = &part[end..];
    }
    text.push_str(rest);
    found.then_some(text)
}

fn once(part: &str) -> Option<String> {
    let bytes: Vec<u8> = part.chars().map(byte_of).collect::<Option<_>>()?;
    String::from_utf8(bytes).ok()
}

/// The characters that windows-1252 has from 0x80 to 0x9F; those that it leaves free are control characters.
const HIGH: [char; 32] = [
    '\u{20AC}', '\u{81}', '\u{201A}', '\u{0192}', '\u{201E}', '\u{2026}', '\u{2020}', '\u{2021}',
    '\u{02C6}', '\u{2030}', '\u{0160}', '\u{2039}', '\u{0152}', '\u{8D}', '\u{017D}', '\u{8F}',
    '\u{90}', '\u{2018}', '\u{2019}', '\u{201C}', '\u{201D}', '\u{2022}', '\u{2013}', '\u{2014}',
    '\u{02DC}', '\u{2122}', '\u{0161}', '\u{203A}', '\u{0153}', '\u{9D}', '\u{017E}', '\u{0178}',
];

fn byte_of(character: char) -> Option<u8> {
    match u32::from(character) {
        // Both what windows-1252 and what latin1 make of a byte.
        code @ 0x80..=0xFF => u8::try_from(code).ok(),
        _ => (0x80..)
            .zip(HIGH)
            .find_map(|(byte, high)| (high == character).then_some(byte)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_decoded_twice_is_recognised_and_honest_text_is_not() {
        for (raw, wanted) in [
            ("MÃ¼ller", "Müller"),
            ("ZoÃ«", "Zoë"),
            ("JosÃ© GarcÃ\u{ad}a", "José García"),
            ("Oâ€™Neill", "O’Neill"),
            ("Ã\u{81}vila", "Ávila"),
            ("CafÃ© und MÃ¼ller", "Café und Müller"),
        ] {
            assert_eq!(meant(raw).as_deref(), Some(wanted), "{raw}");
        }
        for honest in [
            "Müller",
            "JOÃO",
            "São Paulo",
            "Ångström",
            "Łódź",
            "Иванов",
            "«Été»",
            "Zoë — Ünal",
            "plain",
            "👩\u{200D}💻",
            "Ça va…",
        ] {
            assert_eq!(meant(honest), None, "{honest}");
        }
    }
}
