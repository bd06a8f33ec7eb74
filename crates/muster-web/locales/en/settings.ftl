# Settings of a workspace.
setting-meta = Integration files set these values for the whole workspace, in their workspace section. They cannot be changed here.
setting-language = Language and region
setting-default-language = Language of people whose record names none
setting-languages = Languages that records may name
setting-time-zone = Time zone, in which a day begins
setting-region = Phone numbers without a country code
setting-region-is = belong to { $value }
setting-region-none = are invalid
setting-currency = Currency of budgets
setting-leaving = Leaving
setting-offboarding = People are deactivated on their offboarding date
setting-offboarding-utc = at { $value } UTC
setting-offboarding-day = at the end of the day in { $value }
setting-manager = The link to a manager who has left
setting-manager-keep = stays, marked
setting-manager-clear = counts as no manager
setting-retention = How long data is kept
setting-deliveries = Delivered files
setting-deliveries-are = { $period }, encrypted, up to { $limit } each
setting-content = Archived part of deliveries
setting-content-selected = What is used of selected and rejected records
setting-content-everything = Everything
setting-content-nothing = Nothing
setting-problems = Problems with their values
setting-plans = Plans that are decided
setting-history = History of people
setting-forever = without limit
setting-days = { $n ->
    [0] not at all
    [one] { $count } day
   *[other] { $count } days
}
setting-change = Change
