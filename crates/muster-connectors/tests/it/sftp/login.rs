//! Login over SSH: credentials, key forms, host keys and algorithms.

use super::*;

#[tokio::test]
async fn all_four_credential_forms_log_in() {
    let server = OpenSsh::start(Options::default());
    server.write("a.csv", b"id\n1\n");
    for (form, settings) in [
        ("password", accepted(&server)),
        ("key", with_key(&server, &server.key, None)),
        (
            "key with CRLF",
            with_key(&server, &server.key.replace('\n', "\r\n"), None),
        ),
        ("rsa key", with_key(&server, &server.rsa_key, None)),
        (
            "key with passphrase",
            with_key(&server, &server.key_with_passphrase, Some(PASSPHRASE)),
        ),
    ] {
        let delivery = fetched(&settings)
            .await
            .unwrap_or_else(|error| panic!("{form}: {error}\n{}", server.log()));
        assert_eq!(delivery.files[0].file.name, "a.csv", "{form}");
        assert!(
            delivery.warnings.is_empty(),
            "{form}: {:?}",
            delivery.warnings
        );
    }
}

/// The key in another form, as `ssh-keygen` writes it.
fn converted(key: &str, form: &str, passphrase: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    fs::write(&path, key).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    let arguments = ["-q", "-p", "-P", "", "-N", passphrase, "-m", form, "-f"];
    assert!(
        Command::new("ssh-keygen")
            .args(arguments)
            .arg(&path)
            .stdout(Stdio::null())
            .status()
            .unwrap()
            .success()
    );
    fs::read_to_string(path).unwrap()
}

#[tokio::test]
async fn keys_in_older_forms_are_read_or_the_way_to_convert_them_is_reported() {
    let server = OpenSsh::start(Options::default());
    server.write("a.csv", b"id\n1\n");
    for (form, begin) in [
        ("PEM", "-----BEGIN RSA PRIVATE KEY"),
        ("PKCS8", "-----BEGIN ENCRYPTED PRIVATE KEY"),
    ] {
        let locked = converted(&server.rsa_key, form, PASSPHRASE);
        assert!(locked.starts_with(begin), "{locked}");
        fetched(&with_key(&server, &locked, Some(PASSPHRASE)))
            .await
            .unwrap_or_else(|error| panic!("{form}: {error}"));
        let error = refused(&with_key(&server, &locked, Some("wrong one"))).await;
        check(
            &error,
            Code::TransportKey,
            ErrorKind::Unauthorised,
            &["WrongPassphrase"],
        );
        let error = refused(&with_key(&server, &locked, None)).await;
        check(
            &error,
            Code::TransportKey,
            ErrorKind::Unauthorised,
            &["NoPassphrase", "SetPassphrase"],
        );
    }
    for form in ["PEM", "PKCS8"] {
        fetched(&with_key(
            &server,
            &converted(&server.ecdsa_key, form, ""),
            None,
        ))
        .await
        .unwrap();
    }
    let locked = converted(&server.ecdsa_key, "PEM", PASSPHRASE);
    let error = refused(&with_key(&server, &locked, Some(PASSPHRASE))).await;
    check(
        &error,
        Code::TransportKey,
        ErrorKind::Unauthorised,
        &["InOldForm", "ConvertKey"],
    );
}

#[tokio::test]
async fn t02_key_and_password_are_two_steps_in_either_order() {
    for methods in ["publickey,password", "password,publickey"] {
        let server = OpenSsh::start(Options {
            methods,
            ..Options::default()
        });
        server.write("a.csv", b"id\n1\n");
        for (key, passphrase) in [
            (&server.key, None),
            (&server.key_with_passphrase, Some(PASSPHRASE)),
        ] {
            let mut both = with_key(&server, key, passphrase);
            both.credentials.password = Some(PASSWORD.into());
            fetched(&both)
                .await
                .unwrap_or_else(|error| panic!("{methods}: {error}\n{}", server.log()));
        }
        let only_password = refused(&accepted(&server)).await;
        let only_key = refused(&with_key(&server, &server.key, None)).await;
        let wanted = "wanted: [\"publickey\"";
        check(
            &only_password,
            Code::TransportCredentials,
            ErrorKind::Unauthorised,
            &[wanted],
        );
        let wanted = "wanted: [\"password\"";
        check(
            &only_key,
            Code::TransportCredentials,
            ErrorKind::Unauthorised,
            &[wanted],
        );
    }
}

#[tokio::test]
async fn a_password_that_is_asked_for_by_questions_is_answered() {
    let server = OpenSsh::start(Options {
        questions: true,
        ..Options::default()
    });
    server.write("a.csv", b"id\n1\n");
    let delivery = fetched(&accepted(&server))
        .await
        .unwrap_or_else(|error| panic!("{error}\n{}", server.log()));
    assert_eq!(delivery.files.len(), 1);
    let mut wrong = accepted(&server);
    wrong.credentials.password = Some("wrong one".into());
    let error = refused(&wrong).await;
    assert_eq!(
        (error.code, error.retry),
        (Code::TransportCredentials, false),
        "{error}"
    );
}

#[tokio::test]
async fn t01_a_wrong_password_key_or_passphrase_stops_at_once() {
    let server = OpenSsh::start(Options::default());
    let at = format!("user: {USER:?}, server: \"127.0.0.1:{}\"", server.port);
    let mut wrong = accepted(&server);
    wrong.credentials.password = Some("wrong one".into());
    let credentials = (Code::TransportCredentials, ErrorKind::Unauthorised);
    let parts = [
        at.as_str(),
        "refused: [Password]",
        "wanted: [\"publickey\",",
        "CorrectCredentials",
    ];
    let parts = parts.map(|part| part.trim_end_matches(','));
    check(&refused(&wrong).await, credentials.0, credentials.1, &parts);
    assert_eq!(
        server.log().matches("Failed password for").count(),
        1,
        "{}",
        server.log()
    );

    let error = refused(&with_key(&server, &server.other_key, None)).await;
    check(
        &error,
        credentials.0,
        credentials.1,
        &[&at, "refused: [PrivateKey]", "password"],
    );

    let server_name = format!("Server(\"{USER}@127.0.0.1:{}\")", server.port);
    let connections = server.log().matches("Connection from").count();
    let locked = &server.key_with_passphrase;
    let error = refused(&with_key(&server, locked, Some("wrong one"))).await;
    check(
        &error,
        Code::TransportKey,
        ErrorKind::Unauthorised,
        &[&server_name, "PrivateKey(WrongPassphrase)"],
    );
    let error = refused(&with_key(&server, locked, None)).await;
    check(
        &error,
        Code::TransportKey,
        ErrorKind::Unauthorised,
        &[&server_name, "PrivateKey(NoPassphrase)"],
    );
    assert_eq!(
        server.log().matches("Connection from").count(),
        connections,
        "a bad key needs no connection"
    );
}

#[tokio::test]
async fn t03_an_unknown_host_key_is_shown_and_nothing_is_sent() {
    let server = OpenSsh::start(Options::default());
    let mut unknown = accepted(&server);
    unknown.host_keys.clear();
    let error = look(&unknown).await.unwrap_err();
    let parts = [
        server.fingerprint.as_str(),
        "HostKeyUnknown",
        "AcceptHostKey",
    ];
    check(
        &error,
        Code::HostKeyUnknown,
        ErrorKind::Unauthorised,
        &parts,
    );
    assert_eq!(error.fingerprint.as_ref(), Some(&server.fingerprint));
    assert!(!error.retry);
    assert!(
        !server.log().contains(USER),
        "not even the user's name: {}",
        server.log()
    );
    unknown.host_keys = error.fingerprint.into_iter().collect();
    assert_eq!(
        look(&unknown).await.unwrap().host_key.as_ref(),
        Some(&server.fingerprint)
    );
}

/// P19.
#[tokio::test]
async fn t04_a_changed_host_key_is_refused_before_any_credential() {
    let (server, other) = (
        OpenSsh::start(Options::default()),
        OpenSsh::start(Options::default()),
    );
    let mut changed = accepted(&server);
    changed.host_keys = vec![other.fingerprint.clone()];
    changed.host_keys_since = Some("2026-01-31T12:00:00Z".parse().unwrap());
    let error = refused(&changed).await;
    let parts = [
        server.fingerprint.as_str(),
        other.fingerprint.as_str(),
        "since: Some(2026-01-31T12:00:00Z)",
    ];
    check(
        &error,
        Code::HostKeyChanged,
        ErrorKind::Unauthorised,
        &parts,
    );
    assert_eq!(error.fingerprint.as_ref(), Some(&server.fingerprint));
    assert!(!server.log().contains(USER), "{}", server.log());
}

#[tokio::test]
async fn a_host_key_of_another_kind_is_found_when_it_was_accepted() {
    let server = OpenSsh::start(Options::default());
    let mut rsa = accepted(&server);
    rsa.host_keys = vec![server.rsa_fingerprint.clone()];
    assert_eq!(
        look(&rsa).await.unwrap().host_key.as_ref(),
        Some(&server.rsa_fingerprint)
    );
}

#[tokio::test]
async fn t05_old_algorithms_are_refused_with_both_lists_unless_allowed() {
    let server = OpenSsh::start(Options {
        old_algorithms: true,
        ..Options::default()
    });
    server.write("a.csv", b"id\n1\n");
    let mut old = accepted(&server);
    let ours = ssh_algorithms(false);
    let mut wanted = vec!["missing: [KeyExchange, HostKey, Cipher, Mac]".to_owned()];
    for (kind, theirs, ours) in [
        (
            "KeyExchange",
            "diffie-hellman-group14-sha1",
            ours.key_exchanges,
        ),
        ("HostKey", "ssh-rsa", ours.host_keys),
        ("Cipher", "aes128-cbc", ours.ciphers),
        ("Mac", "hmac-sha1", ours.macs),
    ] {
        wanted.push(format!("kind: {kind}, theirs: [{theirs:?}"));
        wanted.push(format!("ours: {ours:?}"));
    }
    wanted.push("UpdateServerOrAllowLegacy".to_owned());
    let parts: Vec<&str> = wanted.iter().map(String::as_str).collect();
    check(
        &refused(&old).await,
        Code::TransportAlgorithms,
        ErrorKind::Refused,
        &parts,
    );
    old.legacy_algorithms = true;
    fetched(&old)
        .await
        .unwrap_or_else(|error| panic!("{error}\n{}", server.log()));
    let mut rsa = with_key(&server, &server.rsa_key, None);
    rsa.legacy_algorithms = true;
    fetched(&rsa)
        .await
        .unwrap_or_else(|error| panic!("{error}\n{}", server.log()));
}
