//! Emulators of HR systems: servers that play the documented interfaces of Personio, BambooHR and YouServe over a
//! generated company, with their limits and everything that is known to go wrong with them.
//!
//! To add a scenario: a line in the provider's `menu.rs` under its number, and the place in the provider's answer that
//! asks [`scenario`] whether it is on; what is wrong for every provider alike has its line and place in `faults.rs`
//! (transport), `paging.rs` (lists) or `cast.rs` (people). A test walks through every provider and fails for a scenario
//! of which nothing can be seen.
//!
//! Each listens on this machine only, knows made-up people only, and is no part of a product program.

mod answer;
mod api;
mod bamboohr;
mod base64;
mod cast;
mod chance;
mod clock;
pub mod company;
mod control;
mod faults;
mod handle;
pub mod journal;
pub mod names;
mod pace;
mod paging;
pub mod person;
mod personio;
mod request;
pub mod scenario;
mod server;
mod youserve;

pub use handle::{Emulator, Options, Product};
pub use journal::Asked;
pub use scenario::{Scenario, Switch};
