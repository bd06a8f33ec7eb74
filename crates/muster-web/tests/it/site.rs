//! A browser without a screen: it keeps cookies, and sends what browsers send.

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, Response, StatusCode, header},
};
use http_body_util::BodyExt;
use jiff::{SignedDuration, Timestamp};
use muster_core::model::{
    ids::{IntegrationId, RunId, WorkspaceId},
    plan::Reason,
    response::{PlanInsight, RunProgress},
    workspace::WorkspaceSettings,
};
use muster_store::{Store, StoreError};
use muster_web::{
    ChangedGroups, NewSigningSecret, Outgoing, Sentence, Sentences, SetupForms, WebState,
    create_demo_user, new_setup_link, router,
};
use std::sync::{Arc, Mutex};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tower::ServiceExt;

pub(crate) const PASSWORD: &str = "a rather long sentence";
pub(crate) const EVA: &str = "eva@acme.example";

pub(crate) struct Site {
    pub(crate) store: Arc<Store>,
    state: WebState,
    router: Router,
    now: Arc<Mutex<Timestamp>>,
    mailed: tokio::sync::Mutex<UnboundedReceiver<(String, String)>>,
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn location(&self) -> &str {
        self.header("location")
    }

    /// The token that forms of the page carry.
    pub(crate) fn form_token(&self) -> String {
        let after = self
            .body
            .split("name=\"form_token\" value=\"")
            .nth(1)
            .unwrap();
        after.split('"').next().unwrap().to_owned()
    }
}

/// Why a receiver is refused.
fn internal() -> Sentence {
    Sentence {
        message: "10.0.0.1 is in an internal network".to_owned(),
        help: String::new(),
    }
}

impl Site {
    /// A database with the workspaces `acme` and `other`, in which nobody may sign in yet.
    pub(crate) fn new() -> Self {
        let store = Arc::new(crate::on_postgresql::store());
        for name in ["acme", "other"] {
            store
                .ensure_workspace(name, &WorkspaceSettings::default(), &[], &[], [7; 32])
                .unwrap();
        }
        let now = Arc::new(Mutex::new("2026-11-27T07:16:00Z".parse().unwrap()));
        let clock = Arc::clone(&now);
        let (mailing, mailed) = unbounded_channel();
        let state = WebState {
            store: Arc::clone(&store),
            now: Arc::new(move || *clock.lock().unwrap()),
            wake: Arc::new(|| {}),
            sentences: Sentences {
                problem: |problem| Sentence {
                    message: format!("{:?}", problem.detail),
                    help: format!("{:?}", problem.remedy),
                },
                finding: |finding| Sentence {
                    message: finding.guard.as_str().to_owned(),
                    help: String::new(),
                },
                incomplete: |reason| reason.as_str().to_owned(),
                issue: |detail| Sentence {
                    message: detail.kind().as_str().to_owned(),
                    help: String::new(),
                },
                insight: |_, _| PlanInsight::default(),
                rule: |problem| Sentence {
                    message: format!("{:?}", problem.detail),
                    help: String::new(),
                },
                send_failure: |_| Sentence::default(),
                reason: Reason::as_str,
                group: |group| group.name.clone(),
                membership: |moved| moved.as_str().to_owned(),
            },
            outgoing: Outgoing {
                check_url: |_| Ok(()),
                check_mail_address: |_| Ok(()),
                new_secret: || {
                    Some(NewSigningSecret {
                        bytes: vec![7; 32].into(),
                        text: "whsec_Bw".to_owned().into(),
                    })
                },
                alert: |_, _| Err(StoreError::NoKey),
                test_channel: Arc::new(|_| Ok(())),
                mail_password_link: Arc::new(move |to, link, _| {
                    let _ = mailing.send((to.to_owned(), link.to_owned()));
                }),
            },
            setup: SetupForms {
                catalogue: Box::leak(Box::default()),
                problem: |_| Sentence::default(),
            },
            records: |_, _, _, _| Ok(None),
            progress: Arc::new(|_, _| Vec::new()),
            drill: Arc::new(|_, _| Err(Sentence::default())),
            check_repair: Arc::new(|_, _, _| Err(Vec::new())),
            preview: Arc::new(|_, _| Ok(Vec::new())),
            preview_undo: Arc::new(|_, _| Err(None)),
            change_groups: Arc::new(|_, _, _| {
                Ok(ChangedGroups {
                    run: RunId(1),
                    moves: Vec::new(),
                    left: 0,
                })
            }),
            address: "https://muster.acme.example".to_owned(),
            is_https: false,
            trusted_proxies: Vec::new(),
            version: "test",
            demo: None,
        };
        Self {
            store,
            router: router(state.clone()),
            state,
            now,
            mailed: tokio::sync::Mutex::new(mailed),
        }
    }

    /// The same with runs that are so far.
    pub(crate) fn following(
        progress: impl Fn(WorkspaceId, IntegrationId) -> Vec<RunProgress> + Send + Sync + 'static,
    ) -> Self {
        let mut site = Self::new();
        site.follow(progress);
        site
    }

    /// From now on, runs are so far.
    pub(crate) fn follow(
        &mut self,
        progress: impl Fn(WorkspaceId, IntegrationId) -> Vec<RunProgress> + Send + Sync + 'static,
    ) {
        self.state.progress = Arc::new(progress);
        self.router = router(self.state.clone());
    }

    /// From now on, every receiver of messages is refused: it is in an internal network.
    pub(crate) fn refuse_receivers(&mut self) {
        self.state.outgoing.check_url = |_| Err(internal());
        self.state.outgoing.test_channel = Arc::new(|_| Err(Some(internal())));
        self.router = router(self.state.clone());
    }

    /// Makes the site one of a demo: the path that signs its user in.
    pub(crate) fn make_demo(&mut self) -> String {
        let made = create_demo_user(&self.store, "Mette", "mette@acme.example", self.now());
        let user = made.unwrap().unwrap();
        let path = user.path();
        self.state.demo = Some(user);
        self.router = router(self.state.clone());
        path
    }

    pub(crate) fn demo_password(&self) -> &str {
        self.state.demo.as_ref().unwrap().password()
    }

    /// A site with Eva as its administrator, and her browser, which is signed in.
    pub(crate) async fn with_administrator() -> (Self, Browser) {
        let site = Self::new();
        let link = new_setup_link(&site.store, site.now()).unwrap().unwrap();
        let mut browser = Browser::default();
        let form = [
            ("name", "Eva Bakker"),
            ("email", EVA),
            ("password", PASSWORD),
            ("repeated", PASSWORD),
        ];
        let answer = browser.post(&site, &link, &form).await;
        assert_eq!(
            (answer.status, answer.location()),
            (StatusCode::SEE_OTHER, "/"),
            "{}",
            answer.body
        );
        (site, browser)
    }

    /// The next password link that is mailed, with its recipient.
    pub(crate) async fn mailed(&self) -> (String, String) {
        self.mailed.lock().await.recv().await.unwrap()
    }

    pub(crate) fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    pub(crate) fn wait(&self, duration: SignedDuration) {
        *self.now.lock().unwrap() += duration;
    }

    /// An answer whose body is still to be read.
    pub(crate) async fn answer(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let (parts, body) = self.answer(request).await.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }
}

#[derive(Clone, Default)]
pub(crate) struct Browser {
    pub(crate) cookies: Vec<(String, String)>,
}

impl Browser {
    pub(crate) async fn get(&mut self, site: &Site, path: &str) -> Answer {
        let request = Request::get(path).header("sec-fetch-site", "same-origin");
        let request = request.header(header::COOKIE, self.cookie());
        self.keep(site.send(request.body(Body::empty()).unwrap()).await)
    }

    pub(crate) async fn post(&mut self, site: &Site, path: &str, form: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let request = Request::post(path)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, self.cookie());
        self.keep(site.send(request.body(Body::from(body)).unwrap()).await)
    }

    pub(crate) async fn sign_in(&mut self, site: &Site, password: &str) -> Answer {
        self.post(
            site,
            "/sign-in",
            &[("email", EVA), ("password", password), ("to", "")],
        )
        .await
    }

    pub(crate) fn cookie(&self) -> String {
        let pairs: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    fn keep(&mut self, answer: Answer) -> Answer {
        for set in answer.headers.get_all(header::SET_COOKIE) {
            let set = set.to_str().unwrap();
            let (name, value) = set.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(kept, _)| kept != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        answer
    }
}
