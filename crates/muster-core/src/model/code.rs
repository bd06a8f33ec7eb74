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

            /// The code with this text.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|code| code.as_str() == text)
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
    CsvEmpty = "MUS-CSV-EMPTY", "The file has no data rows. An empty file is never taken to mean that every employee left: the delivery is refused and nothing was changed.";
    CsvQuote = "MUS-CSV-QUOTE", "A row has a quotation mark where CSV does not allow one: after text that is not quoted, or before text that follows a closing quote. The row is rejected. The next row is read normally.";
    CsvUnclosed = "MUS-CSV-UNCLOSED", "A quoted value is never closed, so the rest of the file cannot be read. The file was cut off or is malformed. It is refused as a whole and nothing was changed.";
    CsvDelimiter = "MUS-CSV-DELIMITER", "The header appears to use another delimiter than the configured one. The file is refused.";
    CsvHeaderMissing = "MUS-CSV-HEADER-MISSING", "The first line looks like data although a header is configured, or like a header although none is configured.";
    CsvHeaderDuplicate = "MUS-CSV-HEADER-DUPLICATE", "Two columns have the same name, so the mapping is ambiguous.";
    CsvHeaderBytes = "MUS-CSV-HEADER-BYTES", "The header contains bytes that are not valid in the configured encoding. The file is refused.";
    CsvColumnMissing = "MUS-CSV-COLUMN-MISSING", "A column that the mapping requires is missing from the file. The file is refused.";
    CsvColumns = "MUS-CSV-COLUMNS", "A row has more or fewer values than the header has columns. The row is rejected; values are never padded or shifted.";
    CsvEncoding = "MUS-CSV-ENCODING", "A row contains bytes that are not valid in the configured encoding. The row is rejected.";
    CsvEncodingFile = "MUS-CSV-ENCODING-FILE", "The file uses another encoding than the configured one. The file is refused.";
    CsvNul = "MUS-CSV-NUL", "The file contains NUL characters, as binary data and unfinished, pre-allocated uploads do. The file is refused.";
    CsvKind = "MUS-CSV-KIND", "The file is not a CSV file but, for example, a workbook, an archive or a web page. The file is refused.";
    CsvLimit = "MUS-CSV-LIMIT", "A field, a row, the number of columns or rows, or the whole file exceeds its configured limit.";
    CsvTruncated = "MUS-CSV-TRUNCATED", "The file ends early, or its last row is cut off. The delivery is incomplete: its other records are used, but nobody is deactivated for being missing. Employees whose own record ends their employment are still deactivated.";
    CsvLooksLikeHeader = "MUS-CSV-NOT-A-PERSON", "A row is not an employee record: it repeats the header, or is a title, a comment or a footer. The row is skipped or rejected.";
    CsvFormat = "MUS-CSV-FORMAT", "The file was read although its format is irregular, for example because it has extra empty columns or mixed line endings. Correct the export.";
    ValueRequired = "MUS-VALUE-REQUIRED", "A required value is blank.";
    ValueDate = "MUS-VALUE-DATE", "A date does not exist or is not in the configured format. Muster never guesses dates.";
    ValuePattern = "MUS-VALUE-PATTERN", "A value does not match the `extract` pattern of its mapping, so no part of it is used.";
    ValueDateTime = "MUS-VALUE-DATETIME", "A value is not a valid date and time.";
    ValueDecimal = "MUS-VALUE-DECIMAL", "An amount is not a plain decimal number: it has a decimal comma, a thousands separator, a currency sign or letters, is negative, or has too many digits. Muster never guesses amounts.";
    ValueNumber = "MUS-VALUE-NUMBER", "A value is not a whole number.";
    ValueBoolean = "MUS-VALUE-BOOLEAN", "A value is neither yes nor no.";
    ValueChoice = "MUS-VALUE-CHOICE", "A value is not one of the choices of its field.";
    ValuePhone = "MUS-VALUE-PHONE", "A phone number is not valid for the country that applies to the record.";
    ValueEmail = "MUS-VALUE-EMAIL", "A value is not a valid e-mail address.";
    ValueScript = "MUS-VALUE-SCRIPT", "An e-mail address mixes characters of different scripts, as look-alike addresses do.";
    ValueLanguage = "MUS-VALUE-LANGUAGE", "A value is not a BCP 47 language tag, or not one of the languages of the workspace.";
    ValueCountry = "MUS-VALUE-COUNTRY", "A value is not a known country.";
    ValueGroup = "MUS-VALUE-GROUP", "The workspace has no group with this exact name.";
    ValueControl = "MUS-VALUE-CONTROL", "A value contains control characters, invisible characters or characters that change the text direction.";
    ValueScientific = "MUS-VALUE-SCIENTIFIC", "A spreadsheet has stored the value in scientific notation. Digits have already been lost.";
    ValueSpreadsheet = "MUS-VALUE-SPREADSHEET", "A value is a spreadsheet formula or error instead of its result.";
    ValuePlaceholder = "MUS-VALUE-PLACEHOLDER", "An external id stands for a missing value, such as `NULL`, `n/a` or `-`. Several employees could have it, so it identifies no employee.";
    ValueUnmapped = "MUS-VALUE-UNMAPPED", "A value is not listed in the `values` table of its mapping.";
    ValueEmployments = "MUS-VALUE-EMPLOYMENTS", "The employments of an employee cannot be read, or one of them ends before it starts. Employments stored earlier are unchanged.";
    CompanyUnknown = "MUS-COMPANY-UNKNOWN", "An employment names a company that does not exist in the workspace. The employment is stored.";
    CompanyInvalid = "MUS-COMPANY-INVALID", "A current employment is in a company that is not valid on this day. The employment is stored.";
    CompanyUnlisted = "MUS-COMPANY-UNLISTED", "A company is no longer in any list of companies, but employees are still employed in it. The company is unchanged until the last of them has left.";
    ValueLost = "MUS-VALUE-LOST", "A value contains U+FFFD, which replaces a character that was lost before the file was read.";
    TextDecodedTwice = "MUS-VALUE-DECODED-TWICE", "Text of a file looks like UTF-8 that was read in another encoding before the file was written. It is used unchanged, and reported once for each file.";
    ValueTooLong = "MUS-VALUE-TOO-LONG", "A value is longer than its field allows.";
    RecordDuplicate = "MUS-RECORD-DUPLICATE", "Two records of one file have the same match key but different values. Both are rejected; the employee is unchanged.";
    RecordRepeated = "MUS-RECORD-REPEATED", "The same record appears twice in the file. It is used once.";
    RecordUnknown = "MUS-RECORD-UNKNOWN", "The match key of a record cannot be read, so the record could belong to any employee. The delivery is incomplete: nobody is deactivated for being missing. Employees whose own record ends their employment still are.";
    RecordNamesake = "MUS-RECORD-NAMESAKE", "An employee is missing from the delivery, but a rejected record has the same first and last name, e-mail address or external id. The employee is unchanged until that record is corrected.";
    SuspiciousRows = "MUS-RECORD-SUSPICIOUS", "A quoted value continues on several lines, and one of them has the form of a row or begins with the match key of an employee that no other record names. A misplaced pair of quotes has probably swallowed rows. The record is rejected, nobody is deactivated for being missing, and departures that the file states are held for review.";
    RecordSuperseded = "MUS-RECORD-SUPERSEDED", "A newer file of the same delivery has a record for the same employee. The record of the newest file is used.";
    SeveralFiles = "MUS-DELIVERY-SEVERAL-FILES", "More than one file matches the pattern. All of them are read as one delivery. Often one is an old file that was forgotten.";
    OldContent = "MUS-DELIVERY-OLD-CONTENT", "The delivery has the same content as an earlier one, and a different one has been applied since: probably an old file was delivered again. It is a warning if a corrected file could have been put back. The plan is held for review if it would deactivate or reactivate an employee or change more than 3.";
    AddressTaken = "MUS-MATCH-ADDRESS-TAKEN", "The e-mail address of the record belongs to another employee who keeps it. The record is rejected.";
    MatchConflict = "MUS-MATCH-CONFLICT", "The external id and the e-mail address of the record belong to different employees, or the employee has another external id. The record is rejected.";
    MatchRehire = "MUS-MATCH-REHIRE", "The e-mail address of the record belongs to an inactive employee with another external id. The record is either a rehire or a reused address, and is held for review.";
    MatchIdReused = "MUS-MATCH-ID-REUSED", "The external id belongs to an employee whose names and birthday differ from the record, or the record's address belongs to another employee with its names. The id may have been given to another person, so the record is held for review.";
    MatchNewId = "MUS-MATCH-NEW-ID", "An unknown external id comes with the address and names of an employee who has another id and no record of their own. The employee probably has a new id, so the record is held for review.";
    MatchRecycledAddress = "MUS-MATCH-RECYCLED-ADDRESS", "The address belongs to an employee whose names or birthday differ from the record. The address may have been given to another person, so the record is held for review.";
    MatchEmailChange = "MUS-MATCH-EMAIL-CHANGE", "A new e-mail address comes with the names and birthday of an active employee who is missing from this delivery. The address has probably changed, so the record is held for review.";
    MatchOwner = "MUS-MATCH-OWNER", "The employee belongs to another integration. Only that integration changes the employee.";
    DateOrder = "MUS-DATE-ORDER", "The offboarding date is before the onboarding date. The record is rejected, unless the employment has already ended: then the stored onboarding date counts.";
    StartUnconfirmed = "MUS-START-DOUBTED", "A scheduled employee is missing from the last complete delivery, or the employee's latest record was rejected or ends the employment. The start is held for review when its day comes.";
    OnboardingIgnored = "MUS-DATE-ONBOARDING-IGNORED", "The onboarding date is in the future, but the employee is already active. The date is ignored.";
    OffboardingPast = "MUS-DATE-OFFBOARDING-PAST", "The offboarding date is in the past. The employee is deactivated today.";
    DateOrderInDoubt = "MUS-DATE-ORDER-DOUBT", "Dates of a delivery seem to have day and month exchanged. Dates that could be read both ways are ignored, and new employees with such dates are held for review.";
    DateBlankKept = "MUS-DATE-BLANK-KEPT", "The cell of an onboarding or offboarding date was emptied, but blank cells change nothing, so the stored date still takes effect.";
    SelectUndecided = "MUS-SELECT-UNDECIDED", "A selection rule cannot be evaluated: the value is blank, or is new and not in the rule. Known employees stay selected, and no employee is created because of it.";
    SelectionColumnAbsent = "MUS-SELECT-ABSENT", "A column that a selection rule uses is missing from some or all records. No employee is deselected because of it.";
    Protected = "MUS-PROTECTED", "The employee is protected, so the run did not deactivate or delete the employee.";
    Pinned = "MUS-PINNED", "The field has a pinned value, so the value from the source was not applied.";
    PinRefused = "MUS-PIN-REFUSED", "The field cannot be pinned: it is a match key, or the end date of the pin is in the past. Nothing was changed.";
    EmployeeUnknown = "MUS-EMPLOYEE-UNKNOWN", "No employee has the external id, e-mail address, number or name. Nothing was changed.";
    EmployeeAmbiguous = "MUS-EMPLOYEE-AMBIGUOUS", "Several employees have the name or number. Nothing was changed.";
    EditOwned = "MUS-HAND-OWNED", "The field is mapped by the integration that owns the employee, so the next delivery would overwrite a manual edit. Nothing was changed.";
    EditRefused = "MUS-HAND-REFUSED", "The manual edit is not possible for this employee. Nothing was changed.";
    FieldCreated = "MUS-FIELD-CREATED", "The mapping names a field that did not exist, and the integration file allows new fields. A text field was created.";
    FieldUnknown = "MUS-FIELD-UNKNOWN", "The workspace has no field with this key. Nothing was changed.";
    FieldInUse = "MUS-FIELD-IN-USE", "The field cannot be removed while employees, an integration, a pending plan or a smart group use it. Nothing was changed.";
    ColumnIgnored = "MUS-MAPPING-IGNORED", "The file has columns that the mapping does not use.";
    ColumnOptional = "MUS-MAPPING-ABSENT", "A mapped optional column is missing from the file. Stored values are unchanged. If another column differs from it only in capital letters, blanks, `_` or `-`, the file is refused.";
    ManagerSelf = "MUS-MANAGER-SELF", "A record names the employee as their own manager. The manager link is ignored.";
    ManagerUnknown = "MUS-MANAGER-UNKNOWN", "No employee with an external id has the address by which a record names the manager. The stored manager is unchanged.";
    ReportingCycle = "MUS-MANAGER-RING", "Employees form a reporting cycle: each reports, directly or indirectly, to the next. The link that closes the cycle is ignored.";
    NoFile = "MUS-DELIVERY-NO-FILE", "No file matches. Nothing was read and nothing was changed.";
    Unproven = "MUS-DELIVERY-UNPROVEN", "Nothing proves that the transfer was whole: the server states no length. The records are used, but nobody is deactivated for being missing.";
    NotSettled = "MUS-DELIVERY-NOT-SETTLED", "The file is still being written, or changed while it was read. Nothing was changed.";
    Checksum = "MUS-DELIVERY-CHECKSUM", "The file does not match its checksum file. Nothing was changed.";
    NameRefused = "MUS-DELIVERY-NAME", "A listed name is not a plain file name, or is a link, a pipe, a device or a folder. It was not opened.";
    TransferIncomplete = "MUS-DELIVERY-INCOMPLETE", "The number of bytes received differs from the size that the server announced. Nothing was changed.";
    TransportCopy = "MUS-TRANSPORT-COPY", "A file could not be stored on this machine while it was received: the temporary folder is full, missing or not writable. The server is not the cause.";
    TransportUnreachable = "MUS-TRANSPORT-UNREACHABLE", "The server could not be reached, or the connection was lost.";
    TransportTimeout = "MUS-TRANSPORT-TIMEOUT", "The server did not answer within the configured time limit.";
    TransportCredentials = "MUS-TRANSPORT-CREDENTIALS", "The server refused the credentials. Muster does not try them again, so that the account is not locked.";
    TransportKey = "MUS-TRANSPORT-KEY", "The private key cannot be read: its format is not supported, or its passphrase is missing or wrong.";
    HostKeyUnknown = "MUS-TRANSPORT-HOST-KEY-UNKNOWN", "The server's host key has not been accepted yet. No credentials were sent.";
    IntegrationPaused = "MUS-INTEGRATION-PAUSED", "The integration is paused because the server presented another host key than the accepted one. Nothing is sent to the server until one of the two keys is accepted.";
    HostKeyChanged = "MUS-TRANSPORT-HOST-KEY-CHANGED", "The server presented another host key than the accepted one. No credentials were sent.";
    TransportAlgorithms = "MUS-TRANSPORT-ALGORITHMS", "The client and the server support no common SSH algorithm.";
    TransportTls = "MUS-TRANSPORT-TLS", "The TLS connection failed, or the certificate is not valid for the server. No credentials were sent.";
    TransportClear = "MUS-TRANSPORT-CLEAR", "Plain FTP sends passwords and personal data without encryption.";
    TransportNetwork = "MUS-TRANSPORT-NETWORK", "Connections to this address are not allowed: it is a link-local address, or another name leads to this machine.";
    TransportRedirect = "MUS-TRANSPORT-REDIRECT", "The server redirects to another origin. Redirects are not followed.";
    TransportAnswer = "MUS-TRANSPORT-ANSWER", "The response is not the file: it is an error, a login page or an unexpected reply.";
    TransportFolder = "MUS-TRANSPORT-FOLDER", "The folder or file does not exist, or the account has no permission to read it.";
    TransportLimit = "MUS-TRANSPORT-LIMIT", "The server sent more than a configured limit allows.";
    TransportWeak = "MUS-TRANSPORT-WEAK-PROOF", "The server reports no file size or modification time, so fewer checks of the transfer are possible.";
    TransportPassive = "MUS-TRANSPORT-PASSIVE", "The server named another host for the FTP data connection. Muster used the host of the control connection instead.";
    TransportAfter = "MUS-TRANSPORT-AFTER", "The delivery was applied, but the file could not be archived or deleted afterwards.";
    ApiForbidden = "MUS-API-FORBIDDEN", "The credentials are valid but lack a permission that the read requires.";
    ApiRefused = "MUS-API-REFUSED", "The API refused the request for a specific reason, or requires something that Muster does not support.";
    ApiRateLimited = "MUS-API-RATE-LIMITED", "The rate limit of the API requires a longer wait than a run allows.";
    ApiMalformed = "MUS-API-MALFORMED", "The response is not what the API documents: it is cut off, a web page or of another structure. Nothing from this read is used.";
    ApiLimit = "MUS-API-LIMIT", "The API sent more bytes or pages than a configured limit allows.";
    ApiLink = "MUS-API-LINK", "The link to the next page leads to another scheme, host or port, or to a page that was already read. It was not followed.";
    ApiEmpty = "MUS-API-EMPTY", "The API returned no employees. An empty response is never taken to mean that every employee left: the delivery is refused and nothing was changed.";
    ApiWithheld = "MUS-API-WITHHELD", "An attribute is missing from every record, as happens when the credentials may not read it. Stored values are unchanged. If a selection rule, a status or a date that decides access uses the attribute, nobody is deactivated because of it.";
    ApiUnreconciled = "MUS-API-UNRECONCILED", "The number of employees read differs from the total that the API reports, also on a second read. The delivery is incomplete: nobody is deactivated for being missing. Employees whose own record ends their employment still are.";
    ApiMissing = "MUS-API-MISSING", "Employees or employments are missing from a list of the API, but the API still returns them by id or cannot confirm that they left. The delivery is incomplete: nobody is deactivated for being missing. Employees whose own record ends their employment still are.";
    ApiValue = "MUS-API-VALUE", "A value has another type than the API documents. The record is rejected; its employee counts as present.";
    ApiUnidentified = "MUS-API-UNIDENTIFIED", "A record of the API has no id, so it could belong to any employee. The delivery is incomplete: nobody is deactivated for being missing. Employees whose own record ends their employment still are.";
    ApiToken = "MUS-API-TOKEN", "An access token could not be stored for the next run, so every run requests a new one. Some vendors limit the number of token requests.";
    ApiLookup = "MUS-API-LOOKUP", "The name behind an id, such as a department name, could not be looked up.";
    ApiShell = "MUS-API-SHELL", "A record of the API has a name and no other values, so it does not show whether the person is employed. The record is skipped.";
    ApiContradiction = "MUS-API-CONTRADICTION", "A record of the API says both that the person is employed and that the employment ended. The record is rejected; its employee counts as present.";
    ApiPrivateAddress = "MUS-API-PRIVATE-ADDRESS", "Some records have no business e-mail address. The private address is used instead where the integration allows it.";
    RequestNotFound = "MUS-REQUEST-NOT-FOUND", "Nothing has this address, or the user or token may not know of it.";
    RequestMethod = "MUS-REQUEST-METHOD", "The address exists, but not with this method.";
    RequestInvalid = "MUS-REQUEST-INVALID", "A parameter or the body of the request is not valid. Nothing was changed.";
    RequestMediaType = "MUS-REQUEST-MEDIA-TYPE", "The body of the request is not JSON, or is not declared as `application/json`. Nothing was changed.";
    RequestTooLarge = "MUS-REQUEST-TOO-LARGE", "The body of the request is larger than the limit. Nothing was changed.";
    RequestForeign = "MUS-REQUEST-FOREIGN", "The request of a browser does not prove that a page of this server sent it. Nothing was changed.";
    RequestRate = "MUS-REQUEST-RATE", "More requests arrived than the limit allows. `Retry-After` has the number of seconds to wait.";
    RequestExpired = "MUS-REQUEST-EXPIRED", "What the cursor refers to was deleted at the end of its retention period. Read the list from the start.";
    RequestConflict = "MUS-REQUEST-CONFLICT", "The request does not fit the present state, for example because the plan was decided meanwhile. Nothing was changed.";
    RequestChanged = "MUS-REQUEST-CHANGED", "What the request edits has changed since it was read: `If-Match` names an earlier state. Nothing was changed.";
    RequestRepeated = "MUS-REQUEST-REPEATED", "The `Idempotency-Key` was used before with another request. Nothing was changed.";
    SignInRequired = "MUS-ACCESS-SIGN-IN", "The request has no session and no API token that is accepted.";
    RoleRequired = "MUS-ACCESS-ROLE", "The role of the user or token does not allow the request. Nothing was changed.";
    Configuration = "MUS-CONFIGURATION", "The integration file contains an unknown or invalid setting. Nothing was changed.";
    Usage = "MUS-USAGE", "The command cannot be carried out: an argument is not valid, arguments do not fit together, or a file, a folder or the system does not allow it. Nothing was changed.";
    WorkspaceUnknown = "MUS-WORKSPACE-UNKNOWN", "The database has no workspace with this name, or has several and none is named. Nothing was changed.";
    IntegrationUnknown = "MUS-INTEGRATION-UNKNOWN", "The workspace has no integration with this name. Nothing was changed.";
    GroupUnknown = "MUS-GROUP-UNKNOWN", "The workspace has no smart group with this name. Nothing was changed.";
    UserUnknown = "MUS-USER-UNKNOWN", "There is no user with this e-mail address. Nothing was changed.";
    TokenUnknown = "MUS-TOKEN-UNKNOWN", "The workspace has no API token with this name that is not revoked. Nothing was changed.";
    ChannelUnknown = "MUS-CHANNEL-UNKNOWN", "There is no alert channel with this number. Nothing was changed.";
    WebhookUnknown = "MUS-WEBHOOK-UNKNOWN", "The workspace has no webhook with this number. Nothing was changed.";
    IssueUnknown = "MUS-ISSUE-UNKNOWN", "There is no open issue with this number. Nothing was changed.";
    SecretUnknown = "MUS-SECRET-UNKNOWN", "No secret is stored under this name. Nothing was changed.";
    DatabaseMissing = "MUS-DATABASE-MISSING", "The database does not exist yet. Nothing was created.";
    Secret = "MUS-SECRET", "A secret that the integration file refers to cannot be read.";
    AlertNotSent = "MUS-ALERT-NOT-SENT", "A test message could not be sent through a channel for alerts. Alerts that wait are attempted again.";
    StoreBusy = "MUS-STORE-BUSY", "The database is locked by another process.";
    StoreFull = "MUS-STORE-FULL", "The disk is full. The database is unchanged.";
    StoreDisk = "MUS-STORE-DISK", "A disk error occurred while reading or writing the database.";
    StoreReadOnly = "MUS-STORE-READ-ONLY", "The database is read-only.";
    StoreUnreachable = "MUS-STORE-UNREACHABLE", "The server of the database cannot be reached, refuses the connection, or has ended it.";
    StoreDamaged = "MUS-STORE-DAMAGED", "The database file is damaged.";
    StoreNewer = "MUS-STORE-NEWER", "The database was written by a newer version of Muster.";
    StoreFailed = "MUS-STORE-FAILED", "A database operation failed.";
    Backup = "MUS-BACKUP", "A backup cannot be made, read or restored: its file exists, is damaged or is not a backup, or the database that it would replace is in use. Nothing was changed.";
    RunInterrupted = "MUS-RUN-INTERRUPTED", "The process ended during a run. Nothing from this run was applied.";
    RunUnknown = "MUS-RUN-UNKNOWN", "The workspace has no run with this number. Nothing was changed.";
    RunBusy = "MUS-RUN-BUSY", "Another run of the same integration is in progress.";
    PlanUnknown = "MUS-PLAN-UNKNOWN", "The workspace has no plan with this id. Nothing was changed.";
    PlanVoid = "MUS-PLAN-VOID", "The plan can no longer be approved: it was already decided or replaced, it has expired, or an affected employee has changed since.";
    PlanChoice = "MUS-PLAN-CHOICE", "None of the selected operations is pending, or they depend on other operations of the plan. Nothing was applied and the plan is still pending.";
    PlanFourEyes = "MUS-PLAN-FOUR-EYES", "The workspace requires that another user approves: the user who started the run or changed its settings may not approve the plan. Nothing was applied and the plan is still pending.";
    BudgetKept = "MUS-BUDGET-KEPT", "The run that is undone granted a one-off budget. The grant is not revoked, and the same value does not grant it again.";
    BudgetUnmapped = "MUS-BUDGET-UNMAPPED", "A monthly budget is no longer mapped. Existing grants continue until the value of the budget is 0, even if its column now sets another budget.";
    UndoSkipped = "MUS-UNDO-SKIPPED", "A value was changed again after the run that is undone. It is unchanged.";
    RunUnbalanced = "MUS-RUN-UNBALANCED", "The record counts of a run do not add up. This is a bug in Muster. Nothing was applied.";
    Erased = "MUS-ERASED", "The record belongs to a person whose personal data was erased. The record counts as not selected, and none of its values are stored.";
    MasterKey = "MUS-MASTER-KEY", "The master key of the database is missing or is not the right one, or other accounts can read the key file.";
    Undecryptable = "MUS-SEALED", "Data that is encrypted with the master key cannot be decrypted because it was changed or is damaged.";
    DeliveryKept = "MUS-DELIVERY-NOT-KEPT", "The delivery was not archived, so it cannot be replayed. The run itself is not affected.";
    ErasurePending = "MUS-ERASURE-PENDING", "Personal data was removed, but the database file could not be rewritten. Deleted data may still be present in unused pages.";
    PlanMoved = "MUS-PLAN-MOVED", "The directory changed while the plan was computed. The plan was computed again.";
}
