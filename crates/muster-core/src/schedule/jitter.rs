//! Spreads integrations that have the same slot over a minute, each always by the same time.

use crate::model::ids::{IntegrationId, WorkspaceId};
use jiff::SignedDuration;

/// The longest delay after a slot, in milliseconds.
pub const MAX_JITTER_MILLIS: u64 = 60_000;

/// How long after its slots an integration starts.
pub fn jitter(workspace: WorkspaceId, integration: IntegrationId) -> SignedDuration {
    let mut hasher = blake3::Hasher::new_derive_key("muster schedule jitter");
    hasher.update(&workspace.0.to_le_bytes());
    hasher.update(&integration.0.to_le_bytes());
    let mut bytes = [0; 8];
    hasher.finalize_xof().fill(&mut bytes);
    let millis = u64::from_le_bytes(bytes) % (MAX_JITTER_MILLIS + 1);
    SignedDuration::from_millis(i64::try_from(millis).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integrations_are_spread_over_a_minute_and_each_keeps_its_delay() {
        let mut buckets = [0; 6];
        for integration in 1..=6_000 {
            let delay = jitter(WorkspaceId(1), IntegrationId(integration));
            assert_eq!(delay, jitter(WorkspaceId(1), IntegrationId(integration)));
            assert!(delay <= SignedDuration::from_secs(60));
            buckets[usize::try_from(delay.as_millis() / 10_001).unwrap()] += 1;
        }
        assert!(
            buckets.iter().all(|count| (850..1_150).contains(count)),
            "{buckets:?}"
        );
        assert_ne!(
            jitter(WorkspaceId(1), IntegrationId(2)),
            jitter(WorkspaceId(2), IntegrationId(1))
        );
    }
}
