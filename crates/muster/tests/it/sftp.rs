//! The whole job against a real SSH server: the host key first, then the credentials, then the files.

use crate::ground::{Ground, PLAIN};
use muster_testkit::openssh::{OpenSsh, Options, PASSWORD, USER};

#[test]
fn t03_no_credentials_are_sent_before_the_host_key_is_accepted() {
    let server = OpenSsh::start(Options::default());
    server.write(
        "alleo_employees_1.csv",
        b"email,first_name,last_name,external_id\nann@acme.example,Ann,Jansen,E-1\n",
    );
    let ground = Ground::new(&format!(
        "workspace = \"acme\"\nname = \"hr\"\npreset = \"alleo\"\n[source]\nurl = \"sftp://127.0.0.1:{}{}\"\nsettle = \"0s\"\n\
         [source.limits]\nattempts = 1\n[credentials]\nuser = \"{USER}\"\npassword = {{ file = \"password\" }}\n",
        server.port,
        server.folder.display()
    ));
    ground.secret("password", PASSWORD);
    ground
        .sync()
        .is(1, "failed")
        .says("MUS-TRANSPORT-HOST-KEY-UNKNOWN")
        .says(&server.fingerprint);
    let tested = ground.run(&[
        "test",
        "integration.toml",
        "--accept-host-key",
        &server.fingerprint,
    ]);
    assert_eq!(tested.code, 0, "{}", tested.text);
    assert_eq!(tested.json["sample"][0][1], "Ann");
    ground.approve();
    assert_eq!(ground.person("E-1")["status"], "active");

    ground.secret("password", "wrong");
    let refused = ground.sync();
    refused.is(1, "failed").says("MUS-TRANSPORT-CREDENTIALS");
    assert!(!refused.text.contains("wrong"), "{}", refused.text);

    ground.run(&[
        "test",
        "integration.toml",
        "--accept-host-key",
        "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ]);
    let changed = ground.sync();
    changed
        .is(1, "failed")
        .says("MUS-TRANSPORT-HOST-KEY-CHANGED")
        .says(&server.fingerprint)
        .says("(accepted at 20");
    assert_eq!(ground.person("E-1")["status"], "active");
}

#[test]
fn t04_a_changed_key_pauses_the_integration_until_a_person_decides() {
    let (server, impostor) = (
        OpenSsh::start(Options::default()),
        OpenSsh::start(Options::default()),
    );
    server.write(
        "alleo_employees_1.csv",
        b"email,first_name,last_name,external_id\nann@acme.example,Ann,Jansen,E-1\n",
    );
    let settings = |extra: &str| {
        format!(
            "workspace = \"acme\"\nname = \"hr\"\npreset = \"alleo\"\n[source]\nurl = \"sftp://127.0.0.1:{}{}\"\n\
             settle = \"0s\"\n{extra}[source.limits]\nattempts = 1\n[credentials]\nuser = \"{USER}\"\n\
             password = {{ file = \"password\" }}\n",
            server.port,
            server.folder.display()
        )
    };
    let ground = Ground::new(&settings(""));
    ground.secret("password", PASSWORD);
    let rewrite =
        |extra: &str| std::fs::write(ground.path("integration.toml"), settings(extra)).unwrap();
    let pinned = |key: &str| format!("host_key = \"{key}\"\n");
    // The accepted key is another than the one that the server shows.
    rewrite(&pinned(&impostor.fingerprint));
    ground
        .sync()
        .is(1, "failed")
        .says("MUS-TRANSPORT-HOST-KEY-CHANGED");
    // Now the right one is accepted in a way in which nobody looked at the one that was seen: as if it were back.
    let other = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    rewrite(&pinned(other));
    let seen = server.log();
    ground
        .sync()
        .is(1, "failed")
        .says("MUS-INTEGRATION-PAUSED")
        .says(&server.fingerprint)
        .says(other)
        .says("nothing was sent");
    assert_eq!(server.log(), seen, "the server was not even connected to");
    // Another integration goes on.
    std::fs::write(ground.path("other.toml"), PLAIN).unwrap();
    ground.deliver("a.csv", "id,mail,first,last\n9,zoe@x.nl,Zoe,Zee\n");
    ground.run(&["sync", "other.toml"]).is(0, "applied");
    // A person accepts the key that was seen.
    rewrite("");
    assert_eq!(
        ground
            .run(&[
                "test",
                "integration.toml",
                "--accept-host-key",
                &server.fingerprint
            ])
            .code,
        0
    );
    ground.approve();
    assert_eq!(ground.person("E-1")["status"], "active");
    // Named in the file it is accepted as well.
    rewrite(&pinned(&impostor.fingerprint));
    ground
        .sync()
        .is(1, "failed")
        .says("MUS-TRANSPORT-HOST-KEY-CHANGED");
    rewrite(&pinned(&server.fingerprint));
    ground.sync().is(0, "nothing_to_do");
}
