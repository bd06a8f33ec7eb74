//! Tokens that are signed with the customer's private key (A17, A18), as whole jobs.

use crate::{
    faults::{keeps, the_next_slot_is_not_lost},
    harness::{Harness, SystemSetup},
    youserve::SECRET,
};
use muster_core::{model::run::RunStatus, read::reading::PartialReason};
use muster_engine::Mode;
use muster_testkit::private_key::{encrypted, generated};

const ASSERTION: SystemSetup = SystemSetup {
    settings: &[("login", "assertion")],
    ..SECRET
};

#[test]
fn a17_wrong_clock_is_reported_with_its_difference() {
    keeps(
        ASSERTION,
        "clock-ahead",
        RunStatus::Failed,
        "clock_behind: Some(",
    );
    keeps(
        ASSERTION,
        "clock-behind",
        RunStatus::Failed,
        "clock_behind: Some(-",
    );
}

#[test]
fn a18_unregistered_key_is_reported_before_anything_is_read() {
    let (harness, _) = keeps(
        ASSERTION,
        "wrong-key",
        RunStatus::Failed,
        "the signature is not right",
    );
    assert_eq!(
        harness.emulator.requests().len(),
        harness.emulator.token_requests().len()
    );
}

const SIGNED: [SystemSetup; 3] = [
    ASSERTION,
    SystemSetup {
        settings: &[("login", "grant")],
        ..SECRET
    },
    SystemSetup {
        settings: &[("login", "bearer")],
        ..SECRET
    },
];

#[test]
fn a18_rsa_and_ec_keys_are_let_in_by_every_form_with_a_passphrase_or_without() {
    for setup in SIGNED {
        for name in ["private_key", "private_key_p256", "private_key_p384"] {
            for passphrase in ["", "open sesame"] {
                let mut harness = Harness::after_first_run(setup);
                let key = harness.emulator.credential(name);
                harness.secrets = match passphrase {
                    "" => vec![("private_key", key)],
                    _ => vec![
                        ("private_key", encrypted(&key, passphrase)),
                        ("passphrase", passphrase.to_owned()),
                    ],
                };
                let before = harness.directory();
                let ended = harness.run(Mode::Apply);
                assert_eq!(
                    ended.is(RunStatus::NothingToDo).partial(),
                    None,
                    "{setup:?} {name}"
                );
                assert_eq!(before, harness.directory());
            }
        }
    }
}

#[test]
fn a18_another_key_of_the_same_kind_is_refused_by_every_form() {
    let others = [
        ("RSA", "rsa_keygen_bits:2048"),
        ("EC", "ec_paramgen_curve:P-256"),
        ("EC", "ec_paramgen_curve:P-384"),
    ];
    for (algorithm, option) in others {
        let key = generated(algorithm, option);
        for setup in SIGNED {
            let mut harness = Harness::after_first_run(setup);
            harness.secrets = vec![("private_key", key.clone())];
            let before = harness.directory();
            let ended = harness.run(Mode::Apply);
            ended
                .is(RunStatus::Failed)
                .says("refused: Some(SignedToken)")
                .says("YouServe(SignedToken)");
            assert_eq!(
                (ended.partial(), &before),
                (Some(PartialReason::Unauthorised), &harness.directory())
            );
            harness.secrets.clear();
            the_next_slot_is_not_lost(&harness);
        }
    }
}
