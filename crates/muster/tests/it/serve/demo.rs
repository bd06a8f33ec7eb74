//! `muster serve --demo`: signs in with the link that it prints, and leaves nothing.

use super::{Service, line_with};

#[test]
fn demo_is_opened_once_with_the_link_and_removed_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut service = Service::start_with(folder.path(), &["--demo"]);
    let line = line_with(&mut service.stdout, "open the demo at http://");
    let (_, link) = line.trim().split_once(&service.address).unwrap();
    let answer = service.get(link);
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    let cookie = answer
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: "))
        .unwrap();
    assert!(cookie.contains("HttpOnly"), "{cookie}");
    let again = service.get(link);
    assert!(again.starts_with("HTTP/1.1 404"), "{again}");
    let password = line_with(&mut service.stdout, "with the password");
    assert!(password.contains("mette@fjordmarked.example"), "{password}");
    service.stop();
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}
