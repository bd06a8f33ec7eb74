//! The master key is changed: whole or not at all, and whatever was interrupted is finished.

use crate::ground::{Answer, Ground, PLAIN};
use serde_json::{Value, json};
use std::{fs, os::unix::fs::PermissionsExt, thread, time::Duration};

fn file(people: u32) -> String {
    let row = |id: u32| format!("E-{id},p{id}@acme.example,First,Last{id}\n");
    format!(
        "id,mail,first,last\n{}",
        (1..=people).map(row).collect::<String>()
    )
}

/// Three people, one delivery that is kept, and one of them erased.
fn ground() -> Ground {
    let ground = Ground::new(PLAIN);
    ground.deliver("a.csv", file(3)).sync().is(0, "applied");
    ground.run(&["erase", "E-3", "--yes"]).is(0, "applied");
    ground
}

impl Ground {
    fn shown(&self) -> Value {
        self.run(&["key", "show"]).json
    }

    fn rotate(&self) -> Answer {
        let answer = self.run(&["key", "rotate"]);
        answer.is(0, "applied");
        answer
    }

    fn key(&self) -> String {
        fs::read_to_string(self.path("muster.db.key")).unwrap()
    }

    /// Everything that is sealed can be opened, and who was erased stays out.
    #[track_caller]
    fn is_whole(&self) {
        let replay = self.run(&["replay", "integration.toml", "--from", "1"]);
        assert_eq!(
            (replay.code, &replay.json["lost"]),
            (0, &json!([])),
            "{}",
            replay.text
        );
        let people = self.run(&["employees"]).json;
        assert!(
            !people
                .as_array()
                .unwrap()
                .iter()
                .any(|person| person["external_id"] == "E-3"),
            "{people}"
        );
    }
}

/// The id of the last key of a file.
fn id(key: &str) -> String {
    key.lines()
        .last()
        .unwrap()
        .split_whitespace()
        .nth(1)
        .unwrap()
        .to_owned()
}

#[test]
fn p33_rotation_re_encrypts_everything_and_keeps_the_old_key() {
    let ground = ground();
    let (before, database) = (ground.key(), fs::read(ground.path("muster.db")).unwrap());
    let old = id(&before);
    assert_eq!(
        (&ground.shown()["keys"], &ground.shown()["wanted"]),
        (&json!([old]), &json!([old]))
    );
    let rotated = ground.rotate();
    let new = rotated.json["key"].as_str().unwrap();
    assert_eq!(
        (&rotated.json["old"], &rotated.json["deliveries"]),
        (&json!([old]), &json!(1)),
        "{}",
        rotated.text
    );
    let beside = ground.path(&format!("muster.db.key.old-{old}"));
    assert_eq!(fs::read_to_string(&beside).unwrap(), before);
    for path in [&beside, &ground.path("muster.db.key")] {
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    let shown = ground.shown();
    assert_eq!(
        (&shown["keys"], &shown["wanted"], &shown["under_way"]),
        (&json!([new]), &json!([new]), &json!(false))
    );
    assert_eq!(shown["old"][0]["id"], json!(old));
    assert!(
        !shown
            .to_string()
            .contains(ground.key().split_whitespace().last().unwrap()),
        "ids only"
    );
    ground.is_whole();
    // The tombstone continues to work, and what happened is recorded.
    ground
        .deliver("a.csv", file(3) + "\n")
        .sync()
        .says("MUS-ERASED");
    ground.is_whole();
    let run = ground.run(&["runs"]).json[1].clone();
    assert_eq!(
        run["note"],
        json!(format!("the master key was changed from {old} to {new}"))
    );
    // A backup from before wants the old key, and the refusal says where it is.
    fs::write(ground.path("muster.db"), database).unwrap();
    let refused = ground.run(&["employees"]);
    refused
        .says("MUS-MASTER-KEY")
        .says(&old)
        .says(new)
        .says("muster.db.key.old-");
    assert_eq!(refused.code, 1);
    assert_eq!(
        ground
            .run(&["employees", "--master-key", beside.to_str().unwrap()])
            .code,
        0
    );
    ground.secret("muster.db.key", &format!("{}{before}", ground.key()));
    assert_eq!(
        ground.run(&["employees"]).code,
        0,
        "both keys in one file open both"
    );
}

#[test]
fn p33_a_key_from_elsewhere_is_used_and_a_wrong_one_changes_nothing() {
    let (ground, other) = (ground(), ground());
    let (before, theirs) = (ground.key(), other.key());
    ground.secret("new.key", &theirs);
    fs::set_permissions(ground.path("new.key"), fs::Permissions::from_mode(0o644)).unwrap();
    ground
        .run(&["key", "rotate", "--new", "new.key"])
        .says("chmod 600");
    ground
        .run(&["key", "rotate", "--new", "away.key"])
        .says("there is no file `away.key`");
    ground.secret("broken.key", &theirs[..theirs.len() - 3]);
    ground
        .run(&["key", "rotate", "--new", "broken.key"])
        .says("is not a master key");
    ground
        .run(&["key", "rotate", "--new", "muster.db.key"])
        .says("is already the master key");
    assert_eq!(
        (ground.key(), ground.shown()["old"].clone()),
        (before.clone(), json!([])),
        "nothing was begun"
    );
    // The file has a key that the database does not know.
    ground.secret("muster.db.key", &theirs);
    ground
        .run(&["key", "rotate"])
        .says("MUS-MASTER-KEY")
        .says(&id(&before))
        .says(&id(&theirs));
    assert_eq!(
        (ground.key(), ground.shown()["missing"].clone()),
        (theirs.clone(), json!([id(&before)]))
    );
    fs::remove_file(ground.path("muster.db.key")).unwrap();
    ground
        .run(&["key", "rotate"])
        .says("MUS-MASTER-KEY")
        .says(&id(&before));
    ground.secret("muster.db.key", &before);
    fs::set_permissions(ground.path("new.key"), fs::Permissions::from_mode(0o600)).unwrap();
    let rotated = ground.run(&["key", "rotate", "--new", "new.key"]);
    assert_eq!(rotated.is(0, "applied").json["key"], json!(id(&theirs)));
    ground.is_whole();
    // And back: the file that was kept is as good as it was.
    let back = ground.run(&[
        "key",
        "rotate",
        "--new",
        &format!("muster.db.key.old-{}", id(&before)),
    ]);
    assert_eq!(back.is(0, "applied").json["key"], json!(id(&before)));
    ground.rotate();
    ground.is_whole();
}

/// The states that a process leaves that is killed between its steps.
#[test]
fn d01_key_rotation_continues_from_every_interrupted_state() {
    let ground = ground();
    let (before, database) = (ground.key(), fs::read(ground.path("muster.db")).unwrap());
    let new = ground.rotate().json["key"].as_str().unwrap().to_owned();
    let (after, rotated) = (ground.key(), fs::read(ground.path("muster.db")).unwrap());
    let under_way = "# The master key is being changed; `muster key rotate` finishes it.\n";
    let both = format!("{under_way}{after}{before}");
    for (key, database, is_begun) in [
        (&before, &database, false),
        (&both, &database, true),
        (&both, &rotated, true),
    ] {
        ground.secret("muster.db.key", key);
        fs::write(ground.path("muster.db"), database).unwrap();
        assert_eq!(ground.shown()["under_way"], json!(is_begun));
        ground.is_whole();
        if is_begun {
            let other = format!("muster.db.key.old-{}", id(&before));
            ground
                .run(&["key", "rotate", "--new", &other])
                .says(&format!("a rotation to master key {new}"));
        }
        let finished = ground.rotate();
        assert_eq!(
            finished.json["resumed"],
            json!(is_begun),
            "{}",
            finished.text
        );
        assert!(
            !is_begun || finished.json["key"] == json!(new),
            "{}",
            finished.text
        );
        let shown = ground.shown();
        assert_eq!(
            (&shown["keys"], &shown["under_way"]),
            (&shown["wanted"], &json!(false))
        );
        assert_eq!(shown["keys"].as_array().unwrap().len(), 1);
        ground.is_whole();
    }
}

#[test]
fn d01_killed_key_rotation_leaves_all_data_decryptable() {
    let ground = ground();
    for number in 0..20u32 {
        // More to seal each time, so that some are killed in the transaction.
        ground.deliver("a.csv", file(3 + number * 50)).sync();
        let mut process = ground.spawn(&["key", "rotate"]);
        thread::sleep(Duration::from_millis(u64::from(number) * 4));
        let _ = process.kill();
        process.wait().unwrap();
        ground.is_whole();
    }
    ground.secret(
        "muster.db.key.4711",
        "what a process left that was killed while it wrote",
    );
    ground.rotate();
    let names = fs::read_dir(ground.path(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let left: Vec<_> = names
        .filter(|name| name.starts_with("muster.db.key.") && !name.contains(".old-"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    let shown = ground.shown();
    assert_eq!(
        (&shown["keys"], &shown["missing"]),
        (&shown["wanted"], &json!([]))
    );
}

#[test]
fn the_key_is_made_at_first_use_and_can_be_changed_from_then_on() {
    let ground = Ground::new(PLAIN);
    assert_eq!(
        ground.run(&["key", "rotate"]).code,
        2,
        "there is no database yet"
    );
    ground.deliver("a.csv", file(1)).sync().is(0, "applied");
    let text = String::from_utf8(ground.output(&["key", "show"]).stdout).unwrap();
    assert!(
        text.contains("encrypts and decrypts") && text.contains("needed by the database"),
        "{text}"
    );
    let text = String::from_utf8(ground.output(&["key", "rotate"]).stdout).unwrap();
    assert!(
        text.contains("1 archived file, 0 tokens and 0 credentials were re-encrypted"),
        "{text}"
    );
    assert!(
        text.contains("keep a copy of") && text.contains("decrypts earlier backups"),
        "{text}"
    );
}
