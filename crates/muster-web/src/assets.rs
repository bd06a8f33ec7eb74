//! Files of the pages, inside the program. Their addresses contain a hash of the content, so that browsers keep them.

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use std::sync::LazyLock;

struct Asset {
    name: &'static str,
    kind: &'static str,
    content: &'static [u8],
}

macro_rules! assets {
    ($($name:literal, $kind:literal;)*) => {
        const ASSETS: &[Asset] = &[$(Asset {
            name: $name,
            kind: $kind,
            content: include_bytes!(concat!("../assets/", $name)),
        },)*];
    };
}

assets! {
    "app.js", "text/javascript; charset=utf-8";
    "icon.svg", "image/svg+xml";
    "icons.svg", "image/svg+xml";
    "fonts/inter-latin.woff2", "font/woff2";
    "fonts/inter-latin-ext.woff2", "font/woff2";
}

/// The stylesheet names the fonts; here it names them by their addresses.
static STYLESHEET: LazyLock<String> = LazyLock::new(|| {
    let mut text = include_str!("../assets/app.css").to_owned();
    for font in ["fonts/inter-latin.woff2", "fonts/inter-latin-ext.woff2"] {
        text = text.replace(&format!("\"{font}\""), &format!("\"{}\"", url(font)));
        text = text.replace(&format!("({font})"), &format!("({})", url(font)));
    }
    text
});

const STYLESHEET_NAME: &str = "app.css";

/// Every asset by its address: `/static/app.1a2b3c4d.css`.
static ADDRESSES: LazyLock<Vec<(String, &'static Asset)>> = LazyLock::new(|| {
    ASSETS
        .iter()
        .map(|asset| (address(asset.name, asset.content), asset))
        .collect()
});

/// The address of an asset.
pub(crate) fn url(name: &str) -> String {
    if name == STYLESHEET_NAME {
        return address(name, STYLESHEET.as_bytes());
    }
    let found = ADDRESSES.iter().find(|(_, asset)| asset.name == name);
    found.map(|(url, _)| url.clone()).unwrap_or_default()
}

fn address(name: &str, content: &[u8]) -> String {
    let hash = blake3::hash(content).to_hex();
    let file = name.rsplit('/').next().unwrap_or(name);
    let (stem, ending) = file.rsplit_once('.').unwrap_or((file, ""));
    format!("/static/{stem}.{}.{ending}", &hash[..8])
}

pub(crate) async fn asset(Path(name): Path<String>) -> Response {
    let wanted = format!("/static/{name}");
    if wanted == url(STYLESHEET_NAME) {
        return forever("text/css; charset=utf-8", STYLESHEET.as_bytes());
    }
    match ADDRESSES.iter().find(|(address, _)| *address == wanted) {
        Some((_, asset)) => forever(asset.kind, asset.content),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn forever(kind: &'static str, content: &'static [u8]) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, content).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_contain_a_hash_and_the_stylesheet_names_them() {
        let font = url("fonts/inter-latin.woff2");
        assert_eq!(font.len(), "/static/inter-latin.12345678.woff2".len());
        assert!(STYLESHEET.contains(&font));
        assert!(
            !STYLESHEET.contains("fonts/"),
            "a font is named by its file"
        );
    }
}
