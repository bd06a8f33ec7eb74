//! The commands that edit employees and custom fields manually.

use clap::{Args, Subcommand};
use jiff::civil::Date;

#[derive(Subcommand, Debug)]
pub(crate) enum ManualCommand {
    /// Pin a field of an employee to a value that the source cannot change
    ///
    /// A pin is released when the source delivers the same value, and expires after its last day. Every plan lists the
    /// pinned fields for which the source has a different value.
    #[command(
        after_help = "Example: payroll still has the name wrong, and the correction may take weeks:
  muster pin E-1017 last_name 'van der Berg' --reason 'spelling, HR-311' --until 2026-06-30"
    )]
    Pin {
        /// External id, e-mail address, employee number or name
        #[arg(value_name = "EMPLOYEE")]
        employee: String,
        /// The field, for example `title`
        field: String,
        /// The value, written as in a file; '' pins the field to blank
        value: String,
        /// The reason, for others who see the pin
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// The last day of the pin
        #[arg(long, value_name = "DAY")]
        until: Option<Date>,
    },
    /// Remove the pin from a field; the source decides the value again
    #[command(after_help = "Example: muster unpin E-1017 last_name")]
    Unpin {
        /// External id, e-mail address, employee number or name
        #[arg(value_name = "EMPLOYEE")]
        employee: String,
        /// The field
        field: String,
    },
    /// List all pins with their reason, author and last day
    Pins,
    /// Protect an employee from being removed by a sync, sweep or undo
    #[command(after_help = "Example: the director is not in any payroll system:
  muster protect E-1 --reason 'director, paid by the holding'")]
    Protect {
        /// External id, e-mail address, employee number or name
        #[arg(value_name = "EMPLOYEE")]
        employee: String,
        /// The reason
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Remove the protection of an employee
    Unprotect {
        /// External id, e-mail address, employee number or name
        #[arg(value_name = "EMPLOYEE")]
        employee: String,
        /// The reason
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Create, edit, link, export or deactivate an employee manually
    #[command(subcommand)]
    Employee(EmployeeCommand),
}

#[derive(Subcommand, Debug)]
pub(crate) enum EmployeeCommand {
    /// Create an employee; the first integration that delivers the same employee becomes the owner
    #[command(
        after_help = "Example: a freelancer starts before any HR system has the record:
  muster employee create email=ann@acme.example first_name=Ann last_name=Aal onboarding_date=2026-06-01"
    )]
    Create {
        /// Fields and their values, for example `email=ann@acme.example`
        #[arg(required = true, value_name = "FIELD=VALUE")]
        values: Vec<String>,
        /// The reason
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Change fields of an employee that no integration maps
    #[command(after_help = "Example: a freelancer moves to another room:
  muster employee edit ann@acme.example location='Utrecht 3.12'
A field that an integration maps is refused, because the next delivery would overwrite it. Use `muster pin` instead.")]
    Edit {
        /// External id, e-mail address, employee number or name
        #[arg(value_name = "EMPLOYEE")]
        employee: String,
        /// Fields and their values; an empty value after `=` clears the field
        #[arg(required = true, value_name = "FIELD=VALUE")]
        values: Vec<String>,
        /// The reason
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Link an employee to the record with this external id
    #[command(
        after_help = "Example: a pre-hire got a new id on the first day, and the plan holds the new record:
  muster employee link anna@acme.example E-2044 --reason 'pre-hire P-17'"
    )]
    Link {
        /// External id, e-mail address, employee number or name
        #[arg(value_name = "EMPLOYEE")]
        employee: String,
        /// The external id of the record
        external_id: String,
        /// The integration that manages the employee from now on
        #[arg(long, value_name = "NAME")]
        integration: Option<String>,
        /// Show what would change, without changing it
        #[arg(long)]
        plan: bool,
        /// The reason
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Unlink an employee from their source: they keep their data and are managed manually
    #[command(
        after_help = "Example: the address of a former employee was given to a new colleague:
  muster employee unlink E-1017 --free-address --reason 'address recycled'"
    )]
    Unlink {
        /// External id, e-mail address, employee number or name
        #[arg(value_name = "EMPLOYEE")]
        employee: String,
        /// An inactive employee also gives up the e-mail address, so that a new employee can have it
        #[arg(long)]
        free_address: bool,
        /// Show what would change, without changing it
        #[arg(long)]
        plan: bool,
        /// The reason
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Merge two employees who are one person; the first keeps the history of both
    #[command(after_help = "Example: a new address made a second account:
  muster employee merge E-1017 1042 --take email --reason 'one person'")]
    Merge {
        /// The employee who stays
        survivor: String,
        /// The employee who becomes inactive, without external id and address
        duplicate: String,
        /// A field whose value comes from the duplicate even if the survivor has one; can be repeated
        #[arg(long, value_name = "FIELD")]
        take: Vec<String>,
        /// Show what would change, without changing it
        #[arg(long)]
        plan: bool,
        /// The reason
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Print everything that is stored about an employee as JSON, also what archived deliveries have
    ///
    /// For an employee who asks what is stored. Nothing of other employees is part of it. The export is recorded in the
    /// audit log.
    #[command(after_help = "Example: muster employee export E-1017 > E-1017.json")]
    Export {
        /// External id, e-mail address, employee number or name
        #[arg(value_name = "EMPLOYEE")]
        employee: String,
    },
    /// Deactivate an employee that no integration owns
    #[command(after_help = "Example: muster employee deactivate ann@acme.example --on 2026-08-31")]
    Deactivate {
        /// External id, e-mail address, employee number or name
        #[arg(value_name = "EMPLOYEE")]
        employee: String,
        /// The last day; default: today
        #[arg(long, value_name = "DAY")]
        on: Option<Date>,
        /// The reason
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
}

#[derive(Args, Debug)]
pub(crate) struct Fields {
    #[command(subcommand)]
    pub(crate) action: Option<FieldsCommand>,
}

#[derive(Subcommand, Debug)]
pub(crate) enum FieldsCommand {
    /// Add a custom field, or add choices to an existing one
    #[command(after_help = "Examples:
  muster fields add cost_centre text
  muster fields add shirt_size choice --choice S --choice M --choice L")]
    Add {
        /// The key: lower-case letters, digits and `_`
        key: String,
        /// text, number, date, datetime, boolean, choice, email or phone
        #[arg(value_name = "TYPE")]
        kind: String,
        /// Reject records that have no value for the field
        #[arg(long)]
        required: bool,
        /// An allowed value of a choice; repeat it for each value
        #[arg(long, value_name = "TEXT")]
        choice: Vec<String>,
    },
    /// Change the key of a field; values, history and plans are kept
    #[command(after_help = "Example: muster fields rename store shop")]
    Rename {
        /// The current key
        old: String,
        /// The new key
        new: String,
    },
    /// Remove a field; refused with a list of its uses while the field is in use
    #[command(after_help = "Example: muster fields remove shirt_size --and-values")]
    Remove {
        /// The key
        key: String,
        /// Also delete the values that employees have in it
        #[arg(long)]
        and_values: bool,
    },
}
