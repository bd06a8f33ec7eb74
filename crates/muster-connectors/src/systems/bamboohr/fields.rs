//! BambooHR's own fields: their names in the report, in the dataset and on the pages of an access level.

use muster_core::model::problem::{
    api::{Access, Remedy},
    shown,
};

/// A field that every account has.
pub(super) struct Known {
    /// In the report, and as a column.
    pub(super) name: &'static str,
    /// In the dataset, if it is there.
    pub(super) set: Option<&'static str>,
    /// In the pages of an access level: the section and the field.
    place: (&'static str, &'static str),
    /// Whether it is a calendar day.
    pub(super) is_day: bool,
}

const fn known(
    name: &'static str,
    set: Option<&'static str>,
    section: &'static str,
    label: &'static str,
) -> Known {
    Known {
        name,
        set,
        place: (section, label),
        is_day: false,
    }
}

const fn day(
    name: &'static str,
    set: &'static str,
    section: &'static str,
    label: &'static str,
) -> Known {
    Known {
        name,
        set: Some(set),
        place: (section, label),
        is_day: true,
    }
}

const PERSONAL: &str = "Personal";
const JOB: &str = "Job";
/// The table and everything that is computed from it.
const EMPLOYMENT: &str = "Employment Status (all of it)";

/// The report's `employmentStatus` is another name of `status`; the dataset's `employmentStatus` is the list of
/// Full-Time, Part-Time and so on. `supervisorId` is the supervisor's employee number, `supervisorEId` the employee id,
/// which datasets spell `supervisorEid`.
const KNOWN: &[Known] = &[
    known("id", Some("eeid"), PERSONAL, "Employee #"),
    known(
        "employeeNumber",
        Some("employeeNumber"),
        PERSONAL,
        "Employee #",
    ),
    known("firstName", Some("firstName"), PERSONAL, "First Name"),
    known("middleName", Some("middleName"), PERSONAL, "Middle Name"),
    known("lastName", Some("lastName"), PERSONAL, "Last Name"),
    known(
        "preferredName",
        Some("preferredName"),
        PERSONAL,
        "Preferred Name",
    ),
    known("displayName", None, PERSONAL, "Preferred Name"),
    known("gender", Some("gender"), PERSONAL, "Gender"),
    known("workEmail", Some("email"), PERSONAL, "Work Email"),
    known("homeEmail", Some("homeEmail"), PERSONAL, "Home Email"),
    known("bestEmail", None, PERSONAL, "Work Email"),
    day("dateOfBirth", "dateOfBirth", PERSONAL, "Birth Date"),
    known("birthday", None, PERSONAL, "Birth Date"),
    known("mobilePhone", Some("mobilePhone"), PERSONAL, "Mobile Phone"),
    known("workPhone", Some("workPhone"), PERSONAL, "Work Phone"),
    known("country", Some("country"), PERSONAL, "Address"),
    known("city", Some("city"), PERSONAL, "Address"),
    day("hireDate", "hireDate", JOB, "Hire Date"),
    day(
        "originalHireDate",
        "originalHireDate",
        JOB,
        "Original Hire Date",
    ),
    day("terminationDate", "terminationDate", JOB, EMPLOYMENT),
    known("status", Some("status"), JOB, EMPLOYMENT),
    known("employmentStatus", Some("status"), JOB, EMPLOYMENT),
    known(
        "employmentHistoryStatus",
        Some("employmentStatus"),
        JOB,
        EMPLOYMENT,
    ),
    day(
        "employeeStatusDate",
        "employmentStatusEffectiveDate",
        JOB,
        EMPLOYMENT,
    ),
    known(
        "department",
        Some("jobInformationDepartment"),
        JOB,
        "Job Information: Department",
    ),
    known(
        "division",
        Some("jobInformationDivision"),
        JOB,
        "Job Information: Division",
    ),
    known(
        "location",
        Some("jobInformationLocation"),
        JOB,
        "Job Information: Location",
    ),
    known(
        "jobTitle",
        Some("jobInformationJobTitle"),
        JOB,
        "Job Information: Job Title",
    ),
    known(
        "supervisor",
        Some("jobInformationReportsTo"),
        JOB,
        "Job Information: Reports To",
    ),
    known(
        "supervisorId",
        Some("supervisorId"),
        JOB,
        "Job Information: Reports To",
    ),
    known(
        "supervisorEId",
        Some("supervisorEid"),
        JOB,
        "Job Information: Reports To",
    ),
    known(
        "supervisorEmail",
        Some("supervisorEmail"),
        JOB,
        "Job Information: Reports To",
    ),
    known("lastChanged", Some("lastChanged"), PERSONAL, "Employee #"),
];

/// The field of BambooHR's own with a name.
pub(super) fn find(name: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.name == name)
}

/// What to tick so that a column can be read.
pub(super) fn permit(column: &str) -> Remedy {
    let (section, label) = find(column).map_or((JOB, column), |known| known.place);
    Remedy::Give(Access::BambooField {
        section: section.to_owned(),
        field: shown(label),
    })
}
