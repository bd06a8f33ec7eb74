//! What happened in the demo: ten weeks of deliveries, approvals and manual edits, and today a delivery without the Dutch stores.

use super::{
    administrator, arguments,
    staff::{CARE, HEAD_OFFICE, Row, STORES_STAFF, employee, file, written},
    unwritable,
};
use crate::{
    commands::{block_on, store_folder},
    config,
    error::CommandError,
    wiring::Wiring,
};
use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};
use muster_core::model::{
    actor::Actor, field::canonical, ids::RunId, run::RunStatus, workspace::Workspace,
};
use muster_engine::{
    Edit, Mode, Outcome, apply_groups, approve, edit_manually, protect, sync, undo,
};
use muster_store::Choice;
use std::{
    fs,
    path::{Path, PathBuf},
};

const SETTINGS: &str = include_str!("fjordmarked.toml");
const GROUPS: &str = include_str!("groups.toml");
/// Employees of the stores on the first day.
const STAFF: usize = 168;
const OFFICE: usize = 24;
const CARE_STAFF: usize = 38;

/// Makes the whole history, in the order of its days.
pub(super) fn tell(folder: &Path, now: Timestamp) -> Result<(), CommandError> {
    let story = Story::new(folder, now)?;
    let mut stores = Delivery::new("store-staff", "fjordmarked");
    let mut office = Delivery::new("head-office", "fjordmarked");
    let mut care = Delivery::new("care-staff", "zorggroep-de-linden");
    let first = story.day(-70);
    stores.rows = (0..STAFF)
        .map(|number| employee(STORES_STAFF, number, first))
        .collect();
    office.rows = (0..OFFICE)
        .map(|number| employee(HEAD_OFFICE, number, first))
        .collect();
    care.rows = (0..CARE_STAFF)
        .map(|number| employee(CARE, number, first))
        .collect();
    for delivery in [&mut office, &mut stores, &mut care] {
        story.deliver(delivery, -70)?;
    }
    for delivery in [&office, &care] {
        story.approve(delivery, -70)?;
    }
    story.groups(-69)?;
    for (week, day) in (-63..=-7).step_by(7).enumerate() {
        week_of_the_stores(&mut stores, week, &story, day);
        story.deliver(&stores, day)?;
        if day == -21 {
            story.wrong_hours(&mut stores)?;
        }
        if week % 4 == 2 {
            joins(&mut care, CARE, story.day(day));
            story.deliver(&care, day)?;
        }
    }
    story.edits(-6)?;
    story.held_alone(&mut office)?;
    story.with_rejected_records(&mut stores)?;
    story.without_the_dutch_stores(&mut stores)?;
    story.store_settings(&[&stores, &office, &care])
}

/// Two join, one leaves, and some work in another job or for other hours.
fn week_of_the_stores(stores: &mut Delivery, week: usize, story: &Story<'_>, day: i64) {
    joins(stores, STORES_STAFF, story.day(day));
    joins(stores, STORES_STAFF, story.day(day));
    let leaving = &mut stores.rows[20 + week * 9];
    leaving.end = written(story.day(day - 1));
    let promoted = &mut stores.rows[11 + week * 13];
    promoted.title = "Department lead".to_owned();
    for row in [30 + week * 7, 90 + week * 5] {
        stores.rows[row].hours = ["30", "37", "28"][week % 3].to_owned();
    }
    stores.rows[60 + week * 4].budget = "500,00".to_owned();
}

fn joins(delivery: &mut Delivery, sort: super::staff::Sort, day: Date) {
    let mut row = employee(sort, delivery.rows.len(), day);
    row.start = written(day.saturating_add(6.days()));
    delivery.rows.push(row);
}

/// What a source delivers, and where.
struct Delivery {
    integration: &'static str,
    workspace: &'static str,
    rows: Vec<Row>,
}

impl Delivery {
    fn new(integration: &'static str, workspace: &'static str) -> Self {
        Self {
            integration,
            workspace,
            rows: Vec::new(),
        }
    }
}

struct Story<'f> {
    folder: &'f Path,
    /// When the last delivery is read.
    end: Timestamp,
    today: Date,
}

impl<'f> Story<'f> {
    fn new(folder: &'f Path, now: Timestamp) -> Result<Self, CommandError> {
        let end = now - SignedDuration::from_hours(2);
        let zone = TimeZone::get("Europe/Copenhagen").unwrap_or(TimeZone::UTC);
        fs::write(folder.join("groups.toml"), GROUPS).map_err(unwritable)?;
        Ok(Self {
            folder,
            end,
            today: end.to_zoned(zone).date(),
        })
    }

    fn day(&self, days: i64) -> Date {
        self.today.saturating_add(days.days())
    }

    fn at(&self, days: i64, minutes: i64) -> Timestamp {
        self.end + SignedDuration::from_hours(24 * days) + SignedDuration::from_mins(minutes)
    }

    fn wiring(&self, at: Timestamp, actor: Actor) -> Result<Wiring, CommandError> {
        Wiring::throw_away(&arguments(self.folder, Some(at)), actor)
    }

    /// Writes the file of a source and runs its integration.
    fn deliver(&self, delivery: &Delivery, day: i64) -> Result<Outcome, CommandError> {
        let at = self.at(day, 0);
        let inbox = self.folder(delivery).join(delivery.integration);
        fs::create_dir_all(&inbox).map_err(unwritable)?;
        let path = inbox.join(format!("{}.csv", delivery.integration));
        fs::write(&path, file(&delivery.rows)).map_err(unwritable)?;
        let written = fs::File::options()
            .write(true)
            .open(&path)
            .map_err(unwritable)?;
        let modified = at - SignedDuration::from_mins(17);
        written.set_modified(modified.into()).map_err(unwritable)?;
        let wiring = self.wiring(at, Actor::Schedule)?;
        let configured = config::read(&self.settings(delivery)?)?;
        let integration = wiring.integration(&configured)?;
        let deps = wiring.deps();
        succeeded(block_on(sync(
            &integration,
            Mode::Apply,
            &deps,
            &mut |_| {},
        ))??)
    }

    /// The folder with the integration files of a workspace.
    fn folder(&self, delivery: &Delivery) -> PathBuf {
        self.folder.join(delivery.workspace)
    }

    /// Writes the integration file of a source.
    fn settings(&self, delivery: &Delivery) -> Result<PathBuf, CommandError> {
        let mut text = SETTINGS.replace("NAME", delivery.integration);
        if delivery.workspace != "fjordmarked" {
            text = text
                .replace("fjordmarked", delivery.workspace)
                .replace("\"da\"", "\"nl\"")
                .replace("[\"nl\", \"nl\", \"en\"]", "[\"nl\", \"en\"]")
                .replace("region = \"DK\"", "region = \"NL\"")
                .replace("Europe/Copenhagen", "Europe/Amsterdam")
                .replace("DKK", "EUR");
        }
        let path = self
            .folder(delivery)
            .join(format!("{}.toml", delivery.integration));
        fs::write(&path, text).map_err(unwritable)?;
        Ok(path)
    }

    /// Stores the settings, so that the schedule begins now and no slot was missed.
    fn store_settings(&self, deliveries: &[&Delivery]) -> Result<(), CommandError> {
        let wiring = self.wiring(self.at(0, 5), administrator())?;
        for delivery in deliveries {
            store_folder(&wiring, &self.folder(delivery))?;
        }
        Ok(())
    }

    /// Approves the pending plan of a workspace, two hours after its run.
    fn approve(&self, delivery: &Delivery, day: i64) -> Result<(), CommandError> {
        let wiring = self.wiring(self.at(day, 120), administrator())?;
        let workspace = workspace(&wiring, delivery.workspace)?;
        for plan in wiring.store.open_plans(workspace.id)? {
            let deps = wiring.deps();
            succeeded(approve(
                &workspace,
                &plan.id,
                &Choice::All,
                &deps,
                &mut |_| {},
            )?)?;
        }
        Ok(())
    }

    fn groups(&self, day: i64) -> Result<(), CommandError> {
        let wiring = self.wiring(self.at(day, 0), administrator())?;
        let workspace = workspace(&wiring, "fjordmarked")?;
        let file = config::read_groups(&self.folder.join("groups.toml"))?;
        apply_groups(&workspace, &file.groups(&workspace)?, &wiring.deps())?;
        Ok(())
    }

    /// A delivery in which employees of the kitchens work no hours, and its undo.
    fn wrong_hours(&self, stores: &mut Delivery) -> Result<(), CommandError> {
        let right = stores.rows.clone();
        let kitchen = stores
            .rows
            .iter_mut()
            .filter(|row| row.department == "Kitchen");
        kitchen.take(14).for_each(|row| row.hours = "0".to_owned());
        let wrong = self.deliver(stores, -16)?;
        stores.rows = right;
        let wiring = self.wiring(self.at(-16, 75), administrator())?;
        let workspace = workspace(&wiring, "fjordmarked")?;
        succeeded(undo(
            &workspace,
            wrong.run,
            Mode::Approve,
            None,
            &wiring.deps(),
        )?)?;
        Ok(())
    }

    /// A pinned phone number, a protected employee and a value that no source delivers.
    fn edits(&self, day: i64) -> Result<(), CommandError> {
        let wiring = self.wiring(self.at(day, 0), administrator())?;
        let (workspace, deps) = (workspace(&wiring, "fjordmarked")?, wiring.deps());
        let ids = ["FM-1004", "FM-1009", "HO-1003"];
        let people = wiring.store.employees_by_external_ids(&workspace, &ids)?;
        let found = |id: &str| {
            people
                .iter()
                .find(|person| person.external_id() == Some(id))
        };
        if let Some(person) = found("FM-1004") {
            let edit = Edit::Pin(person.id, (canonical::PHONE, "+4520998877"), None);
            edit_manually(&workspace, edit, Some("Has a company phone"), &deps)?;
        }
        if let Some(person) = found("FM-1009") {
            protect(
                &workspace,
                person.id,
                true,
                Some("On parental leave, absent from some exports"),
                &deps,
            )?;
        }
        if let Some(person) = found("HO-1003") {
            let values = [(canonical::JOB_FUNCTION, "Works council")];
            let edit = Edit::Edit(person.id, &values);
            edit_manually(
                &workspace,
                edit,
                Some("Elected to the works council"),
                &deps,
            )?;
        }
        Ok(())
    }

    /// Everything is applied except for one record: its id seems to belong to another employee now.
    fn held_alone(&self, office: &mut Delivery) -> Result<RunId, CommandError> {
        let other = employee(HEAD_OFFICE, 77, self.day(0));
        let row = &mut office.rows[17];
        (row.first, row.last, row.mail, row.birthday) =
            (other.first, other.last, other.mail, other.birthday);
        office.rows[9].title = "Payroll specialist".to_owned();
        Ok(self.deliver(office, -2)?.run)
    }

    /// Yesterday: most records are applied, three are rejected, and two values are ignored.
    fn with_rejected_records(&self, stores: &mut Delivery) -> Result<RunId, CommandError> {
        let right = stores.rows.clone();
        stores.rows[40].start = "30-02-2024".to_owned();
        stores.rows[71].mail = "noor.bakker.fjordmarked.example".to_owned();
        stores.rows[95].mobile = "12".to_owned();
        stores.rows[96].group = "Bakry".to_owned();
        stores.rows[101].store = "Kolding".to_owned();
        joins(stores, STORES_STAFF, self.day(-1));
        if let Some(joiner) = stores.rows.last_mut() {
            (joiner.mail, joiner.id) = (String::new(), String::new());
        }
        let run = self.deliver(stores, -1)?.run;
        stores.rows = right;
        Ok(run)
    }

    /// Today: the stores in the Netherlands are missing, and the warehouse is called another name.
    fn without_the_dutch_stores(&self, stores: &mut Delivery) -> Result<RunId, CommandError> {
        let all = stores.rows.clone();
        stores.rows.retain(|row| row.country != "NL");
        for row in &mut stores.rows {
            if row.department == "Warehouse" {
                row.department = "Logistics".to_owned();
            }
        }
        stores.rows[25].mail = "ikke oplyst".to_owned();
        stores.rows[52].title = "Store manager".to_owned();
        stores.rows[64].mail = stores.rows[64].mail.replace('@', ".holm@");
        for number in all.len()..all.len() + 4 {
            let mut row = employee(STORES_STAFF, number, self.day(0));
            row.start = written(self.day(3));
            stores.rows.push(row);
        }
        let run = self.deliver(stores, 0)?.run;
        Ok(run)
    }
}

fn workspace(wiring: &Wiring, name: &str) -> Result<Workspace, CommandError> {
    wiring
        .store
        .workspace(name)?
        .ok_or_else(|| failed("a workspace is missing"))
}

fn succeeded(outcome: Outcome) -> Result<Outcome, CommandError> {
    match (outcome.status, &outcome.error) {
        (_, Some(error)) => Err(error.clone().into()),
        (RunStatus::Failed | RunStatus::Refused | RunStatus::Interrupted, None) => {
            Err(failed("a run did not end as planned"))
        }
        _ => Ok(outcome),
    }
}

fn failed(what: &str) -> CommandError {
    CommandError::usage(
        format!("the demo could not be made: {what}"),
        "report this with the version of Muster (`muster --version`)",
    )
}
