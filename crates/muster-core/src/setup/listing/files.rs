//! The forms of the file transports: where files are, who logs in, and how the files are written.

use super::{Listing, Setting, SettingKind};
use crate::setup::settings::RawSettings;

const URL: Setting = Setting::text(
    "source.url",
    "Address",
    "the folder or the one file, for example `sftp://sftp.acme.example/outgoing`",
)
.of(SettingKind::Address)
.required();

const PATTERN: Setting = Setting::text(
    "source.pattern",
    "File names",
    "a pattern such as `employees_*.csv`; leave empty if the address names one file",
);

const DELIMITER: Setting = Setting::text(
    "source.delimiter",
    "Delimiter",
    "the character between two values",
)
.or(",")
.one_of(&[",", ";", "tab", "|", "auto"]);

const ENCODING: Setting = Setting::text(
    "source.encoding",
    "Encoding",
    "`auto` recognises UTF-8 and UTF-16, and otherwise reads windows-1252",
)
.or("utf-8")
.one_of(&["utf-8", "latin1", "utf-16", "auto"]);

const HEADER: Setting = Setting::text(
    "source.header",
    "Header row",
    "whether the first row names the columns; otherwise they are `column_1`, `column_2` and so on",
)
.or("true")
.of(SettingKind::Flag);

const TRAILER: Setting = Setting::text(
    "source.trailer",
    "Trailer",
    "how the last row begins if it states the number of records, for example `TOTAL`",
);

const SKIP_ROWS: Setting = Setting::text(
    "source.skip_rows",
    "Lines above the header",
    "how many lines stand above the header, such as a title",
)
.or("0")
.of(SettingKind::Number);

const LABEL_ROWS: Setting = Setting::text(
    "source.label_rows",
    "Rows below the header",
    "how many rows below the header describe the columns",
)
.or("0")
.of(SettingKind::Number);

const SHEET: Setting = Setting::text(
    "source.sheet",
    "Sheet",
    "the sheet of an Excel workbook; leave empty for its first visible sheet",
);

const SETTLE: Setting = Setting::text(
    "source.settle",
    "Settling time",
    "how long a file must be unchanged before it is read",
)
.or("60s")
.of(SettingKind::Duration);

const AFTER: Setting = Setting::text(
    "source.after",
    "After reading",
    "what happens to a file that was applied",
)
.or("leave")
.one_of(&["leave", "delete"]);

const ARCHIVE: Setting = Setting::text(
    "source.after.archive",
    "Archive folder",
    "the folder that files are moved to after they were applied, instead of leaving or deleting them",
);

const USER: Setting =
    Setting::text("credentials.user", "User", "the name of the account").of(SettingKind::Account);

const EXPECT: Setting = Setting::text(
    "source.expect",
    "Expected deliveries",
    "how often a new delivery must arrive; an issue is opened if none does",
)
.or("never")
.one_of(&["never", "every slot", "daily", "weekly", "monthly"]);

const UNCHANGED: Setting = Setting::text(
    "source.unchanged",
    "Unchanged source",
    "whether an issue is opened if the source is unchanged for three times its longest quiet time",
)
.or("ignore")
.one_of(&["ignore", "report"]);

const PASSWORD: Setting = Setting::secret(
    "credentials.password",
    "Password",
    "the password of the account",
)
.optional();

const CERTIFICATE: Setting = Setting::text(
    "source.ca_certificate",
    "Certificate authority",
    "the PEM file of a certificate authority, if the server's certificate is not issued by a public one",
)
.of(SettingKind::File);

const SFTP: &[Setting] = &[
    URL,
    PATTERN,
    USER.required(),
    PASSWORD,
    Setting::secret(
        "credentials.private_key",
        "Private key",
        "a private key in OpenSSH or PEM form; with a password, both are used",
    )
    .optional(),
    Setting::secret(
        "credentials.passphrase",
        "Passphrase",
        "the passphrase of the private key, if it has one",
    )
    .optional(),
    Setting::text(
        "source.host_key",
        "Host key",
        "the fingerprint of the server's key in `SHA256:` form; leave empty to accept it in the connection test",
    ),
    Setting::text(
        "source.legacy_algorithms",
        "Legacy algorithms",
        "whether algorithms that are no longer considered safe may be used with this server",
    )
    .or("false")
    .of(SettingKind::Flag),
    DELIMITER,
    ENCODING,
    HEADER,
    SKIP_ROWS,
    LABEL_ROWS,
    SHEET,
    TRAILER,
    SETTLE,
    AFTER,
    ARCHIVE,
    EXPECT,
    UNCHANGED,
];

const MODE: Setting = Setting::text(
    "source.mode",
    "Mode",
    "`passive` unless the server only supports active mode",
)
.or("passive")
.one_of(&["passive", "active"]);

const FTP: &[Setting] = &[
    URL, PATTERN, USER, PASSWORD, MODE, DELIMITER, ENCODING, HEADER, SKIP_ROWS, LABEL_ROWS, SHEET,
    TRAILER, SETTLE, AFTER, ARCHIVE, EXPECT, UNCHANGED,
];

const FTPS: &[Setting] = &[
    URL,
    PATTERN,
    USER,
    PASSWORD,
    MODE,
    Setting::text(
        "source.tls",
        "Start of encryption",
        "`implicit` for servers that encrypt from the first byte; leave empty to decide by the port",
    )
    .one_of(&["explicit", "implicit"]),
    CERTIFICATE,
    DELIMITER,
    ENCODING,
    HEADER,
    SKIP_ROWS,
    LABEL_ROWS,
    SHEET,
    TRAILER,
    SETTLE,
    AFTER,
    ARCHIVE,
    EXPECT,
    UNCHANGED,
];

const HTTPS: &[Setting] = &[
    URL,
    USER,
    PASSWORD,
    CERTIFICATE,
    Setting::text(
        "source.markers",
        "Markers",
        "whether a marker or a checksum is looked for next to the file",
    )
    .or("false")
    .of(SettingKind::Flag),
    Setting::text(
        "source.trust_length",
        "Trust the length",
        "whether a transfer is complete even if nothing proves it",
    )
    .or("false")
    .of(SettingKind::Flag),
    DELIMITER,
    ENCODING,
    HEADER,
    SKIP_ROWS,
    LABEL_ROWS,
    SHEET,
    TRAILER,
    SETTLE,
    EXPECT,
    UNCHANGED,
];

const LOCAL: &[Setting] = &[
    URL, PATTERN, DELIMITER, ENCODING, HEADER, SKIP_ROWS, LABEL_ROWS, SHEET, TRAILER, SETTLE,
    AFTER, ARCHIVE, EXPECT, UNCHANGED,
];

/// The file transports, in the order in which people see them.
pub fn file_transports() -> Vec<Listing> {
    vec![
        listing("sftp", "SFTP", SFTP),
        listing("ftps", "FTPS", FTPS),
        listing("ftp", "FTP without encryption", FTP),
        listing("https", "HTTPS", HTTPS),
        listing("file", "Folder on this machine", LOCAL),
    ]
}

fn listing(id: &'static str, title: &'static str, settings: &'static [Setting]) -> Listing {
    Listing {
        id,
        title,
        section: "",
        settings,
        help: "",
        selection: None,
        defaults: RawSettings::default(),
    }
}
