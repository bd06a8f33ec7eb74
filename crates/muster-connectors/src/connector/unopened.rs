//! Stands for an HR system that cannot be opened, for example because a secret is missing. A command that reads
//! archived deliveries works; a command that needs the system gets the reason.

use super::{Connector, ConnectorError, Extent, Offered, Session, Wanted};
use async_trait::async_trait;
use muster_core::read::record::Sink;

/// A connector that gives one answer to everything.
#[derive(Debug)]
pub struct Unopened(pub ConnectorError);

#[async_trait]
impl Connector for Unopened {
    async fn read(
        &self,
        _session: &Session<'_>,
        _wanted: &Wanted,
        _sink: &mut (dyn Sink + Send),
    ) -> Result<Extent, ConnectorError> {
        Err(self.0.clone())
    }

    async fn offered(&self, _session: &Session<'_>) -> Result<Vec<Offered>, ConnectorError> {
        Err(self.0.clone())
    }
}
