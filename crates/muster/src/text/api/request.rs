//! Requests to an HR system that failed.

use super::{super::network, shape};
use muster_core::model::problem::api::{
    Attempt, Failure, Link, List, NotJson, Refused, Request, Status,
};

pub(super) fn message(request: &Request) -> String {
    let mut text = format!(
        "could not {} {}: {}",
        attempt(&request.attempted),
        request.on,
        failure(&request.failure)
    );
    if let Some(seconds) = request.retry_after {
        text.push_str(&format!(", and asks to be tried again after {seconds} s"));
    }
    if request.attempts > 1 {
        text.push_str(&format!(" ({} attempts)", request.attempts));
    }
    if let Some(id) = &request.request_id {
        text.push_str(&format!(" (request id `{id}`)"));
    }
    text
}

fn attempt(attempt: &Attempt) -> String {
    match attempt {
        Attempt::Connect => "connect to".to_owned(),
        Attempt::GetConnection { of } => {
            format!("get one of {of} connections that Muster opens at once to")
        }
        Attempt::PrepareEncryption => "prepare encryption for".to_owned(),
        Attempt::GetToken => "get a token from".to_owned(),
        Attempt::Read { of } => format!("read {} at", list(*of)),
        Attempt::ReadPage { page, of } => format!("read page {page} of {} at", list(*of)),
        Attempt::ReadAfterPage { page, of } => {
            format!("read {} after page {page} at", list(*of))
        }
        Attempt::ReadAll { of } => format!("read all of {} at", list(*of)),
        Attempt::LookUpEmployee => "look up an employee at".to_owned(),
        Attempt::LookUpUnit { kind } => format!("look up a {kind} at"),
    }
}

fn list(list: List) -> &'static str {
    match list {
        List::Employees => "the employees",
        List::FutureEmployees => "the future employees",
        List::Employments => "the employments",
        List::Companies => "the companies",
        List::Persons => "the persons",
        List::People => "the people",
        List::Attributes => "the list of attributes",
        List::Fields => "the list of fields",
        List::DatasetFields => "the fields of the dataset",
        List::EmploymentStatus => "the table of employment status",
    }
}

/// Why a request failed.
pub(crate) fn failure(failure: &Failure) -> String {
    match failure {
        Failure::NotPrepared(fault) => network::tls_setup(fault),
        Failure::Forbidden(address) => network::forbidden(address),
        Failure::HeaderCharacters { header } => {
            format!("the header `{header}` would contain characters that headers may not contain")
        }
        Failure::Status(status) => self::status(status),
        Failure::Redirected { status, to } => format!(
            "the server answers {status} and redirects to {}, which is not followed",
            to.as_deref().unwrap_or("nowhere")
        ),
        Failure::NoAnswer { limit_millis } => {
            format!("no answer within {}", seconds(*limit_millis))
        }
        Failure::NotWhole {
            between_millis,
            whole_millis,
        } => format!(
            "no answer within {}, or not all of it within {}",
            seconds(*between_millis),
            seconds(*whole_millis)
        ),
        Failure::Encryption(fault) => {
            format!("no agreement on encryption: {}", network::tls(fault))
        }
        Failure::Broken(fault) => network::connection(fault),
        Failure::Interrupted { bytes, then } => {
            format!("got {bytes} bytes, then: {}", self::failure(then))
        }
        Failure::TooLarge { limit } => format!("the answer is larger than {limit} bytes"),
        Failure::Compression {
            encoding: Some(encoding),
            ..
        } => format!("the answer is compressed as `{encoding}`, which was not requested"),
        Failure::Compression { why, .. } => format!(
            "the answer is compressed as gzip and damaged: {}",
            why.as_deref().unwrap_or_default()
        ),
        Failure::EmptyAnswer => "the answer is empty".to_owned(),
        Failure::WebPage {
            content_type,
            start,
        } => format!(
            "a web page ({}) came instead of data; it starts with `{start}`",
            kind(content_type)
        ),
        Failure::Xml { content_type } => {
            format!("XML ({}) came instead of JSON", kind(content_type))
        }
        Failure::NotUtf8 { at, of } => format!("the answer is not UTF-8 at byte {at} of {of}"),
        Failure::NotJson { at, of, why } => format!(
            "the answer cannot be read at byte {at} of {of}: {}",
            match why {
                NotJson::Other => "it does not have the documented form",
                NotJson::EndsEarly => "it ends too early",
                NotJson::Parser { says } => says,
            }
        ),
        Failure::NotSuccessful { system, says } => {
            format!("{system} answers with an error: `{says}`")
        }
        Failure::Lacks { part, says: None } => format!("the answer has no `{part}`"),
        Failure::Lacks {
            part,
            says: Some(says),
        } => format!("the answer has no `{part}`: `{says}`"),
        Failure::NoToken => "the answer has no token".to_owned(),
        Failure::Link(link) => self::link(link),
        Failure::EndlessPages { read } => format!("the list has more than {read} pages"),
        Failure::NotWholeList { shape } => self::shape(*shape).to_owned(),
        Failure::NoEmployments { employees } => {
            format!("the list is empty, although {employees} employees have employments")
        }
        Failure::NoCompanies {
            listed,
            named,
            first,
        } => {
            let companies = match named {
                1 => format!("the company `{first}`"),
                _ => format!("{named} companies, for example `{first}`"),
            };
            match listed {
                0 => format!("the list is empty, although employments name {companies}"),
                _ => {
                    format!("the list has no company that employments name; they name {companies}")
                }
            }
        }
        Failure::EmploymentsLost { code } => format!(
            "the list ended early: it lacks employments of personCode `{code}` that a lookup returns"
        ),
    }
}

fn status(status: &Status) -> String {
    let refused = match status.refused {
        None => "",
        Some(Refused::Credentials) => "the credentials are refused: ",
        Some(Refused::SignedToken) => "the signed token is refused: ",
        Some(Refused::FreshToken) => "a fresh token is refused, so a right is missing: ",
    };
    let says = match status.says.as_str() {
        "" => String::new(),
        says => format!(": `{says}`"),
    };
    let clock = status.clock_behind.map(|seconds| {
        let direction = if seconds > 0 { "behind" } else { "ahead of" };
        let seconds = seconds.abs();
        format!("; the clock of this machine is {seconds} s {direction} the server's")
    });
    format!(
        "{refused}the server answers {}{says}{}",
        status.status,
        clock.unwrap_or_default()
    )
}

fn link(link: &Link) -> String {
    match link {
        Link::NotAUrl { link, why } => {
            format!("the link to the next page, `{link}`, is not a URL: {why}")
        }
        Link::OtherOrigin { from, to } => {
            format!("the link to the next page leads from {from} to {to}, which is another origin")
        }
        Link::NoCursor => "the link to the next page has no cursor".to_owned(),
        Link::NoQuery => "the link to the next page has no query".to_owned(),
    }
}

fn kind(content_type: &str) -> String {
    match content_type {
        "" => "no content type".to_owned(),
        content_type => format!("`{content_type}`"),
    }
}

fn seconds(millis: u64) -> String {
    match millis % 1_000 {
        0 => format!("{} s", millis / 1_000),
        _ => format!("{:.1} s", millis as f64 / 1_000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_core::model::problem::network::{ConnectionFault, TlsFault};

    #[test]
    fn a_failed_request_says_what_where_why_how_often_and_its_id() {
        let status = Status {
            status: "404 Not Found".to_owned(),
            says: "Down".to_owned(),
            refused: Some(Refused::SignedToken),
            clock_behind: Some(-90),
        };
        let request = Request {
            attempted: Attempt::ReadPage {
                page: 3,
                of: List::Employees,
            },
            on: "https://api.example.com/v1".to_owned(),
            failure: Failure::Interrupted {
                bytes: 5,
                then: Box::new(Failure::Status(status)),
            },
            request_id: Some("ab-1".to_owned()),
            attempts: 5,
            retry_after: Some(60),
        };
        assert_eq!(
            message(&request),
            "could not read page 3 of the employees at https://api.example.com/v1: got 5 bytes, then: the signed \
             token is refused: the server answers 404 Not Found: `Down`; the clock of this machine is 90 s ahead of \
             the server's, and asks to be tried again after 60 s (5 attempts) (request id `ab-1`)"
        );
    }

    #[test]
    fn broken_connections_and_waits_are_said_in_plain_words() {
        let broken = Failure::Broken(ConnectionFault::Other {
            says: "Connection refused (os error 111)".to_owned(),
        });
        assert_eq!(failure(&broken), "Connection refused");
        assert_eq!(
            failure(&Failure::Encryption(TlsFault::OldTls)),
            "no agreement on encryption: the server supports neither TLS 1.2 nor TLS 1.3, which are required"
        );
        assert_eq!(
            failure(&Failure::NoAnswer { limit_millis: 300 }),
            "no answer within 0.3 s"
        );
    }
}
