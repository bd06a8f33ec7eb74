# An integration is set up in the browser, step by step.
setup-new = Set up an integration
setup-add = Add integration…
setup-steps = Steps
setup-position = Step { $value } of 6
setup-saved = Saved { $value }. You can leave and continue later.
setup-not-saved = Nothing is saved yet.
setup-continue = Continue
setup-back = Back
setup-remove = Give up this setup
setup-remove-text = The draft, its credentials and its sample are deleted. Employees are not changed.
setup-remove-button = Delete the draft
setup-changed-meanwhile = Somebody else has changed this draft. Load the page again.
setup-drafts = Being set up
setup-draft-continue = Continue the setup
setup-draft-changed = Last changed
setup-step-source = Choose source
setup-step-connect = Connect
setup-step-test = Test
setup-step-map = Map
setup-step-rules = Rules
setup-step-preview = Preview and approve
setup-source-title = Where do people come from?
setup-source-intro = Muster only reads. It never changes employees in the source.
setup-source-files = CSV over { $value }
setup-source-sftp = An export on an SSH server. The most common and the safest way for files.
setup-source-ftps = An export on an FTP server with encryption.
setup-source-ftp = An export on an old FTP server. Passwords and files are sent without encryption.
setup-source-https = One file at a web address.
setup-source-system = Reads employees through the API, with credentials that may only read.
setup-source-missing = Choose a source.
setup-integration-name = Name of the integration
setup-integration-name-hint = Letters, digits, hyphens, underscores and dots, such as store-staff
setup-name-invalid = Use 1 to 60 letters, digits, hyphens, underscores and dots.
setup-name-used = The workspace has an integration with this name.
setup-preset = Start from
setup-preset-hint = For files: fills in columns, rules and times. You can change all of them later.
setup-preset-none = Nothing: decide everything yourself
setup-preset-alleo = Alleo: employees leave by date, read at 02:45 and 20:00 UTC
setup-preset-actimo = Actimo: missing employees leave, read at 04:00 UTC
setup-connect-title = How does Muster reach the source?
setup-connect-intro = Use an account of its own that may only read.
setup-connect-errors = Correct the marked fields.
setup-save-and-test = Save and test
setup-files-more = How the files are written and what happens to them
setup-system-more = Address of the HR system
setup-how = What to prepare
setup-secrets-text = Passwords, keys and tokens are encrypted as soon as they are saved, and are never shown again. If the address or the user changes, they are deleted.
setup-secret-stored = Stored { $value }. Leave the field empty to keep it.
setup-secret-forget = Delete the stored one
setup-choice-none = automatic
value-yes = yes
value-no = no
setup-ask-sftp =
    Host name and port of the SFTP server, and the folder.
    A user for Muster that may only read that folder.
    A password, or a key pair: enter the private key here, and put the public key on the server.
    The fingerprint of the host key: `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub`
    If the server lets in known addresses only, the address of this installation.
setup-ask-ftp =
    Host name and port of the FTP server, and the folder.
    A user for Muster that may only read that folder, with its password.
    Whether the server supports encryption (FTPS). Without it, passwords can be read on the way.
    If the server lets in known addresses only, the address of this installation.
setup-ask-https =
    The whole address of the file, beginning with `https://`.
    A user for Muster with its password, if the address needs one.
    If the server lets in known addresses only, the address of this installation.
setup-test-title = Test the connection
setup-test-intro = The test reads the source and changes nothing.
setup-test-none = The connection was not tested yet.
setup-test-now = Test the connection
setup-test-again = Test again
setup-test-failed = The test failed; nothing was changed
setup-stage-connect = Connect
setup-stage-read = Read
setup-stage-understand = Understand
setup-stage-key = The host key is { $value }
setup-stage-connected = The credentials were accepted
setup-stage-files = Matching files: { $value }
setup-stage-employees = { $n ->
    [one] { $count } employee
   *[other] { $count } employees
}
setup-stage-records = { $n ->
    [one] { $count } record
   *[other] { $count } records
}
setup-key-title = Is this the right server?
setup-key-text = Nothing secret has been sent. Compare this fingerprint with the one that the operator of the server gives you in another way.
setup-key-changed = The server had another key before:
setup-key-theirs = Paste the operator's fingerprint to compare
setup-key-compared = I have compared the fingerprints
setup-key-accept = Accept this key
setup-key-not-compared = Paste the fingerprint, or confirm that you have compared it.
setup-key-differs = The fingerprints differ. Do not accept this key; ask the operator of the server.
setup-files = Files that match
setup-size = Size
setup-modified = Modified
setup-newest = Newest
setup-records = Records
setup-records-shown = { $n ->
    [one] The first record
   *[other] The first { $count } records
}
setup-blank = blank
setup-problems = Problems of records
setup-columns = Columns
setup-columns-filled = { $n ->
    [one] { $count } column has values
   *[other] { $count } columns have values
}
setup-columns-empty = { $n ->
    [one] { $count } column is blank in all records
   *[other] { $count } columns are blank in all records
}
setup-columns-withheld = { $n ->
    [one] { $count } column is withheld: the credentials may not read it, or it does not exist
   *[other] { $count } columns are withheld: the credentials may not read them, or they do not exist
}
setup-columns-unused = { $n ->
    [one] { $count } more column can be mapped
   *[other] { $count } more columns can be mapped
}
setup-not-selected = { $n ->
    [one] { $count } record would not be selected
   *[other] { $count } records would not be selected
}
setup-incomplete = A sync would treat this delivery as incomplete: nobody would be deactivated for being missing.
setup-to-map = Map columns
setup-map-title = Which column is which?
setup-map-intro = Muster suggests a field where the name and the values of a column fit. Check every suggestion.
setup-map-errors = Correct the marked columns.
setup-map-caption = Columns of the source and the fields that they go to
setup-column = Column
setup-field = Field
setup-field-of = Field for { $value }
setup-sure = Confidence
setup-conversion = Conversion
setup-in-sample = In the sample
setup-not-used = Not used
setup-new-field = New custom field
setup-new-field-name = Name of the new custom field
setup-new-field-kind = Type of the new custom field
setup-field-name-missing = Open the conversion and enter a name with letters or digits for the new field.
setup-field-twice = Another column goes to this field.
setup-as-it-is = As it is
setup-renamed = { $n ->
    [one] { $count } value renamed
   *[other] { $count } values renamed
}
setup-dates = Format of dates
setup-blank-cell = A blank value
setup-blank-default = as the rules say
setup-blank-keep = keeps the stored value
setup-blank-clear = clears the stored value
setup-decimal = Decimals
setup-decimal-point = with a point
setup-decimal-comma = with a comma
setup-formats = More formats of dates
setup-formats-hint = One on each line. The first that fits is used.
setup-century = First year for years of two digits
setup-century-hint = With 1950, 49 means 2049 and 50 means 1950.
setup-century-invalid = Open the conversion and enter the first year as four digits, such as 1950.
setup-no-date = Values that mean no date
setup-no-date-hint = One on each line, such as 31-12-9999
setup-extract = Part of a value
setup-extract-hint = A regular expression with one group, such as ^(\d+)
setup-extracted = Part: { $value }
setup-first-of = The first with a value: { $value }
setup-invalid-value = An invalid value
setup-invalid-default = as the rules say
setup-invalid-drop = is dropped, and the stored value stays
setup-invalid-reject = rejects the record
setup-digits = Digits of a country
setup-digits-none = are not expected
setup-digits-calling = are calling codes, such as 31
setup-digits-iso = are ISO numbers, such as 528
setup-rename = Renamed values
setup-rename-hint = One on each line, such as M = Male. Nothing after the = makes the value blank.
setup-not-read = not read in the test
setup-all-blank = blank in all records
setup-fine = no problems
setup-problems-count = { $n ->
    [one] { $count } problem
   *[other] { $count } problems
}
setup-sum-records = Records in the sample
setup-sum-fine = Without problems
setup-sum-warnings = With warnings
setup-sum-rejected = Rejected
setup-check = Save and check
setup-to-rules = Set rules
setup-rules-title = Rules
setup-rules-intro = Each rule says what it means for employees. The sample shows the effect.
setup-preset-rules = Another preset replaces the rules and times below when you save.
setup-match = How a record finds its employee
setup-match-by = Match employees by
setup-match-both = external id, then e-mail address
setup-match-id = external id only
setup-match-email = e-mail address only
setup-match-text = With the external id, a new e-mail address changes the account. Without it, a new address creates a new account.
setup-selection = Which records are selected
setup-select-where = Select records where
setup-rule-none = (no rule)
setup-rule-test = Test
setup-rule-value = Value
setup-rule-incomplete = A selection rule has no value.
setup-test-equals = is
setup-test-not-equals = is not
setup-test-in = is one of
setup-test-not-in = is none of
setup-test-contains = contains
setup-test-starts-with = starts with
setup-test-is = is yes
setup-test-is-not = is no
setup-test-filled = has a value
setup-selection-text = All rules must hold. Separate several values with commas. An employee who is no longer selected is deactivated.
setup-values = Values of the columns that the rules use
setup-value = Value
setup-missing = Employees who are missing from a delivery
setup-missing-if = If an employee is missing,
setup-missing-keep = do nothing: employees leave by date only
setup-missing-deactivate = deactivate the employee
setup-missing-delete = delete the employee
setup-missing-after = after
setup-missing-deliveries = complete deliveries
setup-missing-text = This applies to employees of this integration only, and only to complete deliveries.
setup-blank-if = A blank value
setup-hold = When a plan is held for review
setup-hold-plans = Hold for review
setup-approve-first = the first plan, and the first after a change of rules
setup-approve-always = every plan
setup-approve-never = only plans that trip a guard
setup-hold-more = Also hold a plan that deactivates more than this percentage:
setup-hold-and = and more than
setup-hold-employees = employees
setup-hold-text = The other guards keep their usual limits.
setup-limit = { $n ->
    [one] With the records of this delivery, a plan is held from { $count } departure on.
   *[other] With the records of this delivery, a plan is held from { $count } departures on.
}
setup-when = When the source is read
setup-schedule = Times
setup-schedule-hint = Separate times with commas, such as 02:45 UTC, 20:00 UTC. Leave empty to start runs yourself.
setup-effect = What the sample becomes
setup-count-of = { $value } of { $all }
setup-selected = Selected
setup-left-out = Not selected
setup-undecided = Undecided
setup-not-a-number = Enter a number.
setup-to-preview = Preview the first plan
setup-preview-title = First plan
setup-preview-intro = The plan reads the whole source and applies nothing.
setup-incomplete-settings = The settings are not complete
setup-mapped = Mapped fields: { $value }; columns of the source: { $all }.
setup-export = Test export
setup-export-text = The records of the sample with the values that the directory would get, and their problems. Give it to the HR department to review.
setup-export-button = Download the test export
setup-plan-button = Make the first plan
setup-plan-again = Make another plan
setup-plan-pending = The plan is pending
setup-plan-pending-text = Review it and approve it. Then switch the integration on here.
setup-plan-applied = The plan was applied
setup-plan-applied-text = Switch the integration on, so that it runs by its schedule.
setup-plan-over = The plan cannot be used
setup-plan-over-text = It was rejected, has expired, or its run failed. Correct the settings and make another plan.
setup-plan-running = The source is being read
setup-plan-running-text = Load this page again in a moment.
setup-plan-link = Open run { $value }
setup-switch-on = Switch on
setup-not-approved = Make a plan with these settings and approve it first.
