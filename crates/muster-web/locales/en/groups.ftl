# Groups, and the rules of smart groups.
groups-meta = A smart group is a rule: membership follows every change of a person. A source group is a name that records give.
groups-new = New smart group
groups-smart = Smart groups
groups-smart-empty = No smart groups yet
groups-smart-empty-help = A rule over the fields of people decides who belongs to a smart group.
groups-named = Source groups
groups-named-empty = No source groups
groups-named-empty-help = An integration names the groups of the workspace, and its records name one for each person.
groups-joined = joined
groups-left = left
column-rule = Rule
groups-week = Last 7 days
group-smart = Smart group
group-people = { $n ->
    [one] { $count } person
   *[other] { $count } people
}
group-saved = Saved { $value }
group-saved-by = Saved { $at } by { $by }
group-daily = Compares with today, evaluated for { $value }
group-edit = Edit rule
group-remove = Remove
group-remove-title = Remove { $value }?
group-remove-text = { $n ->
    [0] The group has no members. Its history stays.
    [one] { $count } person leaves the group. Nothing else about them changes. The history of the group stays.
   *[other] { $count } people leave the group. Nothing else about them changes. The history of the group stays.
}
group-who = Who belongs
group-who-text = Values of one field are alternatives. Different fields must all match. Only active and scheduled people belong.
group-members = Members
group-empty = Nobody belongs to this group
group-empty-help = Its rule matches no active or scheduled person.
group-joined = Joined { $at }, because { $why }
group-left = Left { $at }, because { $why }
group-history = History
group-history-empty = Nobody has joined or left yet.
group-history-all = Show more changes
rule-new = New smart group
rule-edit = Rule of { $value }
rule-name-used = A smart group with this name exists. Use another name.
rule-people = People who meet all of this
rule-where = where
rule-and = and
rule-field = Field
rule-test = Test
rule-values = Values
rule-values-hint = Write one value on each line. Days are written as 2026-05-31, today or today - 30; a range has two lines.
rule-choose = Choose a field
rule-add = Add a condition
rule-remove = Remove condition { $value }
rule-expression = Expression
rule-expression-hint = Must be true as well. For example: country == 'NL' && contract_hours >= 30
rule-preview = Preview
rule-save = { $n ->
    [0] Save
    [one] Save and move { $count } person
   *[other] Save and move { $count } people
}
rule-effect = With this rule
rule-would-belong = Would belong
rule-join = Join
rule-leave = Leave
rule-more = { $n ->
    [one] { $count } more person
   *[other] { $count } more people
}
rule-nobody-moves = Nobody would join or leave.
rule-undecided = { $n ->
    [one] The expression cannot be evaluated for { $count } person, because a value is blank. This person does not belong.
   *[other] The expression cannot be evaluated for { $count } people, because a value is blank. They do not belong.
}
rule-not-saved = Not saved
rule-outdated = The rule or the people changed after this preview. Check the new one.
rule-values-missing = Enter a value.
rule-test-missing = Choose a test.
rule-one-value = Enter one value.
rule-two-values = Enter two values, the first and the last, each on its own line.
rule-not-a-day = Write a day as 2026-05-31, today or today - 30.
rule-not-a-number = Write a number such as 36 or 1.5.
rule-in-condition = Condition { $number }: { $text }
rule-in-expression = Expression, line { $line }, character { $column }: { $text }
test-one-of = is one of
test-none-of = is none of
test-contains = contains
test-starts-with = starts with
test-ends-with = ends with
test-matches = matches the pattern
test-filled = has a value
test-empty = is blank
test-yes = is yes
test-no = is no
test-less = is less than, before
test-at-most = is at most, on or before
test-more = is more than, after
test-at-least = is at least, on or after
test-between = is between
test-saved = as saved
