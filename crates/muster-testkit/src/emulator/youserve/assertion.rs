//! Signed assertions (JWT): signature, audience, times, and that none comes twice.

use super::{
    super::{api::Scene, base64, clock},
    key_pair::Kind,
    skew, token,
};
use serde_json::Value;
use std::collections::HashSet;

/// The longest life of an assertion, and how far clocks may differ, in seconds.
const LIFE: i64 = 300;
const SKEW: i64 = 30;

/// The assertions that were seen.
#[derive(Debug, Default)]
pub(super) struct Assertions {
    seen: HashSet<String>,
}

impl Assertions {
    /// An assertion at the token endpoint: once only.
    pub(super) fn check(
        &mut self,
        text: &str,
        audience: &str,
        scene: &Scene,
    ) -> Result<(), String> {
        let claims = self.verified(text, scene)?;
        if claims["aud"] != audience {
            return Err(format!("the audience is not {audience}"));
        }
        let id = claims["jti"].as_str().ok_or("the assertion has no jti")?;
        if !self.seen.insert(id.to_owned()) || scene.has("assertion-replayed") {
            return Err("the assertion was used before".to_owned());
        }
        Ok(())
    }

    /// An assertion that is itself the token: any number of times while it lives.
    pub(super) fn check_bearer(&self, text: &str, scene: &Scene) -> Result<(), String> {
        let claims = self.verified(text, scene)?;
        let audience = claims["aud"].as_str().unwrap_or_default();
        if audience.starts_with(&scene.origin) {
            Ok(())
        } else {
            Err("the audience is not this host".to_owned())
        }
    }

    fn verified(&self, text: &str, scene: &Scene) -> Result<Value, String> {
        let parts: Vec<&str> = text.split('.').collect();
        let [head, claims, signature] = parts.as_slice() else {
            return Err("the assertion is no JWT".to_owned());
        };
        let part = |text: &str| base64::decode(text).ok_or("the assertion is not Base64");
        let value = |text: &str| {
            part(text).map(|it| serde_json::from_slice::<Value>(&it).unwrap_or_default())
        };
        // Neither `none` nor a keyed hash with the public key as its key.
        let algorithm = value(head)?["alg"].take();
        let kind = Kind::ALL
            .into_iter()
            .find(|kind| algorithm == kind.algorithm());
        let kind = kind.ok_or("the algorithm is none of RS256, ES256, ES384")?;
        let signed = format!("{head}.{claims}");
        if !kind.is_signed(signed.as_bytes(), &part(signature)?) || scene.has("wrong-key") {
            return Err("the signature is not right".to_owned());
        }
        let claims = value(claims)?;
        check_claims(&claims, scene).map(|()| claims)
    }
}

fn check_claims(claims: &Value, scene: &Scene) -> Result<(), String> {
    if claims["iss"] != token::CLIENT || claims["sub"] != token::CLIENT {
        return Err("iss and sub are not the client".to_owned());
    }
    let now = clock::wall().as_second() + skew(scene).as_secs();
    let time = |name: &str| claims[name].as_i64();
    let expires = time("exp").ok_or("the assertion has no exp")?;
    if expires + SKEW < now || scene.has("assertion-expired") {
        return Err("the assertion has expired".to_owned());
    }
    if expires > now + LIFE + SKEW {
        return Err("the assertion lives too long".to_owned());
    }
    if ["iat", "nbf"]
        .iter()
        .filter_map(|name| time(name))
        .any(|begins| begins > now + SKEW)
    {
        return Err("the assertion is not valid yet".to_owned());
    }
    Ok(())
}
