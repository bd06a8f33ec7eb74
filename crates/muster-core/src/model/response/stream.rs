//! A list that is written one element at a time.

use serde::{Serialize, Serializer};

/// Serialises what a function iterates over, without collecting it first.
#[derive(Clone, Copy, Debug)]
pub struct Each<F>(pub F);

impl<F, I> Serialize for Each<F>
where
    F: Fn() -> I,
    I: IntoIterator,
    I::Item: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}
