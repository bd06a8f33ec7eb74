# Issues: what needs a person.
nav-issues = Issues
nav-issues-open = { $n ->
    [one] { $count } issue is open
   *[other] { $count } issues are open
}
issues-meta = { $n ->
    [0] Nothing is wrong now. Issues open and close by themselves.
    [one] { $count } issue is open. It closes by itself when its cause is gone.
   *[other] { $count } issues are open. Each closes by itself when its cause is gone.
}
issues-empty = No issue is open
issues-empty-help = An issue appears here when a plan is held, a delivery is late, a run fails repeatedly or a credential expires.
issues-open = Open
issues-snoozed = Snoozed
issues-resolved = Resolved
issue-critical = Critical
issue-warning = Warning
issue-since = Open since { $value }
issue-resolved = resolved { $value }
issue-snoozed = snoozed until { $until } by { $by }
issue-open-run = Open the run
issue-open-integration = Open the integration
issue-held-plan = Plan held for review
issue-approval-expiring = A plan expires soon
issue-failed-repeatedly = Runs fail repeatedly
issue-integration-paused = Integration paused
issue-no-delivery = No new delivery
issue-no-next-slot = No run is scheduled
issue-credential-expiring = A credential expires
issue-new-column = New columns in the source
issue-missing-column = Columns are missing from the source
issue-unchanged-for-long = The source is unchanged for long
issue-disk-low = Disk space is low
issue-backup-old = No recent backup
issue-help-expired = Reject the plan. The next run makes a new one.
issue-help-review = Read the plan, then approve or reject it.
issue-help-failed = The page of the run says why it failed and what to do.
issue-help-host-key = Ask the administrator of the server for its new host key, and accept only that one.
issue-help-paused = Correct the cause, then run the integration once. A successful run resumes the schedule.
issue-help-delivery = Ask the sender of the source. If fewer deliveries are normal, change how often one is expected.
issue-help-slot = Check the schedule of the integration.
issue-help-credential = Renew it at the provider, then store the new one.
issue-help-new-column = Map a field to it if it is needed. Otherwise no action is needed.
issue-help-missing-column = Ask the sender to deliver it again, or correct its name in the mapping.
issue-help-unchanged = Check that the source still exports current data.
issue-help-disk = Free space, or enlarge the volume.
issue-help-backup = Make a backup, and check why the daily one is not made.
issue-is-resolved = This issue is resolved
issue-snooze = Snooze
issue-snooze-text = A snoozed issue stays open and sends no alerts until the time is over. It wakes earlier if it becomes critical.
issue-snooze-role = Operators, approvers and admins of this workspace can snooze an issue.
issue-snooze-day = For 1 day
issue-snooze-week = For 7 days
issue-snooze-month = For 30 days
issue-snooze-end = End the snooze
issue-history = History
issue-event-opened = Opened
issue-event-escalated = Became critical
issue-event-eased = No longer critical
issue-event-changed = Changed
issue-event-resolved = Resolved
issue-event-snoozed = Snoozed
issue-event-woken = No longer snoozed
