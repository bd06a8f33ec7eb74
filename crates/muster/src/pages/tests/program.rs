//! A program with a token, which asks the API without a server.

use super::demo::Demo;
use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request},
};
use muster_core::model::role::Role;
use muster_store::NewApiToken;
use muster_web::random_api_token;
use serde_json::Value;
use tower::ServiceExt;

pub(super) const ROOT: &str = "/api/v1/workspaces/fjordmarked";

pub(super) struct Program<'d> {
    demo: &'d Demo,
    token: String,
}

/// The answer to a program.
pub(super) struct Said {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) json: Value,
}

impl<'d> Program<'d> {
    pub(super) fn new(demo: &'d Demo, name: &str, role: Role) -> Self {
        Self::of(demo, name, role, "mette@fjordmarked.example")
    }

    /// The same with a token that another user created.
    pub(super) fn of(demo: &'d Demo, name: &str, role: Role, created_by: &str) -> Self {
        let token = random_api_token().unwrap();
        let workspace = demo.store.workspace("fjordmarked").unwrap().unwrap();
        let new = NewApiToken {
            workspace: workspace.id,
            name,
            token: &token.hash,
            role,
            created_by,
            expires: "2026-12-27T07:16:00Z".parse().unwrap(),
        };
        let now = "2026-11-27T07:16:00Z".parse().unwrap();
        assert!(demo.store.create_api_token(&new, now).unwrap());
        Self {
            demo,
            token: token.text,
        }
    }

    /// Asks at an address of the workspace, with headers as names and values.
    pub(super) async fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Said {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{ROOT}{path}"))
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_string())).unwrap();
        let answer = self.demo.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let body = to_bytes(body, 10_000_000).await.unwrap();
        Said {
            status: parts.status.as_u16(),
            headers: parts.headers,
            json: serde_json::from_slice(&body).unwrap_or(Value::Null),
        }
    }

    pub(super) async fn send(&self, method: &str, path: &str, body: &Value) -> Said {
        self.ask(method, path, &[], body).await
    }

    /// What is at an address.
    pub(super) async fn get(&self, path: &str) -> Value {
        let said = self.send("GET", path, &Value::Null).await;
        assert_eq!(said.status, 200, "{path}: {:#}", said.json);
        said.json
    }
}

impl Said {
    #[track_caller]
    pub(super) fn is(&self, status: u16) -> &Value {
        assert_eq!(self.status, status, "{:#}", self.json);
        &self.json
    }

    #[track_caller]
    pub(super) fn refuses(&self, status: u16, code: &str, words: &str) {
        assert_eq!(self.is(status)["code"], code, "{:#}", self.json);
        let detail = self.json["detail"].as_str().unwrap();
        assert!(detail.contains(words), "no `{words}` in {detail}");
    }
}
