//! Secret tokens: 256 random bits as hexadecimal digits. Only their SHA-256 or a key derived from them is stored or shown.

use muster_store::TokenHash;
use std::fmt::Write;

/// What API tokens begin with, so that they are recognised where they must not be.
const API_PREFIX: &str = "mst_";

/// A new API token, and what is stored of it.
pub struct RandomApiToken {
    pub text: String,
    pub hash: TokenHash,
}

/// Makes an API token: 256 random bits.
pub fn random_api_token() -> Result<RandomApiToken, getrandom::Error> {
    let token = Token(format!("{API_PREFIX}{}", Token::random()?.0));
    Ok(RandomApiToken {
        hash: token.hash(),
        text: token.0,
    })
}

/// A token of a session, of a link or of an API client.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Token(String);

impl Token {
    pub(crate) fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(hexadecimal(&bytes)))
    }

    /// A token that a browser sent; none: it cannot be one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_token = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_token.then(|| Self(text.to_owned()))
    }

    /// A token that an API client sent; none: it cannot be one.
    pub(crate) fn parse_api(text: &str) -> Option<Self> {
        Self::parse(text.strip_prefix(API_PREFIX)?)?;
        Some(Self(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn hash(&self) -> TokenHash {
        use sha2::Digest;
        sha2::Sha256::digest(self.0.as_bytes()).into()
    }

    /// The id of its session in lists.
    pub(crate) fn session_id(&self) -> String {
        muster_store::session_id(&self.hash())
    }

    /// What forms of this session carry: it proves that a page of ours sent them.
    pub(crate) fn form_token(&self) -> String {
        hexadecimal(&blake3::derive_key("muster form token", self.0.as_bytes()))
    }

    /// Compares in constant time.
    pub(crate) fn is_form_token(&self, sent: &str) -> bool {
        blake3::hash(self.form_token().as_bytes()) == blake3::hash(sent.as_bytes())
    }
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
