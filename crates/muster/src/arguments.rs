//! The command line and its help.

mod hand;
mod key;

pub(crate) use hand::{EmployeeCommand, Fields, FieldsCommand, HandCommand};
pub(crate) use key::KeyCommand;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::{Timestamp, civil::Date};
use muster_core::{
    derive::budget::Month,
    model::{
        ids::RunId,
        plan::{OperationKind, PlanId},
    },
};
use muster_engine::From;
use std::path::PathBuf;

/// Keeps an employee directory in step with files and HR systems: shows who would be created, changed or
/// deactivated and why, holds what looks wrong, and applies the rest whole or not at all.
#[derive(Parser, Debug)]
#[command(name = "muster", version, propagate_version = true, arg_required_else_help = true, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// Where the directory is: `sqlite:PATH`
    #[arg(
        long,
        global = true,
        env = "MUSTER_DATABASE",
        default_value = "sqlite:muster.db",
        value_name = "URL"
    )]
    pub(crate) database: String,

    /// The workspace, where a database has several and no integration file names one
    #[arg(long, global = true, env = "MUSTER_WORKSPACE", value_name = "NAME")]
    pub(crate) workspace: Option<String>,

    /// Act as if it were this instant, as in `2026-05-01T02:45:00Z`: rehearsals and tests
    #[arg(long, global = true, value_name = "RFC3339")]
    pub(crate) now: Option<Timestamp>,

    /// The file of the master key with which tokens and delivered files are sealed; beside the database as
    /// `DATABASE.key` if nothing is said, and made at first use
    #[arg(
        long,
        global = true,
        env = "MUSTER_MASTER_KEY_FILE",
        value_name = "FILE"
    )]
    pub(crate) master_key: Option<PathBuf>,

    /// Answer with one JSON object instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Let an HR system's `base_url` name another host than the vendor's: for emulators and proxies
    #[arg(long, global = true, env = "MUSTER_ANY_HOST")]
    pub(crate) any_host: bool,

    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "Exit codes:
  0  applied, or nothing to do
  1  failed
  2  wrong usage or configuration
  3  held: a person must decide
  4  the delivery was refused

Start with `muster check FILE.toml`, then `muster test FILE.toml`, then `muster plan FILE.toml`.";

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Fetch, check, show the plan, and apply it unless something holds it
    ///
    /// The plan is printed as it will be applied: `+` creates, `~` changes, `-` deactivates, `!` waits for a person
    /// or was rejected. The first run of an integration always waits for approval.
    Sync {
        /// The integration file
        file: PathBuf,
        /// Approve the plan of this run in advance, whatever the guards find
        #[arg(long)]
        approve: bool,
    },
    /// The same as sync, without applying; the plan is saved and has an id for `muster approve`
    Plan {
        /// The integration file
        file: PathBuf,
    },
    /// Apply a saved plan, exactly as it was shown
    Approve {
        /// The plan, as in `12-3f9a2c1b`
        plan: PlanId,
        /// Only operations of these kinds, as in `--only create,update`
        #[arg(long, value_delimiter = ',', value_parser = kind, value_name = "KIND")]
        only: Vec<OperationKind>,
        /// Only the operation with this number; may be given several times
        #[arg(long, value_name = "NUMBER", conflicts_with = "only")]
        operation: Vec<i64>,
    },
    /// Say no to a saved plan; the next run decides anew
    Reject {
        /// The plan
        plan: PlanId,
    },
    /// Connect, list, read the first records and propose a mapping; changes nothing
    Test {
        /// The integration file
        file: PathBuf,
        /// Accept this host key of the server from now on
        #[arg(long, value_name = "SHA256:...")]
        accept_host_key: Option<String>,
    },
    /// Check an integration file without connecting
    Check {
        /// The integration file
        file: PathBuf,
    },
    /// List the directory
    Employees(Employees),
    /// Tell the story of a person, or of one value: why is it what it is, why was a record not used
    Explain {
        /// External id, e-mail address, employee number or name
        who: String,
        /// A field, as in `email`
        field: Option<String>,
    },
    /// List the latest runs, or show one with its problems and plan
    Runs {
        /// The run
        run: Option<i64>,
    },
    /// Plan the opposite of what a run changed, through the same guards, and apply it
    ///
    /// Last night's file had everybody in the wrong department: `muster runs` says that it was run 12, and `muster undo 12`
    /// gives the old values back. What somebody changed since is left alone and listed; so are pinned values, protected
    /// people, and one-off budgets that were given.
    Undo {
        /// The run
        run: i64,
        /// Approve in advance, whatever the guards find
        #[arg(long)]
        approve: bool,
    },
    /// Apply what dates ask for: people whose onboarding or offboarding has come; remove what is kept for a time only
    Sweep {
        /// Approve in advance, whatever the guards find
        #[arg(long)]
        approve: bool,
    },
    /// Remove a person's values for good (GDPR); without --yes only lists every place in which they stand
    ///
    /// `muster erase E-1042` shows what would go: the directory, history, plans, problems and delivered files.
    /// `muster erase E-1042 --yes --why "request of 3 May"` does it. The next file cannot bring the person back.
    Erase {
        /// External id, e-mail address, employee number or name
        who: String,
        /// Do it; it cannot be undone
        #[arg(long)]
        yes: bool,
        /// Why, for the record; it must not name the person
        #[arg(long, value_name = "TEXT", default_value = "on request")]
        why: String,
        /// Let somebody with this external id or address come in again
        #[arg(long, conflicts_with = "yes")]
        lift: bool,
    },
    /// Run kept deliveries again under today's rules, in a copy, and show who would be different now
    ///
    /// `muster replay acme.toml --from 2026-05-01` answers: what if the mapping had been like this since May?
    Replay {
        /// The integration file with today's rules
        file: PathBuf,
        /// The run, or the day, of the first delivery
        #[arg(long, value_name = "RUN|DAY", value_parser = from)]
        from: From,
    },
    /// Show how many people a changed integration file would change, field by field, without fetching
    ///
    /// Reads the last kept delivery. Run it after editing a mapping, a selection or a policy, before the next sync: does
    /// `title = "job_title"` change 20 people, or 2,000? `muster profile acme.toml` says so, and changes nothing.
    Profile {
        /// The integration file
        file: PathBuf,
    },
    /// List the SSH algorithms that SFTP sources can use
    SshAlgorithms,
    /// Print who reports to whom, as a tree
    ///
    /// The tree of everybody starts with the people without a manager; `muster org E-1042` shows who reports to
    /// that person, directly and through others. `muster org --problems` lists managers whom nobody knows, with how
    /// long that has been so, and people who are each other's managers.
    Org(Org),
    /// Show who is granted which budget, from when until when and why; or what is due in a month
    ///
    /// Budgets come from fields such as `monthly_all_budget` and `oneoff_health_budget`. A monthly budget is due in full
    /// in every month that it touches, a one-off in the month in which it starts: `muster budgets --month 2026-05` is
    /// the list to pay, with its sums; `muster budgets ann@acme.example` tells how each budget of Ann came about.
    Budgets(Budgets),
    #[command(flatten)]
    Hand(HandCommand),
    /// List the workspace's own fields; add, rename and remove them
    ///
    /// Beside names, dates and the like, a workspace may keep what it needs, such as a cost centre or a shirt size. Such a
    /// field is added here or in an integration file, mapped from a column, and is then like any other.
    Fields(Fields),
    /// List groups and smart groups with their sizes, or work with smart groups
    ///
    /// A smart group is a rule over the fields of people, such as "country is NL or BE, and department is Sales".
    /// Rules are written into a file; membership follows every change of a person.
    #[command(after_help = GROUPS_HELP)]
    Groups {
        #[command(subcommand)]
        what: Option<Groups>,
    },
    /// List the companies in which people are employed, with their dates and how many people each has
    ///
    /// Companies stand in the integration file as `[[company]]`, or come from the source. People count where their
    /// primary employment is; companies that only employments name are listed as not known.
    #[command(after_help = COMPANIES_HELP)]
    Companies,
    /// Show or change the master key, with which delivered files and tokens are sealed
    ///
    /// The key is in a file beside the database that only its owner may read. A backup of the database without it reveals
    /// nothing that is sealed, and cannot be used fully without it either: keep a copy of the key, apart from the backups.
    #[command(subcommand)]
    Key(KeyCommand),
}

const COMPANIES_HELP: &str = "In an integration file:
  [[company]]
  id = \"BE01\"
  short_name = \"Acme BE\"
  valid_to = 2026-06-30

A company that is gone from every list ends with the next complete delivery, once nobody is employed in it.
docs/employments.md tells the rest.";

const GROUPS_HELP: &str = "A groups file:
  workspace = \"acme\"

  [[smart_group]]
  name = \"Dutch-speaking sales\"
  where = [
      { field = \"country\", in = [\"NL\", \"BE\"] },
      { field = \"department\", equals = \"Sales\" },
  ]

  [[smart_group]]
  name = \"New this month\"
  where = [{ field = \"onboarding_date\", on_or_after = \"today-30\" }]
  expression = 'employment_type != \"Intern\"'

Conditions on one field are alternatives, conditions on different fields must all be met. docs/groups.md has
every test, and the expression language.";

#[derive(Subcommand, Debug)]
pub(crate) enum Groups {
    /// Show a smart group: its rule and who belongs to it
    Show {
        /// The group
        name: String,
        /// Instead of the people: who joined and left, when and why
        #[arg(long)]
        history: bool,
    },
    /// Show who would join and leave if the rules of a file were saved; saves nothing
    Preview {
        /// The groups file
        file: PathBuf,
    },
    /// Save the rules of a file and move everybody whom they move, at once or not at all
    Apply {
        /// The groups file
        file: PathBuf,
    },
    /// Remove a smart group; its history stays
    Remove {
        /// The group
        name: String,
    },
}

#[derive(Args, Debug)]
pub(crate) struct Employees {
    /// The directory at the end of this day
    #[arg(long, value_name = "DAY")]
    pub(crate) as_of: Option<Date>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
}

#[derive(Args, Debug)]
pub(crate) struct Budgets {
    /// External id, e-mail address, employee number or name; without it, everybody
    pub(crate) who: Option<String>,
    /// What is due in this month, as in `2026-05`
    #[arg(long, value_name = "YYYY-MM")]
    pub(crate) month: Option<Month>,
}

#[derive(Args, Debug)]
pub(crate) struct Org {
    /// Only this person and who reports to them: external id, e-mail address, employee number or name
    pub(crate) who: Option<String>,
    /// How many levels below the top; who is further down is counted
    #[arg(long, value_name = "LEVELS", value_parser = levels)]
    pub(crate) depth: Option<usize>,
    /// What is wrong instead: unknown managers with their age, rings with their path
    #[arg(long, conflicts_with_all = ["who", "depth"])]
    pub(crate) problems: bool,
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people
    Table,
    /// For spreadsheets: values that would run as formulas are guarded with an apostrophe
    Csv,
    /// For programs: values as they are
    Json,
}

fn from(text: &str) -> Result<From, String> {
    if let Ok(run) = text.parse() {
        return Ok(From::Run(RunId(run)));
    }
    text.parse()
        .map(From::Day)
        .map_err(|_| "use the number of a run, or a day such as 2026-05-01".to_owned())
}

fn levels(text: &str) -> Result<usize, String> {
    text.parse()
        .map_err(|_| "use a whole number, such as 1 for those who report to the top".to_owned())
}

fn kind(text: &str) -> Result<OperationKind, String> {
    OperationKind::parse(text).ok_or_else(|| {
        let known: Vec<&str> = OperationKind::ALL
            .iter()
            .map(|kind| kind.as_str())
            .collect();
        format!("use one of {}", known.join(", "))
    })
}
