# What a page has asked for and waits for.
job-syncing = Reading { $value }
job-working = Working
job-waiting-text = This starts as soon as the service has room for it. This page continues by itself.
job-running-text = This page continues by itself when it is done.
job-failed = This could not be done
job-failed-text = Nothing was changed. Try it again; if it fails again, the log of the service says why.
job-back = Back
# Undoing a run.
undo-run = Undo this run…
undo-title = Undo run { $value }
undo-first = Nothing changes now.
undo-first-text = Muster makes a plan of the opposite changes. You read it, and approve or reject it.
undo-did = What this run did:
undo-restores = Every value is restored to what it was before the run. People created by the run are deactivated.
undo-keeps = Values that have changed again since are kept.
undo-source = The next sync changes these values again unless the source is corrected first.
undo-button = Make the plan
integration-sync = Sync now
integration-sync-text = Reads the source now. Guards apply as at every other time.
