//! Problems of HR systems.

mod help;
mod request;
mod setting;

pub(super) use help::help;
pub(crate) use request::failure;
pub(crate) use setting::fault;

use muster_core::model::problem::{
    Severity,
    api::{Absence, Detail, List, Lookup, Missing, Shape, TableFault, TokenAction},
};

/// What was and was not done after a failed request.
const NOTHING_USED: &str = "nothing of this read was used, and nobody is deactivated because of it";
/// The same of a setting that cannot be used.
const NOTHING_SENT: &str = "nothing was sent or read, and nobody is deactivated because of it";
const NOBODY: &str = "nobody is deactivated for being missing in this run";

pub(super) fn message(detail: &Detail, severity: Severity) -> String {
    match detail {
        Detail::Request(request) => format!("{}; {NOTHING_USED}", request::message(request)),
        Detail::Setting(setting) => format!(
            "could not use the setting `{}`: {}; {NOTHING_SENT}",
            setting.key,
            fault(&setting.fault)
        ),
        Detail::NoEmployees => "the HR system returned no employees; nothing was changed, and \
             nobody is deactivated because of it"
            .to_owned(),
        Detail::Withheld { column, decides } => withheld(column, *decides),
        Detail::TableWithheld {
            system,
            why,
            decides,
        } => table_withheld(system, why, *decides),
        Detail::Unlisted { system, why } => unlisted(system, &failure(why)),
        Detail::Unidentified => {
            format!("a record has no id, so it could belong to any employee; {NOBODY}")
        }
        Detail::UnreadableValue { column, id } => {
            let effect = match severity {
                Severity::Rejected => "the record was rejected",
                _ => "it is ignored, because the record ends the employment",
            };
            format!("`{column}` of employee `{id}` is not a plain value; {effect}")
        }
        Detail::Unreconciled {
            system,
            first,
            last,
            read,
        } => format!(
            "{system} announces {last} people ({first} at first) and {read} were read, also when read again; {NOBODY}"
        ),
        Detail::RepeatedPage { system, read } => {
            format!("{system} returned the same page again after {read} people; {NOBODY}")
        }
        Detail::NotWhole { of, shape } => {
            format!("{}: {}; {NOBODY}", list(*of), self::shape(*shape))
        }
        Detail::Strays { count, codes } => format!(
            "{count} employments belong to people who are not in the list of employees \
             (personCode {}), also when it is read again; {NOBODY}",
            quoted(codes, *count)
        ),
        Detail::NoEmployment { system, count, ids } => format!(
            "{count} employees have no employment in {system}, neither within their record nor in \
             the list of employments ({}); unknown ones are not created, and known ones are unchanged",
            quoted(ids, *count)
        ),
        Detail::Missing(missing) => self::missing(missing),
        Detail::NotStarted { system, of, id } => format!(
            "employee `{id}`, who has not started yet, is missing from {}, and {system} does not \
             return employees before their first day; the employee is unchanged",
            list(*of)
        ),
        Detail::TokenNotKept { action, why } => format!(
            "the kept token could not be {} ({why}); each run then requests a new one",
            match action {
                TokenAction::Read => "read",
                TokenAction::Save => "saved",
                TokenAction::Forget => "removed",
            }
        ),
        Detail::UnitsUnnamed { count, ids, why } => {
            let why = why.as_ref().map(|why| format!(" ({})", failure(why)));
            format!(
                "the names of {count} organisation units could not be looked up{}: {}; employees in \
                 them keep the stored value",
                why.unwrap_or_default(),
                quoted(ids, *count)
            )
        }
        Detail::Shell { system, id } => format!(
            "person `{id}` has only a name in {system}, not even a hire date; the record was rejected"
        ),
        Detail::Contradiction { system, id, ended } => format!(
            "person `{id}` is active in {system}, but left on {ended}; the record was rejected and \
             the employee is unchanged"
        ),
        Detail::SharedShortName { name, ids } => format!(
            "`{name}` is the short name of several companies ({}); employments in it count for the first",
            quoted(ids, ids.len() as u64)
        ),
        Detail::PrivateAddresses { system, count } => format!(
            "{} no work address in {system}; the private one is used where it is mapped",
            if *count == 1 {
                "1 person has".to_owned()
            } else {
                format!("{count} people have")
            }
        ),
    }
}

fn withheld(column: &str, decides: bool) -> String {
    let effect = if decides {
        "it decides about people, so nobody is deactivated for being missing or not selected in this run"
    } else {
        "stored values are kept"
    };
    format!("no record has `{column}`, as when the credentials may not read it; {effect}")
}

fn table_withheld(system: &str, why: &TableFault, decides: bool) -> String {
    let why = match why {
        TableFault::Refused(why) => failure(why),
        TableFault::Columns => "its rows have no employee, day or status".to_owned(),
    };
    let effect = if decides {
        "; nobody is deactivated for being missing or not selected in this run"
    } else {
        ""
    };
    format!(
        "the table of employment status cannot be read ({why}), so planned departures in {system} are \
         unknown; stored dates are kept{effect}"
    )
}

fn unlisted(system: &str, why: &str) -> String {
    match system {
        "Personio" => format!(
            "the list of attributes cannot be read ({why}); custom attributes are found only by key"
        ),
        _ => format!(
            "the list of fields cannot be read ({why}); custom fields are found only by alias and number"
        ),
    }
}

fn missing(missing: &Missing) -> String {
    let Missing {
        system,
        of,
        count,
        absence,
        ids,
    } = missing;
    let list = list(*of);
    let why = match absence {
        Absence::StillThere => {
            let missing = match count {
                1 => "1 employee who is".to_owned(),
                _ => format!("{count} employees who are"),
            };
            return format!(
                "{list} ended early: of {missing} missing from it, {system} still returns {} by id; {NOBODY}",
                quoted(ids, ids.len() as u64)
            );
        }
        Absence::Hidden => {
            return format!(
                "{system} has employees that it no longer shows to these credentials: {} of {count} \
                 missing from {list}; {NOBODY}",
                quoted(ids, ids.len() as u64)
            );
        }
        Absence::OtherId => "employees cannot be looked up by the external id".to_owned(),
        Absence::ControlFails => "a lookup of an employee who is on the list fails too".to_owned(),
        Absence::Refused(Lookup::NotItsId) => format!("{system} has no ids of this form"),
        Absence::Refused(Lookup::OtherEmployee) => {
            "it answered a lookup with another employee".to_owned()
        }
        Absence::Refused(Lookup::Failed(why)) => format!("a lookup failed: {}", failure(why)),
        Absence::TooMany {
            looked_up,
            gone,
            limit,
        } => format!(
            "{gone} of {looked_up} that were looked up are gone, but a run looks up at most {limit}"
        ),
    };
    let are_missing = match count {
        1 => "1 employee is".to_owned(),
        _ => format!("{count} employees are"),
    };
    format!(
        "{are_missing} missing from {list} ({}), and {system} does not confirm that they left ({why}); {NOBODY}",
        quoted(ids, *count)
    )
}

/// The ids in backticks, with a sign that there are more.
fn quoted(ids: &[String], count: u64) -> String {
    let more = if count > ids.len() as u64 {
        ", …"
    } else {
        ""
    };
    format!("`{}`{more}", ids.join("`, `"))
}

fn list(list: List) -> &'static str {
    match list {
        List::Employees => "the list of employees",
        List::FutureEmployees => "the list of future employees",
        List::Employments => "the list of employments",
        List::Companies => "the list of companies",
        List::Persons => "the list of persons",
        List::People => "the list of people",
        List::Attributes => "the list of attributes",
        List::Fields => "the list of fields",
        List::DatasetFields => "the list of dataset fields",
        List::EmploymentStatus => "the table of employment status",
    }
}

fn shape(shape: Shape) -> &'static str {
    match shape {
        Shape::Repeated => {
            "the link to the next page leads to a page that was read already, also when read again"
        }
        Shape::EmptyPage => "a page is empty although another one follows, also when read again",
        Shape::EmptyEnd => "the link to the next page leads to an empty page",
        Shape::Bare => {
            "the list has no envelope, so nothing says whether more pages follow, also when read again"
        }
        Shape::Changed => "employees were added, removed or moved between pages during the read",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_core::model::problem::api::{Attempt, Failure, Fault, Request, Setting};

    fn gone(absence: Absence, count: u64) -> Detail {
        Detail::Missing(Missing {
            system: "Personio".to_owned(),
            of: List::Persons,
            count,
            absence,
            ids: vec!["7".to_owned()],
        })
    }

    fn text_of(detail: &Detail) -> String {
        message(detail, Severity::Warning)
    }

    #[test]
    fn every_doubt_about_a_list_says_that_nobody_is_deactivated() {
        let system = || "Personio".to_owned();
        let too_many = Absence::TooMany {
            looked_up: 3,
            gone: 2,
            limit: 3,
        };
        let request = Request {
            attempted: Attempt::GetToken,
            on: "https://api.example.com".to_owned(),
            failure: Failure::NoToken,
            request_id: None,
            attempts: 1,
            retry_after: None,
        };
        for detail in [
            Detail::Request(Box::new(request)),
            Detail::Setting(Setting {
                key: "base_url".to_owned(),
                fault: Fault::MoreThanAUrl,
            }),
            Detail::NoEmployees,
            Detail::Unidentified,
            Detail::Withheld {
                column: "status".to_owned(),
                decides: true,
            },
            Detail::TableWithheld {
                system: system(),
                why: TableFault::Columns,
                decides: true,
            },
            Detail::Unreconciled {
                system: system(),
                first: 9,
                last: 9,
                read: 8,
            },
            Detail::RepeatedPage {
                system: system(),
                read: 8,
            },
            Detail::NotWhole {
                of: List::Employees,
                shape: Shape::Changed,
            },
            Detail::Strays {
                count: 1,
                codes: vec!["7".to_owned()],
            },
            gone(Absence::StillThere, 1),
            gone(Absence::Hidden, 2),
            gone(Absence::OtherId, 2),
            gone(too_many, 8),
        ] {
            let text = text_of(&detail);
            assert!(text.contains("nobody is deactivated"), "{text}");
        }
    }

    #[test]
    fn missing_employees_are_counted_and_the_first_ones_are_named() {
        assert_eq!(
            text_of(&gone(Absence::ControlFails, 1)),
            "1 employee is missing from the list of persons (`7`), and Personio does not confirm that they left (a lookup \
             of an employee who is on the list fails too); nobody is deactivated for being missing in this run"
        );
        let many = Absence::TooMany {
            looked_up: 3,
            gone: 2,
            limit: 3,
        };
        assert_eq!(
            text_of(&gone(many, 8)),
            "8 employees are missing from the list of persons (`7`, …), and Personio does not confirm that they left (2 of \
             3 that were looked up are gone, but a run looks up at most 3); nobody is deactivated for being missing in this run"
        );
    }

    #[test]
    fn a_column_that_decides_nothing_keeps_stored_values() {
        let text = text_of(&Detail::Withheld {
            column: "title".to_owned(),
            decides: false,
        });
        assert!(text.ends_with("stored values are kept"), "{text}");
    }
}
