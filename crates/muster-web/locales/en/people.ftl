# The directory.
people-count = { $n ->
    [one] { $count } person
   *[other] { $count } people
}
people-all = Everybody
people-inactive = { $n ->
    [one] { $count } inactive person
   *[other] { $count } inactive people
}
people-search = Search people
people-search-hint = Name, id, address or phone
people-search-button = Search
people-empty = The directory has no people yet
people-nothing-found = No person matches
people-reset = Show everybody
people-in-group = Members of the group
people-first = First page
people-next = Next
people-shown = { $n ->
    [one] { $count } person on this page
   *[other] { $count } people on this page
}
source-manual = Entered manually
source-muster = Muster
person-from = from { $value }
person-pending = { $kind } is pending in run { $run }.
person-fields = Fields
person-fields-caption = Fields with where each value comes from
person-erased = The values of this person were erased permanently.
person-pinned = Pinned
person-custom = custom field
person-history = History
person-groups = Groups
person-manual = Manual settings
person-problems = Problems with their records
person-manager-none = No manager
person-manager-unknown = is not in the directory
group-since = since { $at }, because { $why }
group-of-source = group named by the source
manual-pinned = { $value } is pinned
manual-pinned-until = { $field } is pinned until { $until }
manual-protected = Protected from removal
manual-not-protected = Not protected from removal
history-created = Created
history-activated = Activated
history-reactivated = Reactivated
history-deactivated = Deactivated
history-deleted = Deleted
history-changed = Changed: { $value }
history-older = { $n ->
    [one] { $count } older entry is not shown
   *[other] { $count } older entries are not shown
}
history-run = run { $value }
history-approved = approved by { $value }
history-by = by { $value }
history-note = “{ $value }”
why = why
why-question = Why is { $field } { $value }?
why-title = Why { $field } is { $value }
why-source = Source
why-record = Record
why-run = Run
why-corrected = Corrected
why-corrected-text = the record was rejected, and its values were corrected for that delivery
why-rule = Rule
why-approved = Approved
why-applied-by-itself = Applied without a decision: no guard tripped
why-note = Note
why-before = Before
why-pinned-by = Pinned by
why-because = Reason
why-until = Until
people-csv = CSV

# $employment is the employment so far; each part is added only if it is known.
employment-untyped = employment
employment-company = { $employment } at { $value }
employment-start = { $employment } from { $value }
employment-end = { $employment } until { $value }
employment-id = { $employment } ({ $value })
person-as-of = The values and the history at the end of { $value }. Groups, pins and what is pending now are not shown.
person-as-of-unknown = This person was not in the directory at the end of { $value }.
person-as-of-nothing = There is nothing to show for this day.
person-as-of-invalid = Choose a day, such as 2026-05-31. Today is shown.
person-as-of-deleted = The history of that day was deleted at the end of its retention period. Today is shown.
person-as-of-today = Show today
person-as-of-label = As of
person-as-of-show = Show
