//! The stable codes of everything Muster refuses, rejects or warns of, with the meaning that the
//! reference page shows. A code is never reused for something else.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! codes {
    ($($variant:ident = $text:literal, $meaning:literal;)*) => {
        /// A stable code, such as `MUS-CSV-QUOTE`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Code {
            $(
                #[doc = $meaning]
                #[serde(rename = $text)]
                $variant,
            )*
        }

        impl Code {
            /// Every code, in the order of the reference page.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// The code as it is printed.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $text,)* }
            }

            /// What it means, in whole sentences.
            pub fn meaning(self) -> &'static str {
                match self { $(Code::$variant => $meaning,)* }
            }
        }
    };
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

codes! {
    CsvEmpty = "MUS-CSV-EMPTY", "The file has no data rows. An empty file never means that everybody left, so nothing is done with it.";
    CsvQuote = "MUS-CSV-QUOTE", "A quote stands where none may stand: text before an opening quote or after a closing one. The row is rejected; the next row is read normally.";
    CsvUnclosed = "MUS-CSV-UNCLOSED", "A quoted value is never closed, so everything after it is unknown. The file was cut off or written wrongly, and is refused.";
    CsvDelimiter = "MUS-CSV-DELIMITER", "The header looks as if columns were separated by another character than the configured one.";
    CsvHeaderMissing = "MUS-CSV-HEADER-MISSING", "The first line looks like data, but a header was promised (or the other way round).";
    CsvHeaderDuplicate = "MUS-CSV-HEADER-DUPLICATE", "Two columns have the same name, so a mapping could mean either.";
    CsvHeaderBytes = "MUS-CSV-HEADER-BYTES", "The header has bytes that are not text in the configured encoding.";
    CsvColumnMissing = "MUS-CSV-COLUMN-MISSING", "A column that the mapping needs is not in the file.";
    CsvColumns = "MUS-CSV-COLUMNS", "A row has more or fewer values than the header has columns. It is never padded or shifted.";
    CsvEncoding = "MUS-CSV-ENCODING", "A row has bytes that are not text in the configured encoding.";
    CsvEncodingFile = "MUS-CSV-ENCODING-FILE", "The file as a whole is in another encoding than the configured one.";
    CsvNul = "MUS-CSV-NUL", "The file has NUL characters: an upload that was pre-allocated and not finished, or binary data.";
    CsvKind = "MUS-CSV-KIND", "The file is not a CSV file at all but a workbook, an archive, a web page or the like.";
    CsvLimit = "MUS-CSV-LIMIT", "A field, a row, the number of columns or rows, or the file is larger than its limit.";
    CsvTruncated = "MUS-CSV-TRUNCATED", "The last row is cut off, or the file ends before it should. Its other rows are used, but nobody departs.";
    CsvLooksLikeHeader = "MUS-CSV-NOT-A-PERSON", "A row repeats the header or is a title, comment or footer rather than a person.";
    CsvFormat = "MUS-CSV-FORMAT", "The row has an odd form that was read, but that the exporting system should mend (spare columns, mixed line ends).";
    ValueRequired = "MUS-VALUE-REQUIRED", "A value that every record needs is blank.";
    ValueDate = "MUS-VALUE-DATE", "A date is impossible or not in the configured format. Dates are never guessed.";
    ValueDateTime = "MUS-VALUE-DATETIME", "A date and time cannot be read.";
    ValueDecimal = "MUS-VALUE-DECIMAL", "An amount has a decimal comma, a thousands separator, a currency sign or letters, is negative, or has more digits than money has.";
    ValueNumber = "MUS-VALUE-NUMBER", "A whole number has other characters than digits.";
    ValueBoolean = "MUS-VALUE-BOOLEAN", "A yes/no value is neither.";
    ValueChoice = "MUS-VALUE-CHOICE", "A value is not among the choices of its field.";
    ValuePhone = "MUS-VALUE-PHONE", "A phone number is not valid in the country that applies.";
    ValueEmail = "MUS-VALUE-EMAIL", "An e-mail address is not well formed.";
    ValueScript = "MUS-VALUE-SCRIPT", "An e-mail address mixes characters of two scripts, as look-alike addresses do.";
    ValueLanguage = "MUS-VALUE-LANGUAGE", "A language is not a BCP 47 tag or not one of the workspace's languages.";
    ValueCountry = "MUS-VALUE-COUNTRY", "A country is not known.";
    ValueGroup = "MUS-VALUE-GROUP", "A group does not exist in the workspace; names must match exactly.";
    ValueControl = "MUS-VALUE-CONTROL", "A value has control, invisible or direction-changing characters.";
    ValueScientific = "MUS-VALUE-SCIENTIFIC", "A value looks like a spreadsheet's scientific notation; digits are lost already.";
    ValueSpreadsheet = "MUS-VALUE-SPREADSHEET", "A value is a spreadsheet's error or formula instead of its result.";
    ValueUnmapped = "MUS-VALUE-UNMAPPED", "A value is not among those that the value map of its field lists.";
    ValueEmployments = "MUS-VALUE-EMPLOYMENTS", "The employments of a person cannot be read, or one ends before it starts.";
    CompanyUnknown = "MUS-COMPANY-UNKNOWN", "An employment names a company that the workspace does not have.";
    CompanyInvalid = "MUS-COMPANY-INVALID", "A running employment is in a company that no longer or not yet exists.";
    CompanyUnlisted = "MUS-COMPANY-UNLISTED", "No list of companies has the company any more, and people are employed in it. It is kept as it is until the last of them has left.";
    ValueTooLong = "MUS-VALUE-TOO-LONG", "A value is longer than a directory field may be.";
    RecordDuplicate = "MUS-RECORD-DUPLICATE", "Two records of one file have the same match key but say different things; neither is used.";
    RecordRepeated = "MUS-RECORD-REPEATED", "The same record stands in the file twice; it is used once.";
    RecordUnknown = "MUS-RECORD-UNKNOWN", "The match key of a record cannot be read, so it could be anybody: nobody departs in this run.";
    RecordNamesake = "MUS-RECORD-NAMESAKE", "Somebody is missing from the delivery, but a record that cannot be used has their first and last name, their address or their id: they stay until it can be.";
    RecordSuperseded = "MUS-RECORD-SUPERSEDED", "A newer file of the same delivery has the same person; the newest file wins.";
    SeveralFiles = "MUS-DELIVERY-SEVERAL-FILES", "Several files match the pattern. All are read as one delivery; a forgotten old file is a common mistake.";
    AddressTaken = "MUS-MATCH-ADDRESS-TAKEN", "The record's e-mail address belongs to somebody else who does not give it up.";
    MatchConflict = "MUS-MATCH-CONFLICT", "External id and e-mail address of the record belong to different people, or the person has another external id.";
    MatchRehire = "MUS-MATCH-REHIRE", "The address belongs to an inactive person with another external id: a rehire or a recycled address. A person decides.";
    MatchIdReused = "MUS-MATCH-ID-REUSED", "The external id is known, but names, birthday and address all differ: the id may have been given to somebody else. A person decides.";
    MatchEmailChange = "MUS-MATCH-EMAIL-CHANGE", "A new address with the names and birthday of an active person who is not in this delivery: probably a change of e-mail address. A person decides.";
    MatchOwner = "MUS-MATCH-OWNER", "The person belongs to another integration, which alone may change them.";
    DateOrder = "MUS-DATE-ORDER", "The offboarding date lies before the onboarding date.";
    OnboardingIgnored = "MUS-DATE-ONBOARDING-IGNORED", "A new onboarding date in the future for somebody who is active already is ignored.";
    OffboardingPast = "MUS-DATE-OFFBOARDING-PAST", "The offboarding date has passed; the person leaves today.";
    GateAbsent = "MUS-SELECT-ABSENT", "The column that decides who is selected is absent from every record, or from some: nobody is deselected because of it.";
    Protected = "MUS-PROTECTED", "The person is protected: a sync never removes them.";
    Pinned = "MUS-PINNED", "The field of this person is held at another value by hand, so what the source says of it is not used.";
    PinRefused = "MUS-PIN-REFUSED", "A field cannot be pinned like this: it is a key, or the day is over.";
    HandOwned = "MUS-HAND-OWNED", "The field belongs to an integration, which would overwrite an edit by hand with its next delivery.";
    HandRefused = "MUS-HAND-REFUSED", "What was asked for by hand cannot be done with this person.";
    FieldCreated = "MUS-FIELD-CREATED", "The integration asks for fields to be created from its mapping, and a new text field was created.";
    FieldInUse = "MUS-FIELD-IN-USE", "A field that people have values in, or that a plan that waits or a smart group speaks of, is not removed.";
    ColumnIgnored = "MUS-MAPPING-IGNORED", "Columns of the file that the mapping does not use.";
    ColumnOptional = "MUS-MAPPING-ABSENT", "A mapped optional column is not in the file; stored values stay.";
    ManagerSelf = "MUS-MANAGER-SELF", "A person is named as their own manager; the link is left out.";
    ManagerRing = "MUS-MANAGER-RING", "People are each other's managers in a ring; the link that closes it is left out.";
    NoFile = "MUS-DELIVERY-NO-FILE", "No file matches. Nothing was read and nobody departs.";
    NotSettled = "MUS-DELIVERY-NOT-SETTLED", "The file is still being written, or changed while it was read.";
    Checksum = "MUS-DELIVERY-CHECKSUM", "The file does not match the checksum beside it.";
    NameRefused = "MUS-DELIVERY-NAME", "A listed name is not a plain file name, or is a link, pipe, device or folder; it is not opened.";
    TransferIncomplete = "MUS-DELIVERY-INCOMPLETE", "Fewer or more bytes arrived than the server announced.";
    TransportUnreachable = "MUS-TRANSPORT-UNREACHABLE", "The server could not be reached, or the connection broke.";
    TransportTimeout = "MUS-TRANSPORT-TIMEOUT", "The server did not answer within the limit of a phase.";
    TransportCredentials = "MUS-TRANSPORT-CREDENTIALS", "The server refused the credentials. They are not tried again, so that no account is locked.";
    TransportKey = "MUS-TRANSPORT-KEY", "The private key cannot be read: wrong format, missing or wrong passphrase.";
    HostKeyUnknown = "MUS-TRANSPORT-HOST-KEY-UNKNOWN", "The server's host key has not been accepted yet. No credential was sent.";
    IntegrationPaused = "MUS-INTEGRATION-PAUSED", "The server showed another host key than the accepted one in an earlier run. The integration waits until a person has accepted one of the two; nothing is sent to the server until then.";
    HostKeyChanged = "MUS-TRANSPORT-HOST-KEY-CHANGED", "The server shows another host key than the accepted one. No credential was sent.";
    TransportAlgorithms = "MUS-TRANSPORT-ALGORITHMS", "Client and server have no SSH algorithm in common.";
    TransportTls = "MUS-TRANSPORT-TLS", "TLS was refused, or the server's certificate is not valid for it. No credential was sent.";
    TransportClear = "MUS-TRANSPORT-CLEAR", "Plain FTP sends passwords and people's data in the clear.";
    TransportNetwork = "MUS-TRANSPORT-NETWORK", "The server's address may not be connected to: link-local, or this machine by another name.";
    TransportRedirect = "MUS-TRANSPORT-REDIRECT", "The server answers with a redirect to another origin, which is never followed.";
    TransportAnswer = "MUS-TRANSPORT-ANSWER", "The server's answer is not the file: an error status, a login page, or something out of order.";
    TransportFolder = "MUS-TRANSPORT-FOLDER", "The folder or file does not exist, or the account may not read it.";
    TransportLimit = "MUS-TRANSPORT-LIMIT", "The server sent more than a limit allows.";
    TransportWeak = "MUS-TRANSPORT-WEAK-PROOF", "The server offers no size or modification time, so the transfer is proved by less.";
    TransportPassive = "MUS-TRANSPORT-PASSIVE", "The server named another host for the data connection; the control host was used.";
    TransportAfter = "MUS-TRANSPORT-AFTER", "The file was applied, but could not be archived or deleted afterwards.";
    ApiForbidden = "MUS-API-FORBIDDEN", "The credentials are known, but a right that the read needs is missing.";
    ApiRefused = "MUS-API-REFUSED", "The API says no, with a reason of its own, or wants something that is never done.";
    ApiRateLimited = "MUS-API-RATE-LIMITED", "The API asks to be left alone for longer than a run waits.";
    ApiMalformed = "MUS-API-MALFORMED", "The answer is not what the API promises: cut off, a web page, or of another form. Nothing of the read is used.";
    ApiLimit = "MUS-API-LIMIT", "The API sent more bytes or pages than a limit allows.";
    ApiLink = "MUS-API-LINK", "A link to the next page leads to another scheme, host or port, or to a page that was read already. It is not followed.";
    ApiEmpty = "MUS-API-EMPTY", "The API answered and has nobody. An empty answer never means that everybody left.";
    ApiWithheld = "MUS-API-WITHHELD", "An attribute is absent from every record, as when the credentials may not read it. If it decides about people, nobody departs.";
    ApiUnreconciled = "MUS-API-UNRECONCILED", "The people who were read do not add up to the number that the API announces, also when read again. Nobody departs.";
    ApiMissing = "MUS-API-MISSING", "People or employments are missing from a list of the API that it still has when asked for alone, or nothing confirms that they left. Nobody departs.";
    ApiValue = "MUS-API-VALUE", "A value is of another kind than the API promises, so the record is not used. Its person counts as present.";
    ApiUnidentified = "MUS-API-UNIDENTIFIED", "A record of the API has no id, so it could be anybody: nobody departs by absence in this run.";
    ApiToken = "MUS-API-TOKEN", "A token could not be kept for the next run, so each run asks for a new one. Some vendors allow few.";
    ApiLookup = "MUS-API-LOOKUP", "A name that a record refers to by id could not be looked up, so the id stands in its place.";
    ApiShell = "MUS-API-SHELL", "A record of the API has a name and nothing else, so it is not used: nobody can tell whether it is somebody who works there.";
    ApiContradiction = "MUS-API-CONTRADICTION", "A record of the API says of its person that they work there and that they left. It is not used, and its person counts as present.";
    ApiPrivateAddress = "MUS-API-PRIVATE-ADDRESS", "People have no business address at the source, so their private one can stand in its place.";
    Configuration = "MUS-CONFIGURATION", "The integration file has a setting that does not exist or cannot be.";
    Secret = "MUS-SECRET", "A secret that the integration file refers to cannot be read.";
    StoreBusy = "MUS-STORE-BUSY", "The database is locked by another process.";
    StoreFull = "MUS-STORE-FULL", "The disk is full; the database is as it was.";
    StoreDisk = "MUS-STORE-DISK", "The disk failed while the database was read or written.";
    StoreReadOnly = "MUS-STORE-READ-ONLY", "The database cannot be written.";
    StoreDamaged = "MUS-STORE-DAMAGED", "The database file is damaged.";
    StoreNewer = "MUS-STORE-NEWER", "The database was written by a newer program.";
    StoreFailed = "MUS-STORE-FAILED", "The database could not do what was asked.";
    RunInterrupted = "MUS-RUN-INTERRUPTED", "The process ended in the middle of a run; nothing of it was applied.";
    RunBusy = "MUS-RUN-BUSY", "Another run of the same integration is under way.";
    PlanVoid = "MUS-PLAN-VOID", "The plan can no longer be approved: it was decided, replaced or expired, or somebody it concerns changed since.";
    PlanChoice = "MUS-PLAN-CHOICE", "The chosen operations of a plan cannot be applied by themselves: none of them waits, or they need others of the same plan. Nothing was applied, and the plan goes on waiting.";
    BudgetKept = "MUS-BUDGET-KEPT", "A one-off budget was granted by the run that is undone. What was given once stays granted, and the same value grants nothing again.";
    BudgetUnmapped = "MUS-BUDGET-UNMAPPED", "A monthly budget is not mapped any more. What people have of it goes on until its value is 0, also where its column sets another budget now.";
    UndoSkipped = "MUS-UNDO-SKIPPED", "A value was changed again after the run that is undone, so it is left alone.";
    RunUnbalanced = "MUS-RUN-UNBALANCED", "The records of a run do not add up. This is a bug in muster; nothing was applied.";
    Erased = "MUS-ERASED", "The record is about somebody whose values were removed for good. It is left out, and nothing of it is kept.";
    MasterKey = "MUS-MASTER-KEY", "The master key that the database was sealed with is missing, is another one, or can be read by others.";
    Sealed = "MUS-SEALED", "Something sealed with the master key cannot be opened: it was changed, or it is damaged.";
    DeliveryKept = "MUS-DELIVERY-NOT-KEPT", "The bytes of a delivery were not kept, so it cannot be replayed. The run itself is not affected.";
    ErasurePending = "MUS-ERASURE-PENDING", "Values were removed, but the database could not be rewritten, so that remains may stand in its free pages.";
    PlanMoved = "MUS-PLAN-MOVED", "The directory changed while the run was deciding; it was decided again.";
}
