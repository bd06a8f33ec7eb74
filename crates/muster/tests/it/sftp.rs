//! The whole job against a real SSH server: the host key first, then the credentials, then the files.

use crate::ground::Ground;
use muster_testkit::openssh::{OpenSsh, Options, PASSWORD, USER};

#[test]
fn t03_a_server_is_spoken_to_only_after_its_key_was_accepted() {
    let server = OpenSsh::start(Options::default());
    server.write("alleo_employees_1.csv", b"email,first_name,last_name,external_id\nann@acme.example,Ann,Jansen,E-1\n");
    let ground = Ground::new(&format!(
        "workspace = \"acme\"\nname = \"hr\"\npreset = \"alleo\"\n[source]\nurl = \"sftp://127.0.0.1:{}{}\"\nsettle = \"0s\"\n\
         [source.limits]\nattempts = 1\n[credentials]\nuser = \"{USER}\"\npassword = {{ file = \"password\" }}\n",
        server.port,
        server.folder.display()
    ));
    ground.secret("password", PASSWORD);
    ground.sync().is(1, "failed").says("MUS-TRANSPORT-HOST-KEY-UNKNOWN").says(&server.fingerprint);
    let tested = ground.run(&["test", "integration.toml", "--accept-host-key", &server.fingerprint]);
    assert_eq!(tested.code, 0, "{}", tested.text);
    assert_eq!(tested.json["rows"][0][1], "Ann");
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
    changed.is(1, "failed").says("MUS-TRANSPORT-HOST-KEY-CHANGED").says(&server.fingerprint).says("(accepted at 20");
    assert_eq!(ground.person("E-1")["status"], "active");
}
