//! The command line and its help.

mod alert;
mod audit;
mod database;
mod employees;
mod file;
mod format;
mod groups;
mod init;
mod integration;
mod issues;
mod key;
mod manual;
mod network;
mod public_url;
mod runs;
mod secret;
mod serve;
mod tls;
mod token;
mod user;
mod values;
mod webhooks;
mod workspace;

pub(crate) use alert::{AlertCommand, Encryption};
pub(crate) use audit::AuditCommand;
pub(crate) use database::DatabaseCommand;
pub(crate) use employees::Employees;
pub(crate) use format::{Format, Formulas};
use groups::GROUPS_HELP;
pub(crate) use groups::Groups;
pub(crate) use init::Init;
pub(crate) use integration::IntegrationCommand;
pub(crate) use issues::IssuesCommand;
pub(crate) use key::KeyCommand;
pub(crate) use manual::{EmployeeCommand, Fields, FieldsCommand, ManualCommand};

pub(crate) use network::NetworkOptions;
pub(crate) use public_url::PublicUrl;
pub(crate) use runs::{Kind, RunsCommand, Shown};
pub(crate) use secret::SecretCommand;
pub(crate) use serve::{BackupOptions, DoctorOptions, ServeOptions, WorkerOptions};
pub(crate) use tls::TlsOptions;
pub(crate) use token::TokenCommand;
pub(crate) use user::{Links, UserCommand};
use values::{from, kind, levels, month, plan_id};
pub(crate) use webhooks::WebhooksCommand;
pub(crate) use workspace::WorkspaceCommand;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use jiff::Timestamp;
use muster_core::{
    derive::budget::Month,
    model::plan::{OperationKind, PlanId},
};
use muster_engine::From;
use std::path::PathBuf;

/// Keeps an employee directory in sync with files and HR systems.
///
/// Muster shows which employees would be created, changed or deactivated and why, holds what looks wrong for review,
/// and applies the rest in one transaction.
#[derive(Parser, Debug)]
#[command(name = "muster", version, propagate_version = true, arg_required_else_help = true, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// The configuration file: settings in place of options that are not given
    #[arg(long, global = true, env = "MUSTER_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// The database that holds the directory, as `sqlite:PATH` or `postgres://USER@HOST/DATABASE`
    #[arg(
        long,
        global = true,
        env = "MUSTER_DATABASE",
        hide_env_values = true,
        default_value = "sqlite:muster.db",
        value_name = "URL"
    )]
    pub(crate) database: String,

    /// The workspace to use if the database has several; an integration file must name the same one
    #[arg(long, global = true, env = "MUSTER_WORKSPACE", value_name = "NAME")]
    pub(crate) workspace: Option<String>,

    /// Use this time instead of the current time, for example `2026-05-01T02:45:00Z`
    #[arg(long, global = true, value_name = "RFC3339")]
    pub(crate) now: Option<Timestamp>,

    /// Work on a copy of the database and show what would happen; the database and the source are not changed
    #[arg(long, global = true)]
    pub(crate) rehearse: bool,

    /// The file with the master key, which encrypts tokens and archived deliveries; default: `<database>.key`, created on
    /// first use
    #[arg(
        long,
        global = true,
        env = "MUSTER_MASTER_KEY_FILE",
        value_name = "FILE"
    )]
    pub(crate) master_key: Option<PathBuf>,

    /// A command that prints the master key, in the format of a key file, instead of the file; the environment variable
    /// MUSTER_MASTER_KEY can hold the key itself
    #[arg(
        long,
        global = true,
        env = "MUSTER_MASTER_KEY_COMMAND",
        value_name = "COMMAND",
        conflicts_with = "master_key"
    )]
    pub(crate) master_key_command: Option<String>,

    /// Print JSON instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Allow an HR system's `base_url` to name a host that is not the vendor's, for emulators and proxies
    #[arg(long, global = true, env = "MUSTER_ANY_HOST")]
    pub(crate) any_host: bool,

    #[command(flatten)]
    pub(crate) network: NetworkOptions,

    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Arguments {
    /// Those of a command on another database, at another time.
    pub(crate) fn of_database(database: String, now: Option<Timestamp>) -> Self {
        Self {
            config: None,
            database,
            workspace: None,
            now,
            rehearse: false,
            master_key: None,
            master_key_command: None,
            json: false,
            any_host: false,
            network: NetworkOptions::default(),
            command: Command::Status,
        }
    }
}

const EXIT_CODES: &str = "Exit codes:
  0  applied, or nothing to do
  1  failed
  2  invalid usage or configuration
  3  held for review: the plan, or a part of it, is waiting for approval
  4  the delivery was refused, or every record in it was rejected

Start with `muster init FILE.toml`, then `muster plan FILE.toml`, then `muster approve PLAN`.";

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Create an integration file: ask for the source, test the connection, and propose a mapping
    ///
    /// Asks for what the options leave open. Secrets are not written into the file, only where they are read from.
    Init(Init),
    /// Read the source, show the plan, and apply it unless it is held for review
    ///
    /// The plan lists departures first, then what is held or rejected, then changes and new employees: `+` creates,
    /// `~` changes, `-` deactivates, `x` deletes, `!` is held for review or rejected. The first run of an integration is
    /// always held for review.
    Sync {
        /// The integration file, or the name of an integration in the database
        file: PathBuf,
        /// Apply the plan even if a guard trips
        #[arg(long)]
        approve: bool,
    },
    /// Run integrations by their schedules until stopped
    ///
    /// Runs the integrations in the database, and each day the sweep, the deletion of expired data and a backup. Starts with an
    /// empty database if there is none. `SIGTERM` and Ctrl-C stop it: running jobs may finish. The log is JSON, one object a line, on standard error;
    /// /livez, /readyz and /metrics answer monitoring.
    Serve(ServeOptions),
    /// Share the jobs of a database on a server with other processes, without pages
    ///
    /// Any number of workers and of `muster serve` work on one database. Each job is done by one of them; the jobs of a worker
    /// that ends are done by another.
    Worker(WorkerOptions),
    /// Write a backup of the database to a file, also while `muster serve` runs
    ///
    /// The backup holds everything except the master key. Without FILE, it is written to the folder `<database>.backups`, where
    /// the service also writes its daily backups. The list of erasures is written to the same folder.
    Backup {
        /// The file to write, or a folder for a file that is named after the current time
        file: Option<PathBuf>,
    },
    /// Restore a backup as the database, and apply the erasures that were made after it
    ///
    /// The backup is verified, copied, migrated to the current schema and verified again before it becomes the database.
    /// The erasures are read from the database that is replaced, from the list beside it and from the lists beside the backup.
    Restore {
        /// The backup
        file: PathBuf,
        /// Replace the existing database, which is kept under another name
        #[arg(long)]
        replace: bool,
        /// Another list of erasures to apply; can be repeated
        #[arg(long, value_name = "FILE")]
        erasures: Vec<PathBuf>,
    },
    /// Verify the database or a backup: the file, counts, history, budgets and encrypted data
    ///
    /// A backup is verified by restoring it into a temporary folder. Nothing is changed.
    Verify {
        /// The backup to verify; default: the database
        file: Option<PathBuf>,
    },
    /// Show the next slots, the running jobs and the last ones that ended
    Status,
    /// Check the installation: configuration, database, master key, disk, backups, clock, credentials and more
    ///
    /// Every check says what it found and what to do. Nothing is changed. The exit code is 1 if a check failed; warnings do not
    /// count. The whole database file is read, which takes a few seconds for each gigabyte.
    Doctor(DoctorOptions),
    /// Send alerts about issues by mail or to a webhook, and try it
    #[command(subcommand)]
    Alert(AlertCommand),
    /// Send events about employees to other systems
    #[command(subcommand)]
    Webhooks(WebhooksCommand),
    /// List what needs a person: held plans, failures, missing deliveries, expiring credentials and more
    ///
    /// An issue opens by itself and ends by itself, when its cause is gone.
    #[command(args_conflicts_with_subcommands = true)]
    Issues {
        /// List the resolved issues, too
        #[arg(long)]
        all: bool,
        #[command(subcommand)]
        command: Option<IssuesCommand>,
    },
    /// Read the source and show the plan without applying it; the plan is saved for `muster approve`
    Plan {
        /// The integration file, or the name of an integration in the database
        file: PathBuf,
    },
    /// Make the integrations of a workspace equal to the files of a folder, after showing the difference
    ///
    /// Integrations of which the folder has no file are removed, unless they were created without a file. An integration that
    /// a file manages can only be changed by its file. The directory is not changed.
    Apply {
        /// The folder with the integration files (`*.toml`)
        folder: PathBuf,
        /// Show the difference without applying it
        #[arg(long)]
        plan: bool,
    },
    /// Print the integrations of the database as integration files, or write them to a folder
    Export {
        /// Write one file for each integration to this folder; existing files are not overwritten
        #[arg(long, value_name = "FOLDER")]
        dir: Option<PathBuf>,
    },
    /// Store, list or remove the secrets of integrations; a stored secret is never shown again
    #[command(subcommand)]
    Secret(SecretCommand),
    /// List, create or delete workspaces
    #[command(subcommand)]
    Workspace(WorkspaceCommand),
    /// Create, list or revoke the tokens with which programs use the API
    #[command(subcommand)]
    Token(TokenCommand),
    /// Add, list, disable and enable the users of the admin pages, and set their roles
    #[command(subcommand)]
    User(UserCommand),
    /// List, verify or export the audit log: who did what, and when
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Manage integrations
    #[command(subcommand)]
    Integration(IntegrationCommand),
    /// Apply a saved plan exactly as shown
    Approve {
        /// The id of the plan, for example `12-3f9a2c1b`
        #[arg(value_parser = plan_id)]
        plan: PlanId,
        /// Apply only operations of these kinds, for example `--only create,update`
        #[arg(long, value_delimiter = ',', value_parser = kind, value_name = "KIND")]
        only: Vec<OperationKind>,
        /// Apply only the operation with this number; can be repeated
        #[arg(long, value_name = "NUMBER", conflicts_with = "only")]
        operation: Vec<i64>,
    },
    /// Reject a saved plan; the next run creates a new one
    Reject {
        /// The id of the plan
        #[arg(value_parser = plan_id)]
        plan: PlanId,
    },
    /// Test the connection: list files, show the first records and propose a mapping; changes nothing
    Test {
        /// The integration file, or the name of an integration in the database
        file: PathBuf,
        /// Trust this host key of the server from now on
        #[arg(long, value_name = "SHA256:...")]
        accept_host_key: Option<String>,
        /// Write what up to 200 records would become to a new CSV file, for review
        #[arg(long, value_name = "FILE.csv")]
        export: Option<PathBuf>,
    },
    /// Check an integration file without connecting to anything
    Check {
        /// The integration file, or the name of an integration in the database
        file: PathBuf,
    },
    /// List the employees in the directory
    Employees(Employees),
    /// Show an employee's history, why a field has its value, or why a record was not applied
    Explain {
        /// External id, e-mail address, employee number or name
        #[arg(value_name = "EMPLOYEE")]
        employee: String,
        /// Show only this field, for example `email`
        field: Option<String>,
    },
    /// List the latest runs, or show what one run did, its problems and its plan
    #[command(args_conflicts_with_subcommands = true)]
    Runs {
        /// The number of a run
        run: Option<i64>,
        #[command(flatten)]
        shown: Shown,
        #[command(subcommand)]
        command: Option<RunsCommand>,
    },
    /// Undo a run: plan the opposite changes, check them with the guards, and apply them
    ///
    /// Example: last night's file put every employee into the wrong department. `muster runs` shows that it was run 12,
    /// and `muster undo 12` restores the old values; `muster undo 12 --plan` shows them first. Values that changed again
    /// since then are listed and not restored. The same applies to pinned values, protected and erased employees, one-off
    /// budgets that were granted, and addresses and external ids that now belong to another employee.
    Undo {
        /// The number of the run
        run: i64,
        /// Show and save the plan, without applying it
        #[arg(long, alias = "preview", conflicts_with = "approve")]
        plan: bool,
        /// Apply the plan even if a guard trips
        #[arg(long)]
        approve: bool,
        /// Do not ask before the plan is applied; without a terminal, nothing is asked
        #[arg(long, short)]
        yes: bool,
    },
    /// Apply onboarding and offboarding dates that are due, and delete expired data
    Sweep {
        /// Apply the plan even if a guard trips
        #[arg(long)]
        approve: bool,
    },
    /// Erase an employee's personal data permanently (GDPR); without --yes, only list where it is stored
    ///
    /// `muster erase E-1042` lists what would be erased: values in the directory, history, plans, problems and archived
    /// deliveries. `muster erase E-1042 --yes --why "request of 3 May"` erases them. Later deliveries cannot create the employee
    /// again.
    Erase {
        /// External id, e-mail address, employee number or name
        #[arg(value_name = "EMPLOYEE")]
        employee: String,
        /// Erase the data; this cannot be undone
        #[arg(long)]
        yes: bool,
        /// The reason to record; it must not name the employee
        #[arg(long, value_name = "TEXT", default_value = "on request")]
        why: String,
        /// Lift an erasure: allow this external id or e-mail address to be created again
        #[arg(long, conflicts_with = "yes")]
        lift: bool,
    },
    /// Process archived deliveries again with the current rules, in a copy, and show which employees would differ
    ///
    /// `muster replay acme.toml --from 2026-05-01` shows what the directory would look like if these rules had applied
    /// since May.
    Replay {
        /// The integration file with the current rules, or the name of an integration in the database
        file: PathBuf,
        /// The run or day of the first delivery
        #[arg(long, value_name = "RUN|DAY", value_parser = from)]
        from: From,
    },
    /// Show how many employees a changed integration file would change, field by field, without connecting
    ///
    /// Reads the last archived delivery. Run it after you edit a mapping, a selection rule or a policy and before the next
    /// sync: does `title = "job_title"` change 20 employees, or 2,000? It changes nothing.
    Profile {
        /// The integration file, or the name of an integration in the database
        file: PathBuf,
    },
    /// Damage the last archived delivery in ten ways, and show which guard holds each with the current settings
    ///
    /// Nothing is applied. The exit code is 1 if a damaged delivery would be applied without a review.
    Drill {
        /// The integration file, or the name of an integration in the database
        file: PathBuf,
    },
    /// List the SSH algorithms that SFTP sources support
    SshAlgorithms,
    /// Show the reporting lines as a tree
    ///
    /// The tree starts with the employees who have no manager; `muster org E-1042` shows the direct and indirect reports of
    /// one employee. `muster org --problems` lists manager ids that no employee has, with their age, and reporting cycles.
    Org(Org),
    /// List granted budgets with their dates and reasons, or what is due in a month
    ///
    /// Budgets come from fields such as `monthly_all_budget` and `oneoff_health_budget`. A monthly budget is due in full
    /// in every month that it covers, a one-off budget in the month in which it starts. `muster budgets --month 2026-05`
    /// is the payment list with its totals; `muster budgets ann@acme.example` shows how each budget of Ann was granted.
    Budgets(Budgets),
    #[command(flatten)]
    Manual(ManualCommand),
    /// List, add, rename or remove custom fields
    ///
    /// A workspace can have custom fields, such as a cost centre or a shirt size, in addition to names, dates and the other
    /// standard fields. Add them here or in an integration file, then map them like any other field.
    Fields(Fields),
    /// List groups and smart groups with their sizes, or manage smart groups
    ///
    /// A smart group is a rule over employee fields, such as "country is NL or BE, and department is Sales". Rules are
    /// written in a groups file; membership is updated with every change of an employee.
    #[command(after_help = GROUPS_HELP)]
    Groups {
        #[command(subcommand)]
        what: Option<Groups>,
    },
    /// List companies with their dates and number of employees
    ///
    /// Companies are defined as `[[company]]` in the integration file or come from the source. An employee counts for the
    /// company of the primary employment. Companies that only appear in employments are listed as not in the list.
    #[command(after_help = COMPANIES_HELP)]
    Companies,
    /// Show or rotate the master key, which encrypts archived deliveries and tokens
    ///
    /// The key is stored in a file next to the database that only its owner can read. The encrypted data in a backup cannot
    /// be read without the key: keep a copy of the key, separate from the backups.
    #[command(subcommand)]
    Key(KeyCommand),
    /// Move an installation into another database
    #[command(subcommand)]
    Database(DatabaseCommand),
    /// Print a script that completes commands and options in a shell
    #[command(after_help = COMPLETIONS_HELP)]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Write the manual pages of all commands to a folder
    ManPages {
        /// The folder; it is created if it does not exist
        folder: PathBuf,
    },
}

const COMPLETIONS_HELP: &str = "For example:
  muster completions bash > ~/.local/share/bash-completion/completions/muster
  muster completions zsh > ~/.zfunc/_muster
  muster completions fish > ~/.config/fish/completions/muster.fish";

const COMPANIES_HELP: &str = "In an integration file:
  [[company]]
  id = \"BE01\"
  short_name = \"Acme BE\"
  valid_to = 2026-06-30

A company that is no longer in any list ends with the next complete delivery, once it has no employees.
See docs/employments.md for details.";

#[derive(Args, Debug)]
pub(crate) struct Budgets {
    /// External id, e-mail address, employee number or name; default: all employees
    #[arg(value_name = "EMPLOYEE")]
    pub(crate) employee: Option<String>,
    /// List what is due in this month, for example `2026-05`
    #[arg(long, value_name = "YYYY-MM", value_parser = month)]
    pub(crate) month: Option<Month>,
}

#[derive(Args, Debug)]
pub(crate) struct Org {
    /// Show only this employee and the employees who report to them: external id, e-mail address, employee number or name
    #[arg(value_name = "EMPLOYEE")]
    pub(crate) employee: Option<String>,
    /// The number of levels to show; employees below are counted
    #[arg(long, value_name = "LEVELS", value_parser = levels)]
    pub(crate) depth: Option<usize>,
    /// List manager ids that no employee has, and reporting cycles, instead of the tree
    #[arg(long, conflicts_with_all = ["employee", "depth"])]
    pub(crate) problems: bool,
}
