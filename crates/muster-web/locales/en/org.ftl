# The org chart.
org-more = { $n ->
    [one] { $count } more person
   *[other] { $count } more people
}
org-tree = Tree
org-find = Find a person
org-found = People found
org-tops = Others at the top
org-around = Around { $value }
org-person = Open the person
org-closer = Show fewer levels
org-further = Show more levels
org-top = Go to the top
org-left = Has left
org-in-cycle = In a reporting cycle
org-manager-unknown = Unknown manager
org-manager-id = Manager id
org-problems = Problems with managers
org-problems-meta = Reporting lines follow the manager ids of the source.
org-no-problems = Every manager id belongs to a person, and there are no reporting cycles
org-unknown-managers = { $n ->
    [one] { $count } person with an unknown manager
   *[other] { $count } people with an unknown manager
}
org-cycles = { $n ->
    [one] { $count } reporting cycle
   *[other] { $count } reporting cycles
}
org-managers-left = { $n ->
    [one] { $count } person whose manager has left
   *[other] { $count } people whose manager has left
}
org-cycles-title = Reporting cycles
org-cycles-help = The manager of the first person of each cycle is ignored. Correct one of the manager ids in the source.
org-unknown-title = Unknown managers
org-unknown-help = A manager id is linked as soon as a person with this id appears.
org-left-title = Managers who have left
companies-title = Companies
companies-meta = Companies come from a source or an integration file. An employee counts for the company of the primary employment.
companies-empty = No companies
companies-empty-help = Map employments, or list the companies in the integration file.
company-name = Company
company-from = From
company-to = Until
company-employees = Employees
company-valid = Valid
company-not-valid = Not valid today
company-not-listed = Not in the list
