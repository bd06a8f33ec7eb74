# The guard drill of an integration.
drill-title = Guard drill
drill-meta = The last archived delivery is damaged in ten ways and read with the current settings. Nothing is changed.
drill-run = Run the drill
drill-short = Guard drill
drill-refused-title = The drill was not made
drill-passed = Every damaged delivery would be refused, held or harmless
drill-failed = { $n ->
    [one] { $count } damaged delivery would be applied without a review: set lower limits for the guards
   *[other] { $count } damaged deliveries would be applied without a review: set lower limits for the guards
}
drill-made = Made at { $value }
drill-delivery = With the delivery of run { $run }, { $at }
drill-undamaged = { $n ->
    [one] Undamaged, it would change { $count } employee
   *[other] Undamaged, it would change { $count } employees
}
drill-damage = The delivery
drill-by = By
drill-would-change = Would change
drill-without-review = Without a review
drill-not-possible = Not tried
drill-refused = Refused
drill-held = Held for review
drill-harmless = Harmless
drill-applied = Applied
drill-held-singly = { $n ->
    [one] { $count } operation is held by itself
   *[other] { $count } operations are held by themselves
}
drill-rejected = { $n ->
    [one] { $count } record is rejected
   *[other] { $count } records are rejected
}
drill-damage-empty = It has no records
drill-damage-halved = Its second half is missing
drill-damage-shifted = The match key of each record is in the next record
drill-damage-exchanged = Records have the match keys of others
drill-damage-ends = Every employee left yesterday
drill-damage-delimiter = Its files have another delimiter
drill-damage-dates = Day and month of all dates are exchanged
drill-damage-group = Everyone is in the same group or department
drill-damage-duplicated = It has every record twice
drill-damage-earlier = It is the delivery before the last one
