# Channels for alerts, and webhooks.
nav-alerts = Alerts
nav-webhooks = Webhooks
column-target = Sent to
column-reports = Reports
column-added = Added
column-url = URL
column-departure-wait = Departures wait
column-event = Event
column-attempts = Attempts
receivers-refuses = Refuses messages
receivers-remove = Remove
receivers-url-missing = Enter the URL that messages are sent to.
receivers-url-long = Use a URL of at most 2,000 characters.
receivers-secret = Copy the signing secret now
receivers-secret-text = The receiver checks the signature of each message with it. It cannot be shown again.
alerts-meta = Who receives alerts about issues of this workspace. Channels of the installation are not listed here; they receive the alerts of every workspace.
alerts-no-mail-server = This installation has no mail server, so alerts to e-mail addresses are not sent. Ask an administrator of the installation to set one up.
alerts-empty = No alert channels yet
alerts-empty-help = Issues are only shown in Muster. Add an e-mail address or a URL that receives alerts about them.
alerts-channels = Alert channels
alerts-email = E-mail
alerts-url = URL
alerts-issues-only = Issues
alerts-issues-and-runs = Issues, and runs with changes
alerts-test = Send test
alerts-test-sent = The test message was sent
alerts-test-failed = The test message was not sent
alerts-new = New alert channel
alerts-target = E-mail address or URL
alerts-target-hint = Alerts name the integration and counts, and never a value of an employee. Messages to a URL are signed.
alerts-target-missing = Enter an e-mail address or a URL.
alerts-target-used = Alerts are already sent there.
alerts-digest = Also report each run that changed something
alerts-add = Add channel
alerts-added = The channel was added. Send a test message to check it.
alerts-last = Last alerts
alert-sent = Sent
alert-failed = Not sent
alert-waiting = Waiting
webhooks-meta = Other systems that receive changes of employees. Events are signed, sent in order for each employee, and repeated after failures.
webhooks-empty = No webhooks yet
webhooks-empty-help = Add the URL of a system that is to know when an employee is created, changes or leaves.
webhooks-new = New webhook
webhooks-url-hint = An https URL outside of internal networks. It gets what happens from now on.
webhooks-url-used = Events are already sent there.
webhooks-wait-label = Seconds that a departure waits
webhooks-wait-hint = An undo within this time recalls the departure before it is sent. At most 86,400.
webhooks-wait-invalid = Enter a number of seconds from 0 to 86,400.
webhooks-add = Add webhook
webhooks-seconds = { $n ->
    [one] { $count } second
   *[other] { $count } seconds
}
webhooks-waiting = { $n ->
    [one] { $count } event is waiting
   *[other] { $count } events are waiting
}
webhooks-dead = { $n ->
    [one] { $count } event was not delivered
   *[other] { $count } events were not delivered
}
webhooks-wait = { $n ->
    [one] departures wait { $count } second
   *[other] departures wait { $count } seconds
}
webhooks-paused = Paused
webhooks-paused-text = Nothing is sent. Events wait until the webhook is resumed.
webhooks-disabled = Nothing is sent to this webhook
webhooks-disabled-text = The receiver answered that it is gone (410). If that is wrong, remove the webhook and add it again.
webhooks-pause = Pause
webhooks-resume = Resume
webhooks-replay-dead = { $n ->
    [one] Send the undelivered event again
   *[other] Send { $count } undelivered events again
}
webhooks-all = All
webhooks-events = Events, newest first
webhooks-no-events = No events
webhooks-no-events-help = An event appears here when an employee changes.
webhooks-next = Next attempt { $value }
delivery-waiting = Waiting
delivery-delivered = Delivered
delivery-dead = Not delivered
delivery-recalled = Recalled
webhooks-again = Send events again
webhooks-again-text = All events of runs since a day are sent again, including delivered ones. Each keeps its id, by which the receiver knows it.
webhooks-since = Since
webhooks-since-invalid = Enter a day.
webhooks-again-button = Send again
webhooks-remove = Remove this webhook
webhooks-remove-text = Events that are waiting are not sent. A webhook that is added later has a new signing secret and gets only later events.
webhooks-remove-button = Remove webhook
act-webhook-replayed = Events sent again
