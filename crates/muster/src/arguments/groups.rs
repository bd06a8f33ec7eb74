//! `muster groups`.

use clap::Subcommand;
use std::path::PathBuf;

pub(super) const GROUPS_HELP: &str = "A groups file:
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

Conditions on the same field are joined by OR, conditions on different fields by AND. See docs/groups.md for all
conditions and the expression language.";

#[derive(Subcommand, Debug)]
pub(crate) enum Groups {
    /// Show a smart group: its rule and its members
    Show {
        /// The name of the group
        name: String,
        /// Show who joined and left, when and why, instead of the members
        #[arg(long)]
        history: bool,
    },
    /// Show who would join and leave if the rules of a groups file were saved; saves nothing
    Preview {
        /// The groups file
        file: PathBuf,
    },
    /// Save the rules of a groups file and update all memberships in one transaction
    Apply {
        /// The groups file
        file: PathBuf,
    },
    /// Remove a smart group; its history is kept
    Remove {
        /// The name of the group
        name: String,
    },
}
