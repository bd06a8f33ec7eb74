//! Tokens that expire, and lists that are not complete.

use super::*;

#[test]
fn a1_a_token_that_expires_between_pages_is_renewed_once() {
    let emulator = started(&["token-expiry"]);
    assert_eq!(read(&emulator).unwrap().0.len(), 237);
    assert_eq!(emulator.token_requests().len(), 2);
    let emulator = started(&["token-refused,after=2"]);
    let error = read(&emulator).unwrap_err();
    assert_eq!(
        (error.kind, emulator.token_requests().len()),
        (ErrorKind::Forbidden, 2)
    );
    assert!(
        described_error(&error).contains("page: 2")
            && described_error(&error).contains("PersonioEmployees"),
        "{error}"
    );
}

#[test]
fn tokens_rotate_or_stay_with_or_without_header() {
    for scenario in [
        "rotating-token",
        "token-header-missing",
        "token-without-lifetime",
    ] {
        let emulator = started(&[scenario]);
        assert_eq!(read(&emulator).unwrap().0.len(), 237, "{scenario}");
        assert_eq!(emulator.token_requests().len(), 1, "{scenario}");
    }
}

#[test]
fn a_token_is_kept_from_one_run_to_the_next_but_not_for_other_credentials() {
    let (ground, emulator) = (Ground::default(), started(&[]));
    for _ in 0..3 {
        ground
            .read(&*personio(&emulator, "v1"), &everything())
            .unwrap();
    }
    assert_eq!(emulator.token_requests().len(), 1);
    assert!(
        !ground
            .tokens
            .text()
            .contains(&emulator.credential("client_secret"))
    );
    let url = emulator.url();
    let other = connector(
        "personio",
        &[("base_url", &url), ("client_id", "other")],
        &[("client_secret", "wrong-one")],
    );
    assert_eq!(
        ground.read(&*other, &everything()).unwrap_err().kind,
        ErrorKind::Unauthorised
    );
}

#[test]
fn a_token_near_its_end_is_renewed_before_it_is_refused() {
    let (mut ground, emulator) = (Ground::default(), started(&[]));
    ground
        .read(&*personio(&emulator, "v1"), &everything())
        .unwrap();
    let soon = ground.tokens.0.lock().unwrap().values().next().unwrap().1;
    ground.now = soon;
    ground
        .read(&*personio(&emulator, "v1"), &everything())
        .unwrap();
    assert_eq!(emulator.token_requests().len(), 2);
    assert!(emulator.requests().iter().all(|asked| asked.status == 200));
}

#[test]
fn a2_wrong_credentials_are_refused_once_and_never_repeated() {
    let emulator = started(&["wrong-secret"]);
    let ground = Ground::default();
    let error = ground
        .read(&*personio(&emulator, "v1"), &everything())
        .unwrap_err();
    assert_eq!(
        (error.kind, error.code()),
        (ErrorKind::Unauthorised, Code::TransportCredentials)
    );
    assert!(
        described_error(&error).contains("Wrong credentials")
            && described_error(&error).contains("attempted: GetToken"),
        "{error}"
    );
    assert_eq!((emulator.requests().len(), ground.waited().len()), (1, 0));
}

#[test]
fn a10_pages_that_shift_are_read_again_and_people_are_taken_once() {
    // The fault is over when the list is read again.
    for (scenario, pages) in [
        ("person-deleted-mid-read", 3 + 3),
        ("person-inserted-mid-read", 3 + 3),
        ("total-changes", 4),
    ] {
        let emulator = started(&[&format!(
            "{scenario},on=/v1/company/employees,after=2,times=2"
        )]);
        let (records, extent) = read(&emulator).unwrap();
        assert_eq!((records.len(), extent.partial), (237, None), "{scenario}");
        assert_eq!(emulator.requests().len(), 2 + pages, "{scenario}");
    }
    let codes = partial(
        &["person-deleted-mid-read"],
        PartialReason::ChangedWhileReading,
    );
    assert_eq!(codes, [Code::ApiUnreconciled]);
}

#[test]
fn a9_fewer_people_than_announced_are_not_everybody() {
    for scenario in ["half-list", "empty-page", "total-changes"] {
        assert_eq!(
            partial(&[scenario], PartialReason::Shrunk),
            [Code::ApiUnreconciled],
            "{scenario}"
        );
    }
}

#[test]
fn a11_a_page_that_repeats_ends_the_read() {
    for scenario in ["page-for-ever", "page-duplicate"] {
        let emulator = started(&[scenario]);
        let (_, extent) = read(&emulator).unwrap();
        assert_eq!(extent.partial, Some(PartialReason::Shrunk), "{scenario}");
        assert!(emulator.requests().len() < 9);
    }
    partial(
        &["page-for-ever", "metadata-missing"],
        PartialReason::Truncated,
    );
}

#[test]
fn a8_an_empty_list_is_never_everybody_gone() {
    assert_eq!(
        partial(&["empty-list"], PartialReason::Empty),
        [Code::ApiEmpty]
    );
}

#[test]
fn numbers_beside_the_list_may_be_wrong_missing_or_text() {
    for scenario in [
        "total-pages-wrong",
        "metadata-missing",
        "offset-as-text",
        "limit-400",
        "order-descending",
    ] {
        assert_eq!(complete(scenario), 237, "{scenario}");
    }
    assert_eq!(complete("huge-page"), 237);
}
