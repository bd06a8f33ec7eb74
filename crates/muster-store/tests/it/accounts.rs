//! Users, their links and sessions.

use crate::ground::{Ground, at};
use jiff::SignedDuration;
use muster_core::model::{ids::UserId, role::Role};
use muster_store::{
    AccountLink, AuditQuery, Keyring, NewSession, NewUser, SessionLimits, Store, TokenHash,
    UserChange, UserState,
};

const EVA: &str = "eva@acme.test";
const LIMITS: fn() -> SessionLimits = SessionLimits::default;

fn new<'a>(email: &'a str, password_hash: &'a str, is_admin: bool) -> NewUser<'a> {
    NewUser {
        email,
        name: "Bob Jansen",
        password_hash,
        is_admin,
    }
}

fn link(number: u8, hours: i64) -> AccountLink {
    AccountLink {
        token: [number; 32],
        expires: at(hours),
    }
}

fn begin(store: &Store, user: UserId, token: &TokenHash) {
    let session = NewSession {
        token,
        user,
        device: "Firefox on Linux",
        client: "192.0.2.1",
    };
    store.begin_session(&session, LIMITS(), at(0)).unwrap();
}

/// Every statement about users and the audit log, for the test that has PostgreSQL read them.
pub(crate) fn manage_everything(store: &Store) {
    let acme = store.workspace("acme").unwrap().unwrap();
    let bob = new("Bob@acme.test", "", false);
    let role = Some((acme.id, Role::Viewer));
    let id = store.invite_user(&bob, role, &link(5, 2), EVA, at(0));
    let id = id.unwrap().unwrap();
    assert!(store.find_user("bob@acme.test ").unwrap().is_some());
    assert!(
        store
            .create_password_link(id, &link(6, 2), EVA, at(0))
            .unwrap()
    );
    let requested = store.request_password_link(id, &link(9, 2), at(0));
    assert!(!requested.unwrap(), "there is one already");
    assert_eq!(
        store.password_link(&[6; 32], at(1)).unwrap().unwrap().id,
        id
    );
    assert_eq!(
        store.redeem_password_link(&[6; 32], "hash", at(1)).unwrap(),
        Some(id)
    );
    begin(store, id, &[7; 32]);
    let listed = store.sessions(id, LIMITS(), at(0)).unwrap().remove(0);
    assert!(store.end_session_of(id, &listed.id, at(0)).unwrap());
    store.refuse_sign_in(Some(id), "192.0.2.1", at(0)).unwrap();
    confirm_everything(store, id);
    store.set_admin(id, true, EVA, at(0)).unwrap();
    store.set_disabled(id, true, EVA, at(0)).unwrap();
    for workspace in [None, Some(acme.id)] {
        store.users(workspace).unwrap();
        store
            .audit_page(&AuditQuery {
                workspace,
                limit: 5,
                ..AuditQuery::default()
            })
            .unwrap();
        store.audit_after(workspace, 0, &mut |_| true).unwrap();
    }
    assert_eq!(store.verify_audit(None).unwrap().fault, None);
}

#[test]
fn invitation_works_once_until_it_expires_and_only_the_latest() {
    let ground = Ground::new();
    let store = &ground.store;
    let invite = |email, number| {
        let new = new(email, "", false);
        store
            .invite_user(&new, None, &link(number, 2), EVA, at(0))
            .unwrap()
    };
    let bob = invite("bob@acme.test", 1).unwrap();
    assert_eq!(invite("BOB@acme.test", 2), None, "an address has one user");
    assert_eq!(store.password_link(&[2; 32], at(1)).unwrap(), None);
    assert_eq!(store.users(None).unwrap()[0].state, UserState::Invited);
    store
        .create_password_link(bob, &link(3, 2), EVA, at(1))
        .unwrap();
    let redeem = |number, hour| {
        store
            .redeem_password_link(&[number; 32], "hash", at(hour))
            .unwrap()
    };
    assert_eq!(redeem(1, 1), None, "replaced");
    assert_eq!(redeem(3, 2), None, "expired");
    assert_eq!(redeem(3, 1), Some(bob));
    assert_eq!(redeem(3, 1), None, "used");
    assert_eq!(store.users(None).unwrap()[0].state, UserState::Active);
    assert_eq!(
        store.user_by_email("bob@acme.test").unwrap().unwrap().1,
        "hash"
    );
}

#[test]
fn w6_sessions_end_at_once_when_a_user_changes() {
    let ground = Ground::new();
    let (store, acme) = (&ground.store, ground.workspace.id);
    let bob = store.create_user(&new("bob@acme.test", "hash", false), EVA, at(0));
    let bob = bob.unwrap().unwrap();
    let changes: [(&str, &dyn Fn()); 6] = [
        ("role", &|| {
            store
                .set_role(bob, acme, Some(Role::Viewer), EVA, at(0))
                .unwrap();
        }),
        ("no role", &|| {
            store.set_role(bob, acme, None, EVA, at(0)).unwrap();
        }),
        ("administrator", &|| {
            store.set_admin(bob, true, EVA, at(0)).unwrap();
        }),
        ("password", &|| {
            store.set_password(bob, "other", EVA, at(0)).unwrap();
        }),
        ("link", &|| {
            store
                .create_password_link(bob, &link(4, 2), EVA, at(0))
                .unwrap();
            store
                .redeem_password_link(&[4; 32], "third", at(1))
                .unwrap();
        }),
        ("ended by the user", &|| {
            let listed = store.sessions(bob, LIMITS(), at(0)).unwrap().remove(0);
            store.end_session_of(bob, &listed.id, at(0)).unwrap();
        }),
    ];
    for (what, change) in changes {
        begin(store, bob, &[9; 32]);
        assert!(store.session(&[9; 32], LIMITS(), at(0)).unwrap().is_some());
        change();
        assert_eq!(
            store.session(&[9; 32], LIMITS(), at(0)).unwrap(),
            None,
            "{what}"
        );
    }
    let eva = store.create_user(&new(EVA, "hash", true), EVA, at(0));
    let eva = eva.unwrap().unwrap();
    begin(store, bob, &[9; 32]);
    store.set_disabled(bob, true, EVA, at(0)).unwrap();
    assert_eq!(store.session(&[9; 32], LIMITS(), at(0)).unwrap(), None);
    assert_eq!(store.user_by_email("bob@acme.test").unwrap(), None);
    assert!(
        !store
            .create_password_link(bob, &link(5, 2), EVA, at(0))
            .unwrap(),
        "a disabled user gets no link"
    );
    begin(store, eva, &[8; 32]);
    assert!(
        !store
            .end_session_of(
                bob,
                &store.sessions(eva, LIMITS(), at(0)).unwrap()[0].id,
                at(0)
            )
            .unwrap()
    );
    assert!(
        store.session(&[8; 32], LIMITS(), at(0)).unwrap().is_some(),
        "a session of another user"
    );
}

#[test]
fn last_administrator_is_neither_disabled_nor_demoted() {
    let ground = Ground::new();
    let store = &ground.store;
    let create = |email, hash| {
        let new = new(email, hash, true);
        store.create_user(&new, EVA, at(0)).unwrap().unwrap()
    };
    let eva = create(EVA, "hash");
    // A user who never chose a password could not let Eva in again.
    let invited = create("bob@acme.test", "");
    for _ in 0..2 {
        assert_eq!(
            store.set_disabled(eva, true, EVA, at(0)).unwrap(),
            UserChange::LastAdministrator
        );
        assert_eq!(
            store.set_admin(eva, false, EVA, at(0)).unwrap(),
            UserChange::LastAdministrator
        );
        store.set_disabled(invited, true, EVA, at(0)).unwrap();
    }
    create("cas@acme.test", "hash");
    assert_eq!(
        store.set_disabled(eva, true, EVA, at(0)).unwrap(),
        UserChange::Changed
    );
    assert_eq!(
        store.set_disabled(eva, true, EVA, at(0)).unwrap(),
        UserChange::Unchanged
    );
}

#[test]
fn sessions_are_listed_until_they_are_over() {
    let ground = Ground::new();
    let store = &ground.store;
    let bob = store.create_user(&new("bob@acme.test", "hash", false), EVA, at(0));
    let bob = bob.unwrap().unwrap();
    begin(store, bob, &[9; 32]);
    let listed = store.sessions(bob, LIMITS(), at(0)).unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].id, "0909090909090909");
    assert_eq!(
        (listed[0].device.as_str(), listed[0].client.as_str()),
        ("Firefox on Linux", "192.0.2.1")
    );
    let later = at(0) + SignedDuration::from_mins(30);
    assert_eq!(store.sessions(bob, LIMITS(), later).unwrap(), []);
    assert_eq!(store.users(None).unwrap()[0].seen, Some(at(0)));
}

/// Every statement of two-step sign-in, for the test that has PostgreSQL read them.
fn confirm_everything(store: &Store, id: UserId) {
    // With another master key, what is encrypted already would be lost.
    if store.wanted_keys().unwrap().is_empty() {
        store.unlock(Keyring::generate().unwrap()).unwrap();
    }
    assert!(store.prepare_two_step(id, b"shared").unwrap());
    assert!(!store.has_two_step(id).unwrap());
    let codes = [[11; 32], [12; 32]];
    let activated = store.activate_two_step(id, 5, &codes, &[7; 32], at(0));
    assert!(activated.unwrap());
    assert!(!store.prepare_two_step(id, b"another").unwrap());
    let awaits = |number| {
        store
            .begin_second_step(id, &link(number, 2), at(1))
            .unwrap();
        [number; 32]
    };
    let token = awaits(21);
    let user = store.second_step_user(&token, at(1)).unwrap().unwrap();
    assert_eq!(user.id, id);
    assert!(!store.accept_code(&token, 5, at(1)).unwrap(), "it was used");
    assert!(
        !store.accept_code(&token, 6, at(2)).unwrap(),
        "it is too late"
    );
    assert!(store.accept_code(&token, 6, at(1)).unwrap());
    assert!(!store.accept_code(&token, 7, at(1)).unwrap(), "it is over");
    store.refuse_code(id, "192.0.2.1", at(1)).unwrap();
    assert!(
        store
            .accept_recovery_code(&awaits(22), &codes[0], at(1))
            .unwrap()
    );
    assert!(
        !store
            .accept_recovery_code(&awaits(23), &codes[0], at(1))
            .unwrap()
    );
    let stored = store.two_step(id).unwrap().unwrap();
    assert_eq!(
        (&stored.secret[..], stored.recovery_codes),
        (&b"shared"[..], 1)
    );
    assert!(store.remove_two_step(id, EVA, at(1)).unwrap());
    assert!(!store.remove_two_step(id, EVA, at(1)).unwrap());
    assert!(store.two_step(id).unwrap().is_none());
}
