//! Alerts on their way: to a real mail server and to a webhook that can refuse, never lost and never twice.

use jiff::{SignedDuration, Timestamp};
use muster_connectors::outgoing::SigningSecret;
use muster_core::{
    alert::AlertItem,
    issue::{Found, IssueDetail, Level, Volume},
};
use muster_engine::{
    AlertReport, AlertText, AlertTexts, Clock, INSTALLATION, NamedItem, send_alerts,
};
use muster_store::{
    AlertState, ChannelKind, MailSecurity, MailServer as Settings, NewChannel, Store,
};
use muster_testkit::{hook::Hook, smtp::MailServer};
use std::sync::{Arc, Mutex};

/// A clock that a test sets.
struct SetClock(Mutex<Timestamp>);

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// An alert as its event and free bytes.
struct Plain;

impl AlertTexts for Plain {
    fn alert(&self, items: &[NamedItem]) -> AlertText {
        let lines = items.iter().map(|named| match &named.item {
            AlertItem::Issue { event, detail, .. } => match detail {
                IssueDetail::DiskLow { free, .. } => format!("{} {free}", event.as_str()),
                _ => event.as_str().to_owned(),
            },
            AlertItem::Run { created, .. } => format!("run {created}"),
        });
        let body = lines.collect::<Vec<_>>().join(", ");
        AlertText {
            subject: format!("alert: {body}"),
            data: body.clone().into(),
            body,
        }
    }

    fn test(&self) -> AlertText {
        self.alert(&[])
    }
}

struct Ground {
    store: Arc<Store>,
    clock: Arc<SetClock>,
}

impl Ground {
    fn new() -> Self {
        let store = crate::on_postgresql::store();
        let clock = Arc::new(SetClock(Mutex::new(
            "2026-05-04T08:00:00Z".parse().unwrap(),
        )));
        Self {
            store: Arc::new(store),
            clock,
        }
    }

    fn mailing(server: &MailServer, security: MailSecurity, ca: Option<&str>) -> Self {
        let ground = Self::new();
        let settings = Settings {
            host: "127.0.0.1".to_owned(),
            port: server.port,
            security,
            sender: "muster@acme.example".to_owned(),
            user: None,
            ca_certificate: ca.map(str::to_owned),
        };
        ground
            .store
            .set_mail_server(&settings, None, "ops (command line)", Timestamp::UNIX_EPOCH)
            .unwrap();
        ground.add(ChannelKind::Email, "ops@acme.example", None);
        ground
    }

    fn add(&self, kind: ChannelKind, target: &str, secret: Option<&SigningSecret>) -> i64 {
        let new = NewChannel {
            workspace: INSTALLATION,
            kind,
            target,
            has_digest: false,
            allows_internal: true,
            secret: secret.map(SigningSecret::bytes),
        };
        self.store
            .add_channel(&new, "eva", self.clock.now())
            .unwrap()
    }

    /// The disk has so many bytes left; none: enough.
    fn disk(&self, free: Option<u64>) {
        let level = match free {
            Some(0..100) => Level::Critical,
            _ => Level::Warning,
        };
        let found = free.map(|free| Found {
            integration: None,
            subject: "database".to_owned(),
            level,
            detail: IssueDetail::DiskLow {
                volume: Volume::Database,
                free,
            },
        });
        let found = found.into_iter().collect();
        self.store
            .update_issues(INSTALLATION, found, self.clock.now())
            .unwrap();
    }

    fn later(&self, minutes: i64) {
        let mut now = self.clock.0.lock().unwrap();
        *now += SignedDuration::from_mins(minutes);
    }

    async fn send(&self) -> Vec<AlertReport> {
        let texts: Arc<dyn AlertTexts> = Arc::new(Plain);
        let clock: Arc<dyn Clock> = Arc::<SetClock>::clone(&self.clock);
        send_alerts(&self.store, &texts, &clock).await.unwrap()
    }

    fn states(&self) -> Vec<(AlertState, u32)> {
        let alerts = self.store.alerts(10).unwrap().into_iter().rev();
        alerts.map(|alert| (alert.state, alert.attempts)).collect()
    }
}

fn header<'m>(mail: &'m str, name: &str) -> &'m str {
    let line = mail.lines().find_map(|line| line.strip_prefix(name));
    line.expect(mail).trim()
}

#[tokio::test]
async fn each_change_of_an_issue_is_one_mail_and_no_change_is_none() {
    let server = MailServer::plain();
    let ground = Ground::mailing(&server, MailSecurity::None, None);
    for free in [Some(900), Some(800), Some(7), Some(6), None, None] {
        ground.disk(free);
        ground.send().await;
        ground.send().await;
    }
    let mails = server.mails();
    let subjects: Vec<&str> = mails.iter().map(|mail| header(mail, "Subject:")).collect();
    assert_eq!(
        subjects,
        [
            "alert: opened 900",
            "alert: escalated 7",
            "alert: resolved 6"
        ]
    );
    assert_eq!(header(&mails[0], "to "), "ops@acme.example");
    assert_eq!(header(&mails[0], "From:"), "muster@acme.example");
    assert_eq!(header(&mails[0], "Auto-Submitted:"), "auto-generated");
    assert!(header(&mails[0], "Message-ID:").ends_with("@acme.example>"));
}

#[tokio::test]
async fn mail_that_is_refused_for_now_is_repeated_with_the_same_id_and_arrives_once_in_order() {
    let server = MailServer::plain();
    let ground = Ground::mailing(&server, MailSecurity::None, None);
    server.reply(&["451 later", "421 busy"]);
    ground.disk(Some(900));
    let report = &ground.send().await[0];
    assert!(report.is_retried && report.failure.is_some());
    ground.disk(None);
    assert!(ground.send().await.is_empty(), "the first wait is not over");
    assert_eq!(server.mails(), [""; 0]);
    ground.later(1);
    assert_eq!(
        ground.send().await.len(),
        1,
        "the second attempt is refused, too"
    );
    ground.later(10);
    ground.send().await;
    let mails = server.mails();
    let subjects: Vec<&str> = mails.iter().map(|mail| header(mail, "Subject:")).collect();
    assert_eq!(subjects, ["alert: opened 900", "alert: resolved 900"]);
    assert_eq!(
        ground.states(),
        [(AlertState::Sent, 3), (AlertState::Sent, 1)]
    );
    ground.later(60);
    assert!(ground.send().await.is_empty());
    assert_eq!(server.mails().len(), 2);
}

#[tokio::test]
async fn mail_that_is_refused_for_ever_fails_once_and_does_not_hold_up_the_next() {
    let server = MailServer::plain();
    let ground = Ground::mailing(&server, MailSecurity::None, None);
    server.reply(&["550 no such user"]);
    ground.disk(Some(900));
    ground.send().await;
    ground.disk(None);
    ground.send().await;
    assert_eq!(
        ground.states(),
        [(AlertState::Failed, 1), (AlertState::Sent, 1)]
    );
    assert_eq!(server.mails().len(), 1);
}

#[tokio::test]
async fn server_that_is_down_loses_nothing_for_a_day() {
    let server = MailServer::plain();
    let ground = Ground::mailing(&server, MailSecurity::None, None);
    let mut settings = ground.store.mail_server().unwrap().unwrap();
    let port = settings.port;
    // Nothing listens there.
    settings.port = 1;
    ground
        .store
        .set_mail_server(&settings, None, "ops (command line)", Timestamp::UNIX_EPOCH)
        .unwrap();
    ground.disk(Some(900));
    for _ in 0..16 {
        ground.send().await;
        ground.later(60);
    }
    assert_eq!(ground.states(), [(AlertState::Waiting, 7)]);
    settings.port = port;
    ground
        .store
        .set_mail_server(&settings, None, "ops (command line)", Timestamp::UNIX_EPOCH)
        .unwrap();
    ground.later(6 * 60);
    ground.send().await;
    assert_eq!(server.mails().len(), 1);
    assert_eq!(ground.states()[0].0, AlertState::Sent);
    // After a day it is over.
    settings.port = 1;
    ground
        .store
        .set_mail_server(&settings, None, "ops (command line)", Timestamp::UNIX_EPOCH)
        .unwrap();
    ground.disk(None);
    for _ in 0..30 {
        ground.send().await;
        ground.later(60);
    }
    assert_eq!(ground.states()[1].0, AlertState::Failed);
}

/// P20.
#[tokio::test]
async fn mail_goes_out_encrypted_or_not_at_all() {
    let server = MailServer::starttls();
    let trusting = Ground::mailing(&server, MailSecurity::Starttls, Some(&server.ca_pem));
    trusting.disk(Some(900));
    trusting.send().await;
    let mails = server.mails();
    assert_eq!((mails.len(), header(&mails[0], "tls ")), (1, "True"));
    // The machine does not trust the authority of the server.
    let doubting = Ground::mailing(&server, MailSecurity::Starttls, None);
    doubting.disk(Some(900));
    assert!(doubting.send().await[0].failure.is_some());
    let plain = MailServer::plain();
    let refused = Ground::mailing(&plain, MailSecurity::Starttls, None);
    refused.disk(Some(900));
    assert!(refused.send().await[0].failure.is_some());
    assert_eq!((plain.mails().len(), server.mails().len()), (0, 1));
}

#[tokio::test]
async fn webhook_gets_a_signed_message_and_the_same_id_again_after_a_failure() {
    let hook = Hook::start(&[500, 302, 200]);
    let ground = Ground::new();
    let secret = SigningSecret::generate().unwrap();
    ground.add(ChannelKind::Webhook, &hook.url(), Some(&secret));
    ground.disk(Some(900));
    for _ in 0..3 {
        ground.send().await;
        ground.later(10);
    }
    let requests = hook.requests();
    assert_eq!(requests.len(), 3, "a redirect is not followed");
    let id = requests[0].header("webhook-id");
    for request in &requests {
        assert_eq!(request.header("webhook-id"), id);
        let seconds: i64 = request.header("webhook-timestamp").parse().unwrap();
        assert_eq!(
            request.header("webhook-signature"),
            secret.sign(&id, seconds, request.body.as_bytes())
        );
    }
    let body: serde_json::Value = serde_json::from_str(&requests[2].body).unwrap();
    assert_eq!(
        (&body["type"], &body["data"]["items"]),
        (&"alert".into(), &"opened 900".into())
    );
    assert_eq!(ground.states(), [(AlertState::Sent, 3)]);
}

/// W22.
#[tokio::test]
async fn webhook_that_is_gone_is_disabled_and_gets_no_more() {
    let hook = Hook::start(&[410]);
    let ground = Ground::new();
    let secret = SigningSecret::generate().unwrap();
    ground.add(ChannelKind::Webhook, &hook.url(), Some(&secret));
    ground.disk(Some(900));
    ground.send().await;
    assert!(ground.store.channels().unwrap()[0].disabled.is_some());
    ground.disk(None);
    ground.later(100);
    assert!(ground.send().await.is_empty());
    assert_eq!(hook.requests().len(), 1);
}

#[tokio::test]
async fn channels_do_not_wait_for_each_other() {
    let server = MailServer::plain();
    let hook = Hook::start(&[503]);
    let ground = Ground::mailing(&server, MailSecurity::None, None);
    let secret = SigningSecret::generate().unwrap();
    ground.add(ChannelKind::Webhook, &hook.url(), Some(&secret));
    ground.disk(Some(900));
    ground.send().await;
    assert_eq!(server.mails().len(), 1);
    assert_eq!(hook.requests().len(), 1);
}
