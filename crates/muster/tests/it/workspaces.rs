//! `muster workspace`: created, listed and deleted with everything.

use crate::ground::{Ground, PLAIN};

#[test]
fn workspace_is_deleted_with_everything_after_its_name_was_typed_twice() {
    let ground = Ground::new(PLAIN);
    let people = "id,mail,first,last\n1,ann@canary.example,Ann,Jansen\n";
    ground.deliver("a.csv", people);
    ground.sync();
    let created = ground.run(&["workspace", "create", "second"]);
    assert_eq!(created.json["status"], "created", "{}", created.text);
    let list = ground.run(&["workspace", "list"]);
    let names: Vec<_> = list
        .json
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["workspace"])
        .collect();
    assert_eq!(names, ["acme", "second"]);
    assert_eq!(list.json[0]["employees"], 1);
    let wrong = ground.run(&["workspace", "delete", "acme", "--confirm", "second"]);
    assert_eq!(wrong.code, 2);
    wrong.says("nothing was deleted");
    let unknown = ground.run(&["workspace", "delete", "third", "--confirm", "third"]);
    unknown.says("there is no workspace `third`");
    for name in ["a b", "", "x/y"] {
        assert_eq!(ground.run(&["workspace", "create", name]).code, 2, "{name}");
    }
    let twice = ground.run(&["workspace", "create", "second"]);
    twice.says("already; nothing was changed");
    let deleted = ground.run(&["workspace", "delete", "acme", "--confirm", "acme"]);
    assert_eq!(deleted.json["status"], "deleted", "{}", deleted.text);
    let database = std::fs::read(ground.path("muster.db")).unwrap();
    let canary = b"canary.example";
    let is_left = database.windows(canary.len()).any(|part| part == canary);
    assert!(!is_left, "deleted data is overwritten");
    ground.run(&["verify"]).says("intact");
    ground.run(&["audit", "list"]).says("workspace_deleted");
}
