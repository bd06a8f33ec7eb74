# The installation, the overview of a workspace, decisions and integrations.
installation-title = Workspaces
installation-caption = Workspaces with their health
installation-workspaces = { $n ->
    [one] { $count } workspace
   *[other] { $count } workspaces
}
installation-people = { $n ->
    [one] { $count } active person
   *[other] { $count } active people
}
installation-integrations = { $n ->
    [one] { $count } integration
   *[other] { $count } integrations
}
installation-empty = You have no workspace yet
installation-empty-help = An administrator can give you a role in one. The first run of an integration creates its workspace.
health-good = Healthy
health-failing = Failing
health-decisions = Decisions
health-no-run = No successful run yet
health-paused = Paused
needs-plans = { $n ->
    [one] { $count } plan held
   *[other] { $count } plans held
}
needs-failing = { $n ->
    [one] { $count } integration failing
   *[other] { $count } integrations failing
}
needs-decisions = { $n ->
    [one] { $count } decision
   *[other] { $count } decisions
}
needs-plan = Plan of run { $value }
needs-look = Run { $value } failed
needs-host-key = The server shows another host key
overview-today = { $day } in { $zone }
overview-people = { $n ->
    [one] { $count } active or scheduled person
   *[other] { $count } active or scheduled people
}
overview-sources = Source health
overview-last-runs = Last runs
need-title = Needs you
need-count = { $n ->
    [one] { $count } thing
   *[other] { $count } things
}
need-nothing = Nothing needs you.
need-plan = { $name }: the plan of run { $run } is held
need-decisions = { $n ->
    [one] { $count } record waits for a decision
   *[other] { $count } records wait for a decision
}
need-decisions-text = Other records are applied as usual.
need-failed = { $name }: run { $run } failed
need-failed-text = { $value }. Nothing was changed; the run page says why.
action-review = Review
action-review-plan = Review the plan
action-decide = Decide
action-open = Open
decisions-meta = { $n ->
    [0] No record waits.
    [one] { $count } record waits for a decision. Other records are applied as usual.
   *[other] { $count } records wait for a decision. Other records are applied as usual.
}
decisions-hidden = { $n ->
    [one] { $count } more record is in the runs.
   *[other] { $count } more records are in the runs.
}
decisions-empty = Nothing waits for a decision
decisions-empty-help = Records appear here when Muster cannot tell whether two records are the same person.
integrations-meta = Where people come from. Each person belongs to one integration; no other integration changes them.
integrations-empty = No integration has run yet
integrations-empty-help = An integration appears here with its first run.
integration-people = { $n ->
    [one] { $count } active or scheduled person
   *[other] { $count } active or scheduled people
}
integration-last-good = Last successful delivery: { $value }
integration-never-good = No successful delivery yet
integration-held = The plan of run { $value } waits for a decision
integration-held-text = It waits until { $value }. Until it is decided, or a newer delivery replaces it, nothing of this integration is applied.
integration-its-people = Its people
integration-all-runs = All runs of this integration
ticks-applied = { $n ->
    [one] { $count } applied
   *[other] { $count } applied
}
ticks-held = { $n ->
    [one] { $count } held
   *[other] { $count } held
}
ticks-failed = { $n ->
    [one] { $count } failed
   *[other] { $count } failed
}
ticks-none = nothing was changed
overview-next = Next pick-ups
head-count = Head count
head-count-weeks = Last 12 weeks
head-count-title = Head count, joiners and departures by week
head-count-description = From { $first-count } to { $last-count } active or scheduled people; the highest number is { $highest-count }. The table below has every number.
head-count-joined = Week from { $week }: { $count } joined
head-count-left = Week from { $week }: { $count } left
head-count-above = Joined, above the line
head-count-below = Left, below the line
head-count-table = As a table
column-week = Week from
column-joined = Joined
column-left = Left
integration-next = Next run: { $value }
integration-no-schedule = No next run
integration-paused-by = Paused by { $by } since { $at }: { $note }
pause-short = Pause…
pause-title = Pause { $value }
pause-text = The integration no longer runs by its schedule until you or a colleague resumes it. No employee changes.
pause-still = You can still start a run with “Sync now”.
pause-note-hint = Shown on the page of the integration. Do not write the names of people.
pause-button = Pause
resume-button = Resume
integration-schedule-paused = The schedule is paused after failures; a successful run resumes it
settings-title = Settings
settings-managed = From { $value }, which changes them
settings-stored = Stored in Muster
settings-mapping = Columns of the source
settings-history = Versions of the settings
settings-first = Stored
settings-changed = Changed
settings-removed = Removed
settings-older = { $n ->
    [one] { $count } older version is not shown
   *[other] { $count } older versions are not shown
}
settings-yes = yes
settings-no = no
setting-url = Address
setting-pattern = Files
setting-expect = Expected delivery
setting-settle = Wait until a file is complete
setting-connector = System
setting-schedule = Schedule
setting-missing = Employees missing from the delivery
setting-approve = Approval
setting-user = User
