//! BambooHR's own fields: what the report, the dataset and the pages call them, and which are never read.

use crate::connector::ConnectorError;
use muster_core::model::problem::shown;

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
/// Full-Time, Part-Time and so on. `supervisorId` is the supervisor's employee number, `supervisorEId` the id.
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
    known("supervisorId", None, JOB, "Job Information: Reports To"),
    known("supervisorEId", None, JOB, "Job Information: Reports To"),
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

/// Names and labels of what people are paid, without blanks and in small letters.
const PAID: &[&str] = &[
    "annualsalary",
    "basesalary",
    "bonusamount",
    "bonusdate",
    "bonusreason",
    "commissionamount",
    "commissiondate",
    "hourlyrate",
    "overtimerate",
    "paidper",
    "paychangereason",
    "payfrequency",
    "payper",
    "payrate",
    "payrateeffectivedate",
    "payschedule",
    "paytype",
    "salary",
];

/// Whether a name is that of something people are paid, which is never asked for, whoever maps it.
pub(super) fn is_salary(name: &str) -> bool {
    let bare = bare(name);
    PAID.contains(&bare.as_str()) || bare.starts_with("compensation")
}

/// A name as it is compared with others of another spelling.
pub(super) fn bare(name: &str) -> String {
    name.chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The refusal of a mapping that reads what people are paid.
pub(super) fn salary(column: &str) -> ConnectorError {
    let why = format!(
        "`{}` is a part of what people are paid, which is never read",
        shown(column)
    );
    ConnectorError::setting("mapping", why, "take it out of the mapping")
}

/// What to tick so that a column can be read.
pub(super) fn permit(column: &str) -> String {
    let (section, label) = find(column).map_or((JOB, column), |known| known.place);
    format!(
        "in BambooHR under Settings > Access Levels open the access level of the user who made the key, and under \
         {section} let it view `{}`; or take the column out of the integration",
        shown(label)
    )
}
