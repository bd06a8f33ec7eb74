# Approving and rejecting a plan.
decide-region = Decide
decide-open = { $n ->
    [one] { $count } operation is pending.
   *[other] { $count } operations are pending.
}
decide-open-empty = The plan is pending; it has no operation.
decide-role = Only approvers and admins of this workspace approve or reject a plan.
decide-expired = This plan has expired and can no longer be approved. The next run makes a new plan.
decide-approve-all = Approve all…
decide-approve-without = Approve { $count } without departures…
decide-approve-joiners = Approve { $count } joiners only…
decide-approve-these = { $n ->
    [one] Approve this one…
   *[other] Approve these { $count }…
}
decide-approve-ticked = Approve the ticked operations…
decide-approve-ticked-count = Approve # ticked…
decide-reject = Reject plan…
decide-approve-all-title = { $n ->
    [one] Approve { $count } operation
   *[other] Approve all { $count } operations
}
decide-approve-without-title = { $n ->
    [one] Approve { $count } operation without departures
   *[other] Approve { $count } operations without departures
}
decide-approve-joiners-title = { $n ->
    [one] Approve { $count } joiner
   *[other] Approve { $count } joiners
}
decide-approve-some-title = { $n ->
    [one] Approve { $count } operation
   *[other] Approve { $count } operations
}
decide-approve-empty = Approve the plan
decide-approve-button = Approve { $count }
decide-deactivate-button = Deactivate { $count }
decide-deactivate-rest-button = Deactivate { $count } and apply the rest
decide-nobody-leaves = Nobody leaves.
decide-lose-access = { $n ->
    [one] { $count } person loses access.
   *[other] { $count } people lose access.
}
decide-lose-access-stated = Their own records say that they leave.
decide-lose-access-all-missing = { $n ->
    [one] Only because the person is missing from the delivery.
   *[other] All of them only because they are missing from the delivery.
}
decide-lose-access-missing = { $n ->
    [one] { $count } of them only because they are missing from the delivery.
   *[other] { $count } of them only because they are missing from the delivery.
}
decide-lose-access-stay = { $n ->
    [one] { $count } departure stays held in this plan until it is approved or a newer delivery replaces the plan.
   *[other] { $count } departures stay held in this plan until they are approved or a newer delivery replaces it.
}
decide-held-too = { $n ->
    [one] { $count } record needs a separate decision; this approves it too.
   *[other] { $count } records need a separate decision; this approves them too.
}
decide-held-stay = { $n ->
    [one] { $count } record that needs a separate decision stays held.
   *[other] { $count } records that need a separate decision stay held.
}
will-create = { $n ->
    [one] { $count } person is created.
   *[other] { $count } people are created.
}
will-update = { $n ->
    [one] { $count } person changes.
   *[other] { $count } people change.
}
will-activate = { $n ->
    [one] { $count } scheduled person becomes active.
   *[other] { $count } scheduled people become active.
}
will-reactivate = { $n ->
    [one] { $count } person is active again, with their history.
   *[other] { $count } people are active again, with their history.
}
will-deactivate = { $n ->
    [one] { $count } person is deactivated.
   *[other] { $count } people are deactivated.
}
will-delete = { $n ->
    [one] { $count } person is deleted with their data.
   *[other] { $count } people are deleted with their data.
}
decide-exactly = The plan is applied exactly as shown. If one of its employees has changed since, nothing is applied, and this run says so. An approval can be undone.
decide-departures = Type the number of people who lose access
decide-departures-wrong = This is not the number of people who lose access. Read it above, then type it.
decide-note = Note for the history (optional)
decide-why = Why
decide-why-hint = Shown with the run.
decide-note-missing = Write why: others read it with the run.
decide-note-long = Write at most 1,000 characters.
decide-changed = The plan has changed since this page was shown. Read it again, then decide.
decide-cancel = Cancel
decide-reject-title = Reject this plan
decide-reject-text = Nothing that is pending is applied, and the plan can no longer be approved. The next run reads the source again and makes a new plan.
decide-reject-button = Reject plan
decision-approving = The approval is being applied
decision-rejecting = The rejection is being recorded
decision-by = Decided by { $value }.
decision-reload = Load the page again
decision-applied = Approved and applied: { $value }
decision-rejected = Rejected: nothing that was pending is applied
decision-not-applied = The approval was not applied: nothing has changed
decision-not-rejected = The plan was not rejected
decision-again = The decision was not carried out. Decide again.
decision-note = Note: { $value }
decide-four-eyes = You started this run or changed its settings. Another approver or admin must approve the plan.
