//! Access tokens of HR systems, stored encrypted between runs, for one integration of one
//! workspace.

use async_trait::async_trait;
use jiff::Timestamp;
use muster_connectors::connector::TokenCache;
use muster_core::{model::ids::WorkspaceId, setup::integration::Setup};
use muster_store::Store;
use secrecy::{ExposeSecret, SecretSlice};

/// The tokens of one integration.
pub(crate) struct Tokens<'s> {
    store: &'s Store,
    workspace: WorkspaceId,
    integration: String,
}

impl<'s> Tokens<'s> {
    pub(crate) fn of(setup: &Setup, store: &'s Store) -> Self {
        Self {
            store,
            workspace: setup.workspace.id,
            integration: setup.name.clone(),
        }
    }

    fn name(&self, key: &str) -> String {
        format!("token/{}/{key}", self.integration)
    }
}

#[async_trait]
impl TokenCache for Tokens<'_> {
    async fn get(&self, key: &str, now: Timestamp) -> Result<Option<SecretSlice<u8>>, String> {
        let stored = self
            .store
            .secret(self.workspace, &self.name(key))
            .map_err(|error| error.to_string())?;
        let fresh = stored.filter(|secret| secret.expires.is_none_or(|expires| expires > now));
        Ok(fresh.map(|secret| secret.bytes.to_vec().into()))
    }

    async fn put(
        &self,
        key: &str,
        secret: SecretSlice<u8>,
        expires: Timestamp,
    ) -> Result<(), String> {
        let kept = self.store.put_secret(
            self.workspace,
            &self.name(key),
            secret.expose_secret(),
            Some(expires),
        );
        kept.map_err(|error| error.to_string())
    }

    async fn forget(&self, key: &str) -> Result<(), String> {
        let forgotten = self.store.forget_secret(self.workspace, &self.name(key));
        forgotten.map(drop).map_err(|error| error.to_string())
    }
}
