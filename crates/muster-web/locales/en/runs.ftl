# Runs, plans and problems.
runs-meta = Newest first. Times in { $value }.
runs-all = All
runs-held = Held
runs-changed = Applied
runs-failed = Failed or refused
runs-caption = Runs, newest first
runs-empty = No run yet
runs-empty-help = A run appears here when an integration reads its source.
runs-nothing-found = No run matches
runs-nothing-found-help = Choose “All” to see every run.
runs-older = Older runs
runs-all-link = All runs
run-title = Run { $value }
run-running = Running
run-applied = Applied
run-held = Held for review
run-planned = Planned
run-nothing = Nothing to do
run-refused = Refused
run-failed = Failed
run-interrupted = Interrupted
run-kind-sync = Sync
run-kind-sweep = Daily sweep
run-kind-undo = Undo
run-kind-approve = Approval
run-kind-edit = Manual edit
run-kind-groups = Smart groups
run-kind-erase = Erasure
run-kind-repair = Correction
run-took = took { $value }
run-by = by { $value }
run-waits-until = Approve by { $value }
run-plan = Plan
run-tabs = Parts of this run
run-tab-changes = Changes
run-tab-rejected = Rejected records
run-tab-warnings = Warnings
run-tab-files = Files
run-more = Show more of { $count }
run-sum-title = How the records add up
run-sum = { $count } read = { $parts }
run-sum-missing = { $n ->
    [one] Counted separately: { $count } person missing from the delivery.
   *[other] Counted separately: { $count } people missing from the delivery.
}
run-no-changes = Nothing to show
run-no-changes-help = No change matches. Choose “All” to see every change of this run.
count-created = { $count } created
count-updated = { $count } updated
count-reactivated = { $count } reactivated
count-deactivated = { $count } deactivated
count-unchanged = { $count } unchanged
count-not-selected = { $count } not selected
count-superseded = { $count } superseded
count-held = { $count } held
count-rejected = { $count } rejected
chip-all = All
section-planned = Planned
section-done = Applied
operation-applied = Approved and applied
operation-changed = The employee has changed since this plan was made, so this operation can no longer be approved
operation-void = Void: another operation for the same employee was approved
shared-replaced = { $field } becomes { $new } instead of { $old }
shared-set = { $field } becomes { $new }, and was blank
shared-cleared = { $field } becomes blank, and was { $old }
shared-field = { $field } changes
plan-search = Search this plan
plan-search-hint = Name, id or address
plan-group-by = Group by
plan-by-kind = What happens and why
plan-by-change = What changes
plan-show = Show
plan-nothing-found = Nothing found
plan-nothing-found-help = No operation matches. Remove the search or choose “All”.
plan-changed = { $n ->
    [one] The employee of { $count } operation has changed since this plan was made
   *[other] The employees of { $count } operations have changed since this plan was made
}
plan-changed-text = These operations are marked and can no longer be approved. The others can. The next run of the integration makes a new plan.
column-tick = Approve
tick-group = Tick the rows shown
run-undone = This run was undone
run-undone-text = Its changes were reversed, except for values that have changed again since.
insight-title = Unusual about this plan
insight-in-common = { $field } is { $value } for { $count } of the { $of-count } people who would leave, and for { $staying-count } of the others.
insight-file = The last applied delivery had { $value }. No file of this delivery has such a name.
insight-time = The file was written at { $at }; the earlier ones were written between { $from } and { $to }.
insight-cause-file = Most likely, { $value } has not arrived yet.
insight-cause-part = Most likely, the part of the delivery with { $field } { $value } is missing.
live-outdated = This page is out of date: the run has ended, or its plan was decided on, replaced or has expired.
live-load = Load again
live-offline = The connection to Muster is lost. What is shown may be out of date, so nothing can be decided here until it is back.
group-held = { $value } (each waits for its own decision)
employee-without-name = Employee { $value }
record-without-name = A record without a name
finding-more = { $n ->
    [one] and { $count } more
   *[other] and { $count } more
}
finding-limit = trips at more than { $percent }% and more than { $count }
plan-approved = Approved
plan-rejected = Rejected
plan-replaced = Replaced
plan-expired = Expired
plan-partly = Approved in part
plan-decided = Decided by { $by }, { $at }.
plan-verdict-approved = Approved and applied
plan-verdict-rejected = Rejected: nothing of this plan was applied
plan-verdict-replaced = Replaced by a newer plan
plan-verdict-replaced-text = A newer delivery made another plan. This one can no longer be approved.
plan-verdict-expired = Expired: nobody decided in time
plan-verdict-expired-text = Nothing of this plan was applied. The next run makes a new plan.
plan-verdict-held = Held: nothing has been applied
plan-verdict-planned = Planned: nothing has been applied
plan-verdict-partly = { $n ->
    [one] Approved in part: { $count } operation is still held
   *[other] Approved in part: { $count } operations are still held
}
plan-verdict-single = { $n ->
    [one] { $count } record waits for a decision; everything else was applied
   *[other] { $count } records wait for a decision; everything else was applied
}
plan-nobody-leaves = If it is approved, nobody loses access.
plan-would-leave = { $n ->
    [one] If it is approved, { $count } person loses access.
   *[other] If it is approved, { $count } people lose access.
}
plan-advice-held = A newer delivery replaces this plan. Until then, no later run of this integration is applied.
plan-advice-saved = Other records are applied as usual.
verdict-running = Running
verdict-running-text = The run has not ended yet. This page shows its result as soon as it has.
verdict-applied = Applied
verdict-applied-text = Every change below is in the directory.
verdict-nothing = Nothing to do
verdict-nothing-text = The directory already agrees with what was read.
verdict-no-plan-text = The plan of this run is not stored.
verdict-refused = The delivery was refused
verdict-refused-text = Nothing was changed. The next run reads the source again.
verdict-failed = The run failed
verdict-failed-text = Nothing was changed.
verdict-interrupted = The run was interrupted
rejected-title = { $n ->
    [one] { $count } rejected record
   *[other] { $count } rejected records
}
rejected-hidden = { $n ->
    [one] { $count } more problem is not shown.
   *[other] { $count } more problems are not shown.
}
rejected-line = Line { $value }
rejected-delivery = The delivery
rejected-csv = CSV for the source
rejected-csv-hint = The rejected records in the columns of the source, with what to correct
rejected-raw = Show the records as delivered
rejected-raw-title = The record as delivered
repair-line = Line of the delivery
repair-problem = What to correct
rejected-none = No record was rejected
rejected-none-help = Every record of this run could be used.
rejected-note = Nobody leaves because their record was rejected.
rejected-note-text = A rejected record counts as present: the person is unchanged.
warnings-title = { $n ->
    [one] { $count } warning
   *[other] { $count } warnings
}
files-title = Files that were read
files-none = No file was read
files-none-help = Only runs that read a delivery have files.
rejected-repaired = Corrected and applied by run { $value }
correct-open = Correct here
correct-check = Check again
correct-only-here = A correction here is for this delivery only. Have the source corrected, too.
correct-title = Correct { $value }
correct-text = A correction is for this delivery only. Have the source corrected, too: the next delivery is read as it is.
correct-refused = The record cannot be used yet
correct-values = Values of the record
correct-would = What would change
correct-held = The plan would be held for review:
correct-button = Apply the correction
stages-title = What is happening
stages-meta = You can leave this page; the run continues
stages-none = How far the run is appears here as soon as it is known.
stage-fetch = Fetch
stage-read = Read
stage-decide = Plan
stage-apply = Apply
stage-waiting = The source asks to wait, or a file is still being written
stage-deciding = What would change is computed
stage-bytes-of = { $done } of { $of }
stage-records = { $n ->
    [one] { $count } record
   *[other] { $count } records
}
stage-operations-of = { $done } of { $of } operations
