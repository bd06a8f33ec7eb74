//! Runs of files during which the directory or the file itself changes.

use muster_connectors::{
    format::csv::CsvSettings,
    transport::{Location, SourceSettings},
};
use muster_core::{
    model::{
        actor::Actor,
        code::Code,
        employee::{Employee, Status},
        field::canonical,
        run::RunStatus,
        workspace::{Workspace, WorkspaceSettings},
    },
    read::reading::{Completeness, PartialReason},
    setup::{
        integration::{Rules, Setup},
        mapping::{FieldMapping, Mapping, Source as Column},
        policy::{Approve, Missing, Policy},
    },
};
use muster_engine::{
    Clock, Deps, Edit, FileSource, FixedClock, Integration, Mode, Outcome, Progress, Source,
    SystemClock, decide, edit_manually, fetch, protect,
};
use muster_store::Store;
use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};
use tempfile::TempDir;

/// A folder with one file, and a directory that is read from it.
struct Ground {
    folder: TempDir,
    store: Arc<Store>,
}

impl Ground {
    /// Ten clerks, as a first run stored them.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = crate::on_postgresql::store();
        let ground = Self {
            folder,
            store: Arc::new(store),
        };
        ground.deliver(&clerks(1..=10));
        assert_eq!(ground.run(&mut |_| {}).status, RunStatus::Applied);
        ground
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("people.csv")
    }

    /// The file of a day, with a time that differs from the one that it had before.
    fn deliver(&self, content: &str) {
        overwrite(&self.path(), content);
    }

    fn workspace(&self) -> Workspace {
        self.store
            .ensure_workspace("acme", &WorkspaceSettings::default(), &[], &[], [7; 32])
            .unwrap()
    }

    fn deps(&self) -> Deps {
        Deps {
            store: Arc::clone(&self.store),
            clock: Arc::new(FixedClock("2026-05-04T02:45:00Z".parse().unwrap())),
            system: Arc::new(SystemClock),
            process: i64::from(std::process::id()),
            owner: "tests".to_owned(),
            lease: None,
            actor: Actor::User("eva".to_owned()),
            rehearsal: false,
        }
    }

    fn integration(&self) -> Integration {
        let columns = [
            (canonical::EXTERNAL_ID, "id"),
            (canonical::EMAIL, "email"),
            (canonical::FIRST_NAME, "first"),
            (canonical::LAST_NAME, "last"),
            (canonical::TITLE, "title"),
        ];
        let entry = |(field, column): (_, &str)| {
            FieldMapping::new(field, Column::Column(column.to_owned()))
        };
        let rules = Rules {
            mapping: Mapping {
                entries: columns.into_iter().map(entry).collect(),
            },
            selection: Vec::new(),
            policy: Policy {
                approve: Approve::Never,
                missing: Missing::Deactivate,
                ..Policy::default()
            },
        };
        let location = Location::parse(&format!("file:{}", self.path().display()), Path::new(""));
        let settings = SourceSettings {
            settle: Duration::ZERO,
            ..SourceSettings::new(location.unwrap())
        };
        Integration {
            setup: Setup {
                workspace: self.workspace(),
                name: "people".to_owned(),
                rules,
            },
            source: Source::Files(Box::new(FileSource {
                settings,
                csv: CsvSettings::default(),
            })),
        }
    }

    /// A whole run.
    fn run(&self, progress: &mut (dyn FnMut(Progress<'_>) + Send)) -> Outcome {
        self.run_with(&|| {}, progress)
    }

    /// A run in which something happens after the file was fetched and before it is read.
    fn run_with(
        &self,
        between: &dyn Fn(),
        progress: &mut (dyn FnMut(Progress<'_>) + Send),
    ) -> Outcome {
        let (integration, deps) = (self.integration(), self.deps());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let fetched = runtime
            .block_on(fetch(&integration, Mode::Apply, &deps, progress))
            .unwrap();
        between();
        let decided = decide(&deps, fetched, progress).unwrap();
        runtime.block_on(decided.finish())
    }

    fn employee(&self, external_id: &str) -> Employee {
        let found = self
            .store
            .employees_by_external_ids(&self.workspace(), &[external_id]);
        found.unwrap().remove(0)
    }

    fn titles(&self) -> Vec<String> {
        let title = |id: u32| {
            let employee = self.employee(&format!("E-{id}"));
            employee.value(canonical::TITLE).unwrap().to_owned()
        };
        (1..=10).map(title).collect()
    }

    /// An employee's title is edited, and pinned.
    fn pin(&self, external_id: &str, title: &str) {
        let edit = Edit::Pin(
            self.employee(external_id).id,
            (canonical::TITLE, title),
            None,
        );
        edit_manually(&self.workspace(), edit, Some("agreed"), &self.deps()).unwrap();
    }
}

fn clerks(ids: impl IntoIterator<Item = u32>) -> String {
    let rows = ids
        .into_iter()
        .map(|id| format!("E-{id},p{id}@acme.example,First{id},Last,Clerk\n"));
    format!(
        "id,email,first,last,title\n{}",
        rows.collect::<Vec<_>>().concat()
    )
}

/// Writes into the same file, and makes it one second newer than it was.
fn overwrite(path: &Path, content: &str) {
    let before = fs::metadata(path).and_then(|metadata| metadata.modified());
    let hour_ago = || SystemTime::from(SystemClock.now()) - Duration::from_secs(3_600);
    let time = before.map_or_else(|_| hour_ago(), |time| time + Duration::from_secs(1));
    fs::write(path, content).unwrap();
    let file = File::options().append(true).open(path).unwrap();
    file.set_modified(time).unwrap();
}

fn leads() -> String {
    clerks(1..=10).replace("Clerk", "Lead")
}

#[test]
fn run_decides_again_if_the_directory_has_changed_while_it_decided() {
    let ground = Ground::new();
    ground.deliver(&leads());
    let mut decided = 0;
    let outcome = ground.run(&mut |step| {
        if matches!(step, Progress::Deciding) {
            decided += 1;
            if decided == 1 {
                ground.pin("E-1", "Director");
            }
        }
    });
    assert_eq!((outcome.status, decided), (RunStatus::Applied, 2));
    let mut wanted = vec!["Lead"; 10];
    wanted[0] = "Director";
    assert_eq!(ground.titles(), wanted);
}

#[test]
fn employee_who_is_protected_while_a_run_decides_is_not_removed() {
    let ground = Ground::new();
    ground.deliver(&clerks(1..=9));
    let mut is_protected = false;
    let outcome = ground.run(&mut |step| {
        if matches!(step, Progress::Deciding) && !is_protected {
            let employee = ground.employee("E-10").id;
            is_protected =
                protect(&ground.workspace(), employee, true, None, &ground.deps()).unwrap();
        }
    });
    assert_eq!(outcome.status, RunStatus::NothingToDo);
    assert_eq!(ground.employee("E-10").status, Status::Active);
}

#[test]
fn run_during_which_the_directory_never_rests_changes_nothing_and_can_be_repeated() {
    let ground = Ground::new();
    ground.deliver(&leads());
    let mut decided = 0;
    let outcome = ground.run(&mut |step| {
        if matches!(step, Progress::Deciding) {
            decided += 1;
            ground.pin("E-1", &format!("Director {decided}"));
        }
    });
    let error = outcome.error.unwrap();
    assert_eq!(
        (outcome.status, error.retry, decided),
        (RunStatus::Failed, true, 3),
        "{error}"
    );
    let mut wanted = vec!["Clerk"; 10];
    wanted[0] = "Director 3";
    assert_eq!(ground.titles(), wanted);
    assert_eq!(ground.run(&mut |_| {}).status, RunStatus::Applied);
    assert_eq!(ground.employee("E-2").value(canonical::TITLE), Some("Lead"));
}

#[test]
fn file_overwritten_in_place_between_fetch_and_read_is_refused() {
    let longer = leads().replace("Lead", "Department lead");
    let cut = &leads()[..leads().len() / 2];
    for content in [&clerks(1..=10).replace("Clerk", "Boss"), &longer, cut, ""] {
        let ground = Ground::new();
        ground.deliver(&leads());
        let outcome = ground.run_with(&|| overwrite(&ground.path(), content), &mut |_| {});
        let partial = PartialReason::ChangedWhileReading;
        // A file that is empty or cut off meanwhile may be refused for that first.
        assert_eq!(outcome.status, RunStatus::Refused, "{content}");
        if content.len() >= leads().len() {
            assert_eq!(
                outcome.completeness,
                Some(Completeness::Partial(partial)),
                "{content}"
            );
            assert_eq!(outcome.error.unwrap().code, Code::NotSettled);
        }
        assert_eq!(ground.titles(), ["Clerk"; 10], "{content}");
    }
}

#[test]
fn file_that_grows_between_fetch_and_read_is_refused() {
    let ground = Ground::new();
    ground.deliver(&leads());
    let grow = || {
        let mut file = File::options().append(true).open(ground.path()).unwrap();
        let row = b"E-11,p11@acme.example,First11,Last,Lead\n";
        file.write_all(row).unwrap();
    };
    let outcome = ground.run_with(&grow, &mut |_| {});
    assert_eq!(
        (outcome.status, outcome.error.map(|error| error.code)),
        (RunStatus::Refused, Some(Code::NotSettled))
    );
    assert_eq!(ground.titles(), ["Clerk"; 10]);
    // At rest, it is read whole.
    assert_eq!(ground.run(&mut |_| {}).status, RunStatus::Applied);
    assert_eq!(ground.employee("E-11").status, Status::Active);
}

#[test]
fn file_replaced_by_another_between_fetch_and_read_is_applied_as_it_was_fetched() {
    for replace in [true, false] {
        let ground = Ground::new();
        ground.deliver(&leads());
        let outcome = ground.run_with(
            &|| {
                fs::remove_file(ground.path()).unwrap();
                if replace {
                    ground.deliver(&clerks(1..=2).replace("Clerk", "Boss"));
                }
            },
            &mut |_| {},
        );
        assert_eq!(outcome.status, RunStatus::Applied);
        assert_eq!(ground.titles(), ["Lead"; 10]);
    }
}

/// P25.
#[test]
fn file_overwritten_after_it_was_read_is_applied_and_not_archived() {
    let ground = Ground::new();
    ground.deliver(&leads());
    let outcome = ground.run(&mut |step| {
        if matches!(step, Progress::Deciding) {
            overwrite(&ground.path(), &clerks(1..=10).replace("Clerk", "Boss"));
        }
    });
    assert_eq!(outcome.status, RunStatus::Applied);
    assert_eq!(ground.titles(), ["Lead"; 10]);
    let archived = ground
        .store
        .delivery(ground.workspace().id, outcome.run)
        .unwrap();
    assert!(archived.is_none(), "the bytes may be those of either");
}
