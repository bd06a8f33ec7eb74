//! The commands by which somebody changes people and fields by hand.

use clap::{Args, Subcommand};
use jiff::civil::Date;

#[derive(Subcommand, Debug)]
pub(crate) enum HandCommand {
    /// Hold a field of a person at a value, whatever the source says
    ///
    /// The pin is released by itself once the source says the same, and ignored once its last day is over. Every plan
    /// shows where the source says something else.
    #[command(
        after_help = "Example: payroll still spells the name wrong, and the ticket may take weeks:
  muster pin E-1017 last_name 'van der Berg' --reason 'spelling, HR-311' --until 2026-06-30"
    )]
    Pin {
        /// External id, e-mail address, employee number or name
        who: String,
        /// The field, as in `title`
        field: String,
        /// The value, as a file would have it; '' holds the field blank
        value: String,
        /// Why, for whoever meets the pin later
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// The last day on which it holds
        #[arg(long, value_name = "DAY")]
        until: Option<Date>,
    },
    /// Take the pin off a field; the source decides again
    #[command(after_help = "Example: muster unpin E-1017 last_name")]
    Unpin {
        /// The person
        who: String,
        /// The field
        field: String,
    },
    /// List every pin with its reason, author and last day
    Pins,
    /// Protect a person: no sync, sweep or undo removes them
    #[command(after_help = "Example: the director is in no payroll:
  muster protect E-1 --reason 'director, paid by the holding'")]
    Protect {
        /// The person
        who: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Take the protection off a person
    Unprotect {
        /// The person
        who: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Create, edit or deactivate a person by hand
    #[command(subcommand)]
    Employee(EmployeeCommand),
}

#[derive(Subcommand, Debug)]
pub(crate) enum EmployeeCommand {
    /// A new person whom no integration owns; the first that delivers them takes them over
    #[command(
        after_help = "Example: a freelancer starts before any system knows them:
  muster employee create email=ann@acme.example first_name=Ann last_name=Aal onboarding_date=2026-06-01"
    )]
    Create {
        /// Fields and values, as in `email=ann@acme.example`
        #[arg(required = true, value_name = "FIELD=VALUE")]
        values: Vec<String>,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Other values for a person, in fields that no integration decides
    #[command(after_help = "Example: a freelancer has another room:
  muster employee edit ann@acme.example location='Utrecht 3.12'
A field that an integration maps would be overwritten by its next delivery: it is refused, and `muster pin` holds it.")]
    Edit {
        /// The person
        who: String,
        /// Fields and values; nothing after `=` clears the field
        #[arg(required = true, value_name = "FIELD=VALUE")]
        values: Vec<String>,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// A person whom no integration owns leaves
    #[command(after_help = "Example: muster employee deactivate ann@acme.example --on 2026-08-31")]
    Deactivate {
        /// The person
        who: String,
        /// The last day; today if none is given
        #[arg(long, value_name = "DAY")]
        on: Option<Date>,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
}

#[derive(Args, Debug)]
pub(crate) struct Fields {
    #[command(subcommand)]
    pub(crate) act: Option<FieldsCommand>,
}

#[derive(Subcommand, Debug)]
pub(crate) enum FieldsCommand {
    /// Add a field, or choices to one
    #[command(after_help = "Examples:
  muster fields add cost_centre text
  muster fields add shirt_size choice --choice S --choice M --choice L")]
    Add {
        /// Its key: small letters, digits and `_`
        key: String,
        /// text, number, date, datetime, boolean, choice, email or phone
        #[arg(value_name = "TYPE")]
        kind: String,
        /// A record without it is rejected
        #[arg(long)]
        required: bool,
        /// One of the values that a choice may have; give it several times
        #[arg(long, value_name = "TEXT")]
        choice: Vec<String>,
    },
    /// Give a field another key; values, history and plans keep what they have
    #[command(after_help = "Example: muster fields rename store shop")]
    Rename {
        /// Its key now
        old: String,
        /// Its key from now on
        new: String,
    },
    /// Remove a field; refused while it is in use, with what would be lost
    #[command(after_help = "Example: muster fields remove shirt_size --and-values")]
    Remove {
        /// Its key
        key: String,
        /// Remove it together with the values that people have in it
        #[arg(long)]
        and_values: bool,
    },
}
