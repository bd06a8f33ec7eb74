//! Requests to an HR system that failed.

use crate::model::problem::network::{ConnectionFault, ForbiddenAddress, TlsFault, TlsSetupFault};
use serde::{Deserialize, Serialize};

/// A request that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    pub attempted: Attempt,
    /// Scheme, host, port and path, without query.
    pub on: String,
    pub failure: Failure,
    /// What the server calls the request; its operators ask for it.
    pub request_id: Option<String>,
    /// How often it was sent.
    pub attempts: u32,
    /// How long the server asks to be left alone, in seconds.
    pub retry_after: Option<u64>,
}

/// What was attempted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attempt {
    Connect,
    /// Of so many connections at once.
    GetConnection {
        of: usize,
    },
    PrepareEncryption,
    GetToken,
    Read {
        of: List,
    },
    ReadPage {
        page: u64,
        of: List,
    },
    /// To follow the link to the next page.
    ReadAfterPage {
        page: u64,
        of: List,
    },
    ReadAll {
        of: List,
    },
    LookUpEmployee,
    LookUpUnit {
        kind: String,
    },
}

/// What is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum List {
    Employees,
    /// Values that are dated in the future.
    FutureEmployees,
    Employments,
    Companies,
    Persons,
    People,
    Attributes,
    Fields,
    DatasetFields,
    EmploymentStatus,
}

/// Why a request failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// Encryption cannot be prepared on this machine.
    NotPrepared(TlsSetupFault),
    /// The policy for addresses refuses the host.
    Forbidden(ForbiddenAddress),
    /// A header would have characters that no header may have.
    HeaderCharacters {
        header: String,
    },
    Status(Status),
    Redirected {
        status: String,
        /// None: nowhere.
        to: Option<String>,
    },
    /// The server asks for fewer requests, or is out of order.
    NoAnswer {
        limit_millis: u64,
    },
    /// No answer within one limit, or not all of it within the other.
    NotWhole {
        between_millis: u64,
        whole_millis: u64,
    },
    Encryption(TlsFault),
    /// The connection broke.
    Broken(ConnectionFault),
    /// The answer began, and then failed.
    Interrupted {
        bytes: u64,
        then: Box<Failure>,
    },
    TooLarge {
        limit: u64,
    },
    /// The answer is compressed in a way that cannot be read.
    Compression {
        /// None: as gzip, and it is broken.
        encoding: Option<String>,
        why: Option<String>,
    },
    EmptyAnswer,
    WebPage {
        content_type: String,
        start: String,
    },
    Xml {
        content_type: String,
    },
    NotUtf8 {
        at: u64,
        of: u64,
    },
    NotJson {
        at: u64,
        of: u64,
        why: NotJson,
    },
    /// The status is good, and the answer says that it is an error.
    NotSuccessful {
        system: String,
        says: String,
    },
    /// The answer lacks a part.
    Lacks {
        part: String,
        /// What it says instead.
        says: Option<String>,
    },
    NoToken,
    Link(Link),
    EndlessPages {
        read: u64,
    },
    NotWholeList {
        shape: Shape,
    },
    /// The list of employments is empty, although employees have some.
    NoEmployments {
        employees: u64,
    },
    /// Employments name companies, and the list has none of them.
    NoCompanies {
        /// Companies on the list.
        listed: u64,
        /// Short names that employments have.
        named: u64,
        /// The first of them.
        first: String,
    },
    /// The list lacks employments that are returned when looked up.
    EmploymentsLost {
        code: String,
    },
}

/// An answer that is no success.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Number and reason, as in `404 Not Found`.
    pub status: String,
    /// The server's own words; empty: none.
    pub says: String,
    /// What is refused with it, if that is known.
    pub refused: Option<Refused>,
    /// How many seconds this machine's clock is behind the server's, where that matters.
    pub clock_behind: Option<i64>,
}

/// What a server refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refused {
    Credentials,
    /// The token that this machine signed.
    SignedToken,
    /// A token that was issued just now, so a right is missing.
    FreshToken,
}

/// Why an answer is not the JSON that it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotJson {
    /// The answer may hold a secret, so nothing of it is repeated.
    Other,
    EndsEarly,
    Parser {
        says: String,
    },
}

/// What is wrong with the link to the next page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    NotAUrl { link: String, why: String },
    OtherOrigin { from: String, to: String },
    NoCursor,
    NoQuery,
}

/// Why a list may not be whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// The link to the next page leads to a page that was read already.
    Repeated,
    /// A page is empty although another one follows.
    EmptyPage,
    /// The link to the next page leads to an empty page.
    EmptyEnd,
    /// Nothing says whether more follow.
    Bare,
    /// Employees came, went or moved between pages.
    Changed,
}
