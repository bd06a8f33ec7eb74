//! Private keys: every form that signs, and the reason why one cannot be used.

use super::*;

/// Makes a key with openssl; gives it and its public key.
fn made(arguments: &[&[&str]], form: &[&str]) -> (SecretString, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let run = |arguments: &[&str]| {
        let output = Command::new("openssl").args(arguments).output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    };
    for first in arguments {
        run(&[*first, &["-out", &path("key")]].concat());
    }
    run(&[
        "pkey",
        "-in",
        &path("key"),
        "-pubout",
        "-out",
        &path("public"),
    ]);
    run(&[form, &["-in", &path("key"), "-out", &path("given")]].concat());
    let read = |name: &str| fs::read(Path::new(&path(name))).unwrap();
    (
        String::from_utf8(read("given")).unwrap().into(),
        read("public"),
    )
}

const RSA: &[&str] = &[
    "genpkey",
    "-algorithm",
    "RSA",
    "-pkeyopt",
    "rsa_keygen_bits:2048",
];
const P256: &[&str] = &[
    "genpkey",
    "-algorithm",
    "EC",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
];
const P384: &[&str] = &[
    "genpkey",
    "-algorithm",
    "EC",
    "-pkeyopt",
    "ec_paramgen_curve:P-384",
];

#[track_caller]
fn signs(kind: &[&str], form: &[&str], passphrase: Option<&str>, algorithm: Algorithm) {
    let (given, public) = made(&[kind], form);
    let key = Key::read(&given, passphrase.map(SecretString::from), Some("key-7")).unwrap();
    let now: Timestamp = "2026-11-02T08:00:00Z".parse().unwrap();
    let token = key
        .sign("the-client", "https://api.example/token", now)
        .unwrap();
    let header = decode_header(token.expose_secret()).unwrap();
    assert_eq!(
        (header.alg, header.kid.as_deref(), header.typ.as_deref()),
        (algorithm, Some("key-7"), Some("JWT"))
    );
    let public = match algorithm {
        Algorithm::RS256 => DecodingKey::from_rsa_pem(&public),
        _ => DecodingKey::from_ec_pem(&public),
    };
    let mut validation = Validation::new(algorithm);
    validation.set_audience(&["https://api.example/token"]);
    validation.validate_exp = false;
    let claims = decode::<Json>(token.expose_secret(), &public.unwrap(), &validation)
        .unwrap()
        .claims;
    let seconds = now.as_second();
    assert_eq!(
        (claims["iss"].as_str(), claims["sub"].as_str()),
        (Some("the-client"), Some("the-client"))
    );
    assert_eq!(
        (claims["iat"].as_i64(), claims["nbf"].as_i64()),
        (Some(seconds), Some(seconds))
    );
    assert_eq!(
        (
            claims["exp"].as_i64(),
            claims["jti"].as_str().unwrap().len()
        ),
        (Some(seconds + 300), 32)
    );
    assert!(!format!("{key:?}").contains("PRIVATE"));
}

#[test]
fn a18_rsa_and_ec_keys_sign_in_every_form_with_a_passphrase_or_without() {
    let encrypted = [
        "pkcs8",
        "-topk8",
        "-v2",
        "aes-256-cbc",
        "-passout",
        "pass:open sesame",
    ];
    signs(
        RSA,
        &["pkcs8", "-topk8", "-nocrypt"],
        None,
        Algorithm::RS256,
    );
    signs(RSA, &["rsa", "-traditional"], None, Algorithm::RS256);
    signs(RSA, &encrypted, Some("open sesame"), Algorithm::RS256);
    signs(P256, &["ec"], None, Algorithm::ES256);
    signs(P256, &encrypted, Some("open sesame"), Algorithm::ES256);
    signs(
        P384,
        &["pkcs8", "-topk8", "-nocrypt"],
        None,
        Algorithm::ES384,
    );
}

#[test]
fn a18_a_wrong_passphrase_or_kind_of_key_is_reported() {
    let encrypted = [
        "pkcs8",
        "-topk8",
        "-v2",
        "aes-256-cbc",
        "-passout",
        "pass:open sesame",
    ];
    let (given, _) = made(&[P256], &encrypted);
    let why = |given: &SecretString, passphrase: Option<&str>| {
        let error = Key::read(given, passphrase.map(SecretString::from), None).unwrap_err();
        assert!(!format!("{error:?}").contains("sesame"));
        error.to_string()
    };
    assert!(why(&given, Some("open barley")).contains("WrongPassphrase"));
    assert!(why(&given, None).contains("NoPassphrase"));
    let (ed25519, _) = made(&[&["genpkey", "-algorithm", "ED25519"]], &["pkey"]);
    assert!(why(&ed25519, None).contains("OtherKind"));
    let (short, _) = made(
        &[&[
            "genpkey",
            "-algorithm",
            "RSA",
            "-pkeyopt",
            "rsa_keygen_bits:1024",
        ]],
        &["pkey"],
    );
    assert!(why(&short, None).contains("CannotSign"));
}
