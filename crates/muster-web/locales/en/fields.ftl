# Fields of a workspace.
fields-meta = What is known about a person in this workspace. External id and e-mail are unique: no two people have the same.
fields-custom = Custom fields
fields-empty = No custom fields yet
fields-empty-help = A custom field holds what no other field has, such as a cost centre.
fields-standard = Fields that every workspace has
fields-needed = Required
fields-required = In every record
fields-people = People with a value
fields-from = Mapped by
fields-edit = Edit
fields-new = New custom field
fields-add = Add field
fields-key = Key
fields-key-hint = Lower-case letters, digits and _, such as cost_centre. Mappings and the API use it.
fields-key-invalid = Use lower-case letters, digits and _ only.
fields-key-budget = This is the key of a budget. Budgets need no definition: map a column to it.
fields-key-used = The workspace already has this field.
fields-choices = Choices
fields-choices-hint = Of a choice only: one value on each line
fields-choices-missing = Enter the values of the choice, one on each line.
fields-choices-of-others = Only a choice has values. Leave this empty, or choose the type Choice.
fields-required-hint = Required: a record without a value is rejected
fields-used-by = Used by
fields-use-people = { $n ->
    [0] No person has a value
    [one] { $count } person has a value
   *[other] { $count } people have a value
}
fields-use-integrations = Mapped by { $value }
fields-use-groups = Used in the rules of { $value }
fields-use-plans = { $n ->
    [one] { $count } pending plan changes it
   *[other] { $count } pending plans change it
}
fields-rename = Another key
fields-rename-hint = Values, history and smart groups follow. Integration files with the former key are refused until they use the new one.
fields-rename-button = Rename
fields-remove = Remove this field
fields-remove-unused = No person has a value in this field.
fields-lost = { $n ->
    [one] Remove the values, too: { $count } person loses theirs, with pins and history
   *[other] Remove the values, too: { $count } people lose theirs, with pins and history
}
fields-remove-button = Remove field
field-kind-text = Text
field-kind-long-text = Text on several lines
field-kind-number = Number
field-kind-date = Date
field-kind-datetime = Date and time
field-kind-boolean = Yes or no
field-kind-choice = Choice
field-kind-choice-of = Choice of { $value }
field-kind-email = E-mail
field-kind-phone = Phone number
field-kind-budget = Budget
column-type = Type
