//! Problems of the database.

mod refusal;

use muster_core::model::{
    plan::PlanId,
    problem::store::{BackupFault, Detail, FieldUse, Inconsistency, Remedy},
};

pub(super) fn message(detail: &Detail) -> String {
    match detail {
        Detail::Busy {
            database,
            waited_millis,
        } => format!(
            "the database `{database}` was locked by another process for more than {} s",
            *waited_millis as f64 / 1_000.0
        ),
        Detail::Full { database } => {
            format!("no space is left for the database `{database}`; it is unchanged")
        }
        Detail::Disk {
            database,
            attempted,
            why,
        } => format!(
            "a disk error in the database `{database}`: Muster could not {attempted}: {why}"
        ),
        Detail::Unconfirmed {
            database,
            attempted,
            why,
            applied,
        } => {
            let found = match applied {
                Some(true) => "the change was applied",
                Some(false) => "nothing was changed",
                None => "Muster could not check whether the change was applied",
            };
            format!(
                "a disk error while a change was committed to the database `{database}` ({attempted}: {why}); {found}"
            )
        }
        Detail::ReadOnly { database, why } => {
            format!("the database `{database}` cannot be written: {why}")
        }
        Detail::Unreachable { database, why } => {
            format!("the database `{database}` cannot be reached: {why}")
        }
        Detail::OutcomeUnknown {
            database,
            attempted,
            why,
        } => format!(
            "the connection to the database `{database}` was lost while a change was committed ({attempted}: {why}); Muster could not check whether the change was applied"
        ),
        Detail::Damaged { database, check } => {
            format!("the database `{database}` is damaged: {check}")
        }
        Detail::Inconsistent(what) => format!(
            "the database is damaged: {}; nothing was changed",
            inconsistency(what)
        ),
        Detail::Newer { found, known } => format!(
            "the database has schema {found}, and this version of Muster knows schemas up to {known}"
        ),
        Detail::Moved { expected, found } => format!(
            "the directory changed from revision {expected} to {found} while the plan was computed"
        ),
        Detail::RunEnded { run } => format!("run {run} has already ended"),
        Detail::Void { why } => {
            format!("the plan can no longer be applied: {}", refusal::void(why))
        }
        Detail::FourEyes { requester } => format!(
            "`{requester}` started this run or changed its settings, and may not approve its plan; nothing was applied"
        ),
        Detail::Choice { why } => format!("nothing was applied: {}", refusal::choice(why)),
        Detail::RunBusy { run, process } => {
            format!("run {run} of the same integration is running in process {process}")
        }
        Detail::Address { named, why } => {
            format!("{named} cannot be the database: {}", refusal::address(why))
        }
        Detail::Contradiction { why } => refusal::contradiction(why),
        Detail::SettingsMoved {
            integration,
            expected,
            found,
        } => format!(
            "the settings of `{integration}` changed from version {expected} to {found} in the meantime; nothing was changed"
        ),
        Detail::SettingsManaged { integration, file } => format!(
            "the settings of `{integration}` are managed by the file `{file}`; nothing was changed"
        ),
        Detail::FieldInUse { key, used } => {
            format!("the field `{key}` is in use: {}", field_use(used))
        }
        Detail::WrongKey { wanted, found } => match found {
            Some(found) => format!(
                "the database is encrypted with master key {wanted}, and the key file contains {found}"
            ),
            None => format!(
                "the database is encrypted with master key {wanted}, and there is no key file"
            ),
        },
        Detail::NoKey => "there is no master key".to_owned(),
        Detail::Undecryptable { what } => {
            format!("{what} cannot be decrypted: it was changed or is damaged")
        }
        Detail::Corrupt { table, column, row } => {
            format!("`{table}.{column}` of row {row} has a value that Muster never writes")
        }
        Detail::Backup { file, fault } => backup(file, fault),
        Detail::Failed { attempted, why } => format!("could not {attempted}: {why}"),
    }
}

fn backup(file: &str, fault: &BackupFault) -> String {
    match fault {
        BackupFault::Exists => format!("`{file}` already exists; nothing was written"),
        BackupFault::NotABackup => format!("`{file}` is not a backup of Muster"),
        BackupFault::IsABackup => {
            format!("`{file}` is a backup and cannot be used as the database")
        }
        BackupFault::Altered { table } => format!(
            "the backup `{file}` is damaged: the rows of `{table}` are not those that were backed up"
        ),
        BackupFault::Replaces => format!("the database `{file}` exists; nothing was changed"),
        BackupFault::InUse => {
            format!("another process uses the database `{file}`; nothing was changed")
        }
        BackupFault::ErasureList => format!("the list of erasures `{file}` cannot be read"),
        BackupFault::File { why } => {
            format!("the file `{file}` cannot be read or written: {why}")
        }
    }
}

/// What parts of the database contradict each other.
pub(crate) fn inconsistency(what: &Inconsistency) -> String {
    match what {
        Inconsistency::Roster { expected, found } if expected == found => format!(
            "the stored data of the {found} employees of the integration differs from what the last run stored"
        ),
        Inconsistency::Roster { expected, found } => format!(
            "{found} employees of the integration can be read, but the last run stored {expected}"
        ),
        Inconsistency::Employees { expected, found } => {
            format!("{found} employees of the workspace can be read, but it has {expected}")
        }
        Inconsistency::NoEmployee { employee } => {
            format!("employee {employee} of the integration cannot be read")
        }
        Inconsistency::NotIndexed { employee } => {
            format!("employee {employee} cannot be found by external id or e-mail address")
        }
        Inconsistency::Employed { expected, found } => format!(
            "{found} employees are active or scheduled, but the workspace counts {expected}"
        ),
        Inconsistency::Numbering {
            table,
            next,
            highest,
        } => {
            format!("the next number of the table `{table}` is {next}, but number {highest} exists")
        }
        Inconsistency::Orphans { table, of, rows } => {
            format!("{rows} rows of the table `{table}` refer to rows of `{of}` that do not exist")
        }
        Inconsistency::History { employee, field } => format!(
            "the recorded changes of employee {employee} do not lead to the present value of `{field}`"
        ),
        Inconsistency::Ledger { employee, grant } => format!(
            "the recorded steps of budget {grant} of employee {employee} do not lead to its dates"
        ),
        Inconsistency::Undecryptable { what } => {
            format!("{what} cannot be decrypted: it was changed or is damaged")
        }
        Inconsistency::AuditLog { entry } => {
            format!("the audit log is not intact from entry {entry} on")
        }
    }
}

/// What depends on a custom field.
pub(crate) fn field_use(used: &FieldUse) -> String {
    let number = |number: u64, one: &str, many: &str| match number {
        0 => None,
        1 => Some(format!("1 {one}")),
        _ => Some(format!("{number} {many}")),
    };
    let named = |what: &str, names: &[String]| {
        (!names.is_empty()).then(|| format!("{what} {}", names.join(", ")))
    };
    let plans: Vec<_> = used.plans.iter().map(PlanId::to_string).collect();
    let quoted = |names: &[String]| {
        names
            .iter()
            .map(|name| format!("`{name}`"))
            .collect::<Vec<_>>()
    };
    let parts = [
        number(
            used.people,
            "employee has a value in it",
            "employees have a value in it",
        ),
        number(used.pins, "value is pinned", "values are pinned"),
        number(
            used.changes,
            "change of it is in the history",
            "changes of it are in the history",
        ),
        named("it is mapped by", &quoted(&used.integrations)),
        named("smart groups use it:", &quoted(&used.smart_groups)),
        named("a pending plan changes it:", &plans),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        "no employee has a value in it".to_owned()
    } else {
        parts.join("; ")
    }
}

pub(super) fn help(remedy: Remedy) -> String {
    match remedy {
        Remedy::WaitForProcess => {
            "wait until the other process has ended, and run again; nothing was changed"
        }
        Remedy::FreeSpace => "free space on that disk and run again; nothing was changed",
        Remedy::CheckDisk => {
            "check the disk and the system log, check with `muster runs` how the last run ended, then run again"
        }
        Remedy::MakeWritable => {
            "make the file and its folder writable for the user that runs Muster, or choose another database"
        }
        Remedy::CheckDatabaseServer => {
            "check that the server runs, that this machine may connect to it, and the user, password and database in the address; nothing was changed"
        }
        Remedy::CheckOutcome => {
            "check the server and its log, check with `muster runs` how the last run ended, then run again"
        }
        Remedy::RestoreBackup => {
            "check the disk; keep a copy of the file, restore the last backup, and run again; nothing was written"
        }
        Remedy::UseNewerVersion => {
            "use the newer version of Muster, or restore the backup from before it was installed"
        }
        Remedy::NameMasterKey => {
            "give the path of the file with that key with --master-key or MUSTER_MASTER_KEY_FILE, or restore it from its copy; nothing was changed"
        }
        Remedy::RestoreEncrypted => {
            "restore the last backup; data that is not encrypted is not affected"
        }
        Remedy::DecideAgain => "run again to compute a new plan",
        Remedy::StartRun => "start a new run",
        Remedy::PlanAgain => "run again to create a new plan, then approve that plan",
        Remedy::ApproveTogether => {
            "the plan is still pending: approve all of it, or the operations that belong together (`muster runs RUN` lists them)"
        }
        Remedy::AskAnotherApprover => {
            "ask another user with the role approver or admin to approve the plan"
        }
        Remedy::WaitOrAbandon { run } => {
            return format!(
                "wait until it has ended, then run again; 30 seconds after its process ended, its lease expires; to end it now, run `muster runs abandon {run}`"
            );
        }
        Remedy::DecidePlan => "approve or reject the plan first",
        Remedy::ChangeSmartGroups => {
            "change the rules of the smart groups first (`muster groups apply`), or remove the groups"
        }
        Remedy::RemoveWithValues => {
            "add --and-values to remove the field and its values; also remove the field from the integration files that use it"
        }
        Remedy::WriteAddress => "write `sqlite:` and the path of a file, as in `sqlite:muster.db`, or the address of a database on a PostgreSQL server, as in `postgres://user@host/muster`",
        Remedy::ChangeSetting => "restore the setting (with all its choices), or give the field another key",
        Remedy::ChangeFile => "change the file, and apply its folder with `muster apply`",
        Remedy::CompareAgain => "run again to see the difference from the current settings",
        Remedy::ChooseOtherFile => "choose a name that does not exist",
        Remedy::RestoreAsDatabase => {
            "restore it with `muster restore FILE`, which also applies later erasures again; --database names the new database"
        }
        Remedy::UseOtherBackup => "use another backup; nothing was changed",
        Remedy::ReplaceDatabase => {
            "add --replace to keep it under another name and put the backup in its place, or name another database with --database"
        }
        Remedy::StopProcesses => "stop `muster serve` and other commands first",
        Remedy::RemoveErasureList => {
            "restore the file from a copy, or name another list with --erasures; nothing was changed"
        }
        Remedy::CheckFile => "check the path, its permissions and the disk; nothing was changed",
        Remedy::ReportIfRepeated => "run again; if it fails again, report the message",
    }
    .to_owned()
}
