//! Tests of the whole program and of the tree.

mod ground;
mod seeds_actimo;
mod seeds_alleo;
mod sync;
mod tidy;
