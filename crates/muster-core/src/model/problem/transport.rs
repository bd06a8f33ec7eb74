//! Problems of fetching files: what was attempted, on what, and why it failed.
//!
//! Texts of servers and systems are shortened and free of secrets before they come here.

use super::{
    network::{ConnectionFault, ForbiddenAddress, TlsFault, TlsSetupFault, TriedAddress},
    shown,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// An attempt failed.
    Failed(Failure),
    /// Several files are read as one delivery; the first names.
    SeveralFiles { count: usize, names: Vec<String> },
    /// The server states no size of a file.
    NoSize { file: String },
    /// The server states no modification time of a file.
    NoTime { file: String },
    /// The server states two sizes of a file.
    TwoSizes {
        file: String,
        stated: u64,
        received: u64,
    },
    /// A listed name was skipped.
    Skipped(Skipped),
    /// The password and all data are sent without encryption.
    Unencrypted { server: String },
    /// The server named another host for the data connection.
    OtherDataHost { named: String, used: String },
    /// The connection is open to a known attack, CVE-2023-48795.
    WithoutStrictKeyExchange { server: String, algorithms: String },
    /// A file was applied but not archived or deleted.
    NotCleared { file: String, cause: NotCleared },
}

/// Why a file was not archived or deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotCleared {
    /// It was replaced meanwhile.
    Replaced,
    Failed(Box<Failure>),
}

/// A failed attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub attempt: Attempt,
    pub on: Target,
    pub cause: Cause,
}

/// What was attempted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attempt {
    Archive,
    AskForSizeOrTime,
    ChooseFiles,
    Close,
    Connect,
    Delete,
    Find,
    FindAddress,
    GetAnswer,
    /// Of so many connections at once.
    GetConnection(usize),
    GetGreeting,
    KeepCopy,
    List,
    LogIn,
    LookAt,
    MakeFolder,
    NegotiateEncryption,
    Open,
    PrepareEncryption,
    Read,
    ReadPrivateKey,
    RequestUtf8Names,
    StartFileTransfer,
    SwitchToBinary,
    Trust,
    UseName,
    UsePattern,
    Verify,
}

/// On what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// A server: `host:port` or `user@host:port`.
    Server(String),
    /// A URL without credentials and query.
    Location(String),
    /// A file or folder on a server.
    Path { path: String, server: String },
    /// A file or folder on this machine.
    Local(String),
    /// An account on a server.
    Account { user: String, server: String },
}

/// Why it failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// No answer within a limit.
    NoAnswer {
        seconds: u64,
    },
    /// What the system or a library says.
    System {
        why: String,
    },
    /// The connection of a web server.
    Connection(ConnectionFault),
    /// No address of the server takes a connection.
    NotConnected {
        tried: Vec<TriedAddress>,
        /// The limit for each.
        seconds: u64,
    },
    /// A name without an address.
    NoAddress,
    /// The connection was closed, in the middle of a file if there are bytes.
    Closed {
        received: Option<Received>,
        why: Option<String>,
    },
    /// Less or more arrived than announced.
    Incomplete {
        received: Received,
        then: Option<Box<Cause>>,
    },
    TooSlow {
        bytes: u64,
        seconds: u64,
    },
    /// The server asks for a wait that is longer than a run may take.
    WaitTooLong {
        cause: Box<Cause>,
        seconds: u64,
    },
    /// The temporary folder of this machine.
    Copy {
        folder: String,
        fault: CopyFault,
    },
    Missing,
    /// The file was listed and no longer exists.
    ListedThenGone,
    /// The file was listed, and the server refuses it to the account.
    ListedThenRefused {
        answer: String,
        account: String,
    },
    NoPermission,
    /// The file changed while it was read.
    Changed(Change),
    NotAPlainFile,
    Pattern {
        pattern: String,
        why: String,
    },
    TooManyNames {
        names: usize,
        names_limit: usize,
        matching: usize,
        matching_limit: usize,
    },
    ListingTooLong {
        names_limit: usize,
    },
    FileTooLarge {
        bytes: u64,
        limit: u64,
    },
    Checksum {
        found: String,
        stated: String,
        file: String,
    },
    NoChecksum {
        file: String,
    },
    /// Nothing is in the folder.
    EmptyFolder,
    /// The account sees nothing in the folder.
    NothingVisible {
        account: String,
    },
    NoMatch {
        pattern: String,
        names: Vec<String>,
        more: usize,
    },
    /// What matches is no plain file.
    OnlySkipped {
        pattern: String,
        skipped: Vec<Skipped>,
    },
    ArchiveHasFile,
    Name(NameFault),
    /// What the server says, to which account if that matters.
    Answer {
        answer: String,
        account: Option<String>,
    },
    /// The answer is not one of FTP.
    NotFtp,
    /// A reply or header that is too large.
    ReplyTooLarge,
    /// The login was refused; none: the server repeats the password.
    LoginRefused {
        answer: Option<String>,
    },
    /// Encryption cannot be prepared on this machine.
    TlsSetup(TlsSetupFault),
    Tls(TlsFault),
    NoTls {
        answer: Option<String>,
    },
    DataNotEncrypted {
        command: String,
        answer: String,
    },
    /// A web server has no listing.
    PatternOnWeb,
    /// A file on a web server cannot be archived or deleted.
    ReadOnly,
    Url {
        why: String,
    },
    RedirectToNowhere,
    RedirectElsewhere {
        from: String,
        to: String,
    },
    TooManyRedirects {
        origin: String,
        most: usize,
    },
    Status {
        status: String,
        retry_after: Option<String>,
    },
    CredentialsWanted {
        status: String,
    },
    CredentialsRefused {
        status: String,
    },
    /// Valid or no credentials, and no access.
    AccessDenied {
        status: String,
    },
    Compressed {
        encoding: String,
    },
    NotTheFile {
        kind: Instead,
        content_type: Option<String>,
        start: String,
    },
    HostKeyUnknown {
        fingerprint: String,
    },
    HostKeyChanged {
        fingerprint: String,
        accepted: String,
        since: Option<Timestamp>,
    },
    CertificateInsteadOfKey,
    NotSsh,
    PacketTooLarge {
        bytes: u64,
        limit: u64,
    },
    NothingInCommon {
        missing: Vec<AlgorithmKind>,
        offers: Vec<Offer>,
    },
    NoUser,
    NoCredentials,
    PrivateKey(KeyFault),
    MoreQuestions {
        prompt: String,
    },
    EndlessQuestions,
    /// The connection ended during the login.
    DroppedDuringLogin {
        refused: Vec<LoginMethod>,
        farewell: Option<String>,
    },
    MethodsRefused {
        refused: Vec<LoginMethod>,
        accepted: Vec<String>,
        wanted: Vec<String>,
    },
    NoSftp,
    NoChannel,
    OverStatedLimit {
        why: String,
    },
    OddRead,
    /// The policy for addresses refuses the host.
    Forbidden(ForbiddenAddress),
}

/// A path as messages show it. Folders are longer than a value may be, so each step is shown by itself.
pub fn shown_path(path: &str) -> String {
    path.split('/').map(shown).collect::<Vec<_>>().join("/")
}

/// How much arrived, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    pub bytes: u64,
    /// What the server announced.
    pub of: Option<u64>,
}

/// What is wrong with the temporary folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CopyFault {
    Full,
    NotWritable,
    Missing,
    Other { why: String },
}

/// How a file changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    NoLongerPlain,
    Size {
        before: Option<u64>,
        now: Option<u64>,
    },
    Time {
        before: Option<Timestamp>,
        now: Option<Timestamp>,
    },
}

/// A listed name that was skipped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    pub name: String,
    pub reason: SkipReason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    Name(NameFault),
    Folder,
    Link,
    Special,
}

/// Why a name is not safe to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameFault {
    Empty,
    TooLong,
    NotUtf8,
    ControlCharacters,
    Path,
}

/// What came in place of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Instead {
    WebPage,
    JsonDocument,
    XmlDocument,
    PdfDocument,
    Media,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlgorithmKind {
    KeyExchange,
    HostKey,
    Cipher,
    Mac,
}

/// The SSH algorithms of one kind on both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    pub kind: AlgorithmKind,
    pub theirs: Vec<String>,
    pub ours: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoginMethod {
    PrivateKey,
    Password,
}

/// Why a private key cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyFault {
    EncryptedEcInOldForm,
    EncryptedInOldForm,
    NoPassphrase,
    WrongPassphrase,
    PublicKey,
    DsaKey,
    NotAKey,
}

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    AcceptHostKey,
    AllowSftp,
    AllowSimpleLogin,
    ArchiveManually,
    CheckAccess,
    CheckAddress,
    CheckCertificateBundle,
    CheckEncoding,
    CheckFtpServer,
    CheckNetwork,
    CheckPath,
    CheckServer,
    CheckSshServer,
    CheckTlsServer,
    CheckUpload,
    CheckUploadAndAccess,
    CheckUrl,
    CheckUrlOrSignIn,
    CheckWhoRemoves,
    ClearFolder,
    ConvertKey,
    CorrectCertificate,
    CorrectCredentials,
    CorrectPattern,
    CorrectUrl,
    FetchAgain,
    FollowRedirect,
    FreeTemporarySpace,
    KeepOneFile,
    LeaveFiles,
    MakeKey,
    NameFile,
    NameFileInUrl,
    NoAction,
    OfferPlainHostKey,
    OpenInBrowser,
    ProvideChecksum,
    RaiseFileLimit,
    RaiseWholeLimit,
    RemoveFilesOrRaiseLimits,
    ReplaceName,
    SetCredentials,
    SetMissingCredentials,
    SetPassphrase,
    SetPrivateKey,
    SetRightPassphrase,
    SetUser,
    SetWholeKey,
    SwitchTlsOn,
    UpdateServer,
    UpdateServerOrAllowLegacy,
    UploadBoth,
    UseEncryptedTransport,
    UseExplicitTls,
    UseFtps,
    UseImplicitTls,
    UsePassiveMode,
    UsePlainName,
    WaitForRename,
    WaitForServer,
    WaitForUpload,
    WriteChecksum,
}
