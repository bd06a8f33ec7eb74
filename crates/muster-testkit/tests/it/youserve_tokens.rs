//! Signed tokens of YouServe: the ways to log in, and every reason for a refusal.

use crate::client::{
    post, start_fast,
    youserve::{FORM, read},
};
use muster_testkit::emulator::{Emulator, Product};
use rustls::{
    SignatureScheme,
    crypto::aws_lc_rs::sign::any_supported_type,
    pki_types::{PrivateKeyDer, pem::PemObject},
};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};

static ASSERTIONS: AtomicU64 = AtomicU64::new(0);

const ASSERTION_TYPE: &str = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";

fn base64(bytes: &[u8]) -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let word = three
            .iter()
            .fold(0_u32, |word, byte| word << 8 | u32::from(*byte))
            << (8 * (3 - three.len()));
        text.extend(
            (0..=three.len())
                .map(|place| char::from(alphabet[(word >> (18 - 6 * place)) as usize & 63])),
        );
    }
    text
}

/// Claims that are let in, and a fresh number.
fn claims(emulator: &Emulator) -> Value {
    #[allow(clippy::disallowed_methods, reason = "an assertion has the time in it")]
    let now = jiff::Timestamp::now().as_second();
    let client = emulator.credential("client_id");
    json!({
        "iss": client, "sub": client, "aud": format!("{}/authentication/token", emulator.url()),
        "iat": now, "nbf": now, "exp": now + 200,
        "jti": format!("jti-{}", ASSERTIONS.fetch_add(1, Ordering::SeqCst)),
    })
}

fn signed(emulator: &Emulator, claims: &Value, algorithm: &str) -> String {
    let head = json!({"alg": algorithm, "typ": "JWT"}).to_string();
    let message = format!(
        "{}.{}",
        base64(head.as_bytes()),
        base64(claims.to_string().as_bytes())
    );
    let key = PrivateKeyDer::from_pem_slice(emulator.credential("private_key").as_bytes()).unwrap();
    let signer = any_supported_type(&key)
        .unwrap()
        .choose_scheme(&[SignatureScheme::RSA_PKCS1_SHA256])
        .unwrap();
    format!(
        "{message}.{}",
        base64(&signer.sign(message.as_bytes()).unwrap())
    )
}

/// The same with a key on an elliptic curve: the signature as the library makes it (DER), and as a JWT has it.
fn signed_on_a_curve(
    emulator: &Emulator,
    algorithm: &str,
    key: &str,
    scheme: SignatureScheme,
) -> [String; 2] {
    let head = json!({"alg": algorithm, "typ": "JWT"}).to_string();
    let claims = claims(emulator).to_string();
    let message = format!("{}.{}", base64(head.as_bytes()), base64(claims.as_bytes()));
    let key = PrivateKeyDer::from_pem_slice(emulator.credential(key).as_bytes()).unwrap();
    let signer = any_supported_type(&key)
        .unwrap()
        .choose_scheme(&[scheme])
        .unwrap();
    let der = signer.sign(message.as_bytes()).unwrap();
    let size = if algorithm == "ES256" { 32 } else { 48 };
    let (first, rest) = der[4..].split_at(usize::from(der[3]));
    let number = |bytes: &[u8]| {
        let padded = [vec![0; size], bytes.to_vec()].concat();
        padded[padded.len() - size..].to_vec()
    };
    let raw = [number(first), number(&rest[2..])].concat();
    [der, raw].map(|signature| format!("{message}.{}", base64(&signature)))
}

fn form(emulator: &Emulator, assertion: &str) -> String {
    let client = emulator.credential("client_id");
    format!(
        "grant_type=client_credentials&client_id={client}&client_assertion_type={ASSERTION_TYPE}&client_assertion={assertion}"
    )
}

/// A request for a token with a good assertion.
pub(crate) fn assertion_form(emulator: &Emulator) -> String {
    form(emulator, &signed(emulator, &claims(emulator), "RS256"))
}

fn prove(emulator: &Emulator, body: &str) -> u16 {
    post(emulator, "/authentication/token", &FORM, body).status
}

#[test]
fn assertions_are_let_in_by_three_ways() {
    let emulator = start_fast(Product::YouServe);
    assert_eq!(prove(&emulator, &assertion_form(&emulator)), 200);
    let granted = format!(
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={}",
        signed(&emulator, &claims(&emulator), "RS256")
    );
    assert_eq!(prove(&emulator, &granted), 200);
    let bearer = format!("Bearer {}", signed(&emulator, &claims(&emulator), "RS256"));
    assert_eq!(read(&emulator, &bearer, "companies").status, 200);
    assert_eq!(
        read(&emulator, &bearer, "companies").status,
        200,
        "as a token it is used again"
    );
}

#[test]
fn a17_assertions_are_refused_for_every_reason() {
    let emulator = start_fast(Product::YouServe);
    let why = |change: &dyn Fn(&mut Value), algorithm: &str| {
        let mut claims = claims(&emulator);
        change(&mut claims);
        let body = form(&emulator, &signed(&emulator, &claims, algorithm));
        let reply = post(&emulator, "/authentication/token", &FORM, &body);
        assert_eq!(reply.status, 400);
        reply.json()["error_description"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let moved = |claims: &mut Value, name: &str, seconds: i64| {
        claims[name] = json!(claims[name].as_i64().unwrap() + seconds)
    };
    assert_eq!(
        why(&|_| {}, "none"),
        "the algorithm is none of RS256, ES256, ES384"
    );
    assert_eq!(
        why(&|_| {}, "HS256"),
        "the algorithm is none of RS256, ES256, ES384"
    );
    assert!(
        why(
            &|claims| claims["aud"] = json!("https://other.example"),
            "RS256"
        )
        .starts_with("the audience is not")
    );
    assert_eq!(
        why(&|claims| moved(claims, "exp", -600), "RS256"),
        "the assertion has expired"
    );
    assert_eq!(
        why(&|claims| moved(claims, "exp", 600), "RS256"),
        "the assertion lives too long"
    );
    assert_eq!(
        why(&|claims| moved(claims, "nbf", 120), "RS256"),
        "the assertion is not valid yet"
    );
    assert_eq!(
        why(&|claims| claims["iss"] = json!("other"), "RS256"),
        "iss and sub are not the client"
    );
    let body = assertion_form(&emulator);
    assert_eq!(
        (prove(&emulator, &body), prove(&emulator, &body)),
        (200, 400),
        "none comes twice"
    );
    let mut forged = assertion_form(&emulator);
    let last = if forged.ends_with('A') {
        "BAAA"
    } else {
        "AAAA"
    };
    forged.replace_range(forged.len() - 8..forged.len() - 4, last);
    assert_eq!(prove(&emulator, &forged), 400);
    for name in ["clock-ahead", "clock-behind"] {
        emulator.scenario("plain").unwrap();
        emulator.scenario(name).unwrap();
        assert_eq!(prove(&emulator, &assertion_form(&emulator)), 400, "{name}");
    }
}

#[test]
fn keys_on_elliptic_curves_sign_too_and_each_algorithm_has_its_own_key() {
    let emulator = start_fast(Product::YouServe);
    let (p256, p384) = (
        SignatureScheme::ECDSA_NISTP256_SHA256,
        SignatureScheme::ECDSA_NISTP384_SHA384,
    );
    let status = |algorithm: &str, key: &str, scheme| {
        signed_on_a_curve(&emulator, algorithm, key, scheme)
            .map(|token| prove(&emulator, &form(&emulator, &token)))
    };
    assert_eq!(
        status("ES256", "private_key_p256", p256),
        [400, 200],
        "a signature has two numbers side by side"
    );
    assert_eq!(status("ES384", "private_key_p384", p384), [400, 200]);
    assert_eq!(status("ES384", "private_key_p256", p256), [400, 400]);
    assert_eq!(status("RS256", "private_key_p256", p256), [400, 400]);
    let rsa = signed(&emulator, &claims(&emulator), "ES256");
    assert_eq!(prove(&emulator, &form(&emulator, &rsa)), 400);
}
