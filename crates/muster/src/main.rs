//! The muster binary: wiring only.

mod config;

fn main() {
    let _ = config::read;
}
