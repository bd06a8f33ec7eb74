//! Runs one emulator of an HR system on this machine: `muster-emulate personio --people 500 --scenario token-expiry`.

use clap::Parser;
use jiff::civil::Date;
use muster_testkit::emulator::{Emulator, Options, Product, Switch};
use std::{error::Error, io::Write, thread, time::Duration};

/// Plays an HR system over made-up people, with its limits and its faults.
#[derive(Debug, Parser)]
struct Arguments {
    /// personio, bamboohr or youserve
    product: Product,
    /// How many people; otherwise as many as the first entry of the menu says
    #[arg(long)]
    people: Option<usize>,
    /// Decides who they are
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// The company's first day; otherwise this machine's
    #[arg(long)]
    today: Option<Date>,
    /// Port on 127.0.0.1; 0 takes any that is free
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// How many times faster than life tokens age and limits pass
    #[arg(long, default_value_t = 1.0)]
    speed: f64,
    /// Speaks HTTPS with an authority made for it, which is printed
    #[arg(long)]
    tls: bool,
    /// Switches a scenario on: NAME or NAME,after=N,times=N,on=/path; may be given several times
    #[arg(long, value_parser = Switch::parse)]
    scenario: Vec<Switch>,
    /// Lists the scenarios and ends
    #[arg(long)]
    list: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    // Not `println`, which ends in disorder where the reader has gone.
    let mut out = std::io::stdout().lock();
    if arguments.list {
        for scenario in arguments.product.scenarios() {
            writeln!(
                out,
                "{:>2}  {:<28} {}",
                scenario.menu, scenario.name, scenario.about
            )?;
        }
        return Ok(());
    }
    let emulator = Emulator::start(
        arguments.product,
        &Options {
            people: arguments.people,
            seed: arguments.seed,
            today: arguments.today.unwrap_or_else(today),
            port: arguments.port,
            speed: arguments.speed,
            tls: arguments.tls,
        },
    )?;
    for switch in &arguments.scenario {
        emulator.switch(switch)?;
    }
    writeln!(out, "{}", emulator.url())?;
    writeln!(out, "{}", emulator.credentials())?;
    out.write_all(emulator.ca_pem().as_bytes())?;
    out.flush()?;
    loop {
        thread::sleep(Duration::from_secs(3_600));
    }
}

/// This machine's day, so that the company is of the same day as its reader.
#[allow(
    clippy::disallowed_methods,
    reason = "a program's own day is its clock's"
)]
fn today() -> Date {
    jiff::Zoned::now().date()
}
