//! Words that generated people are made of, with the ASCII form that stands in addresses.

/// Calling names, ASCII form, gender.
pub(crate) const FIRST: [(&str, &str, &str); 28] = [
    ("Anna", "anna", "female"),
    ("Bas", "bas", "male"),
    ("Chloé", "chloe", "female"),
    ("Dirk", "dirk", "male"),
    ("Eva", "eva", "female"),
    ("Fatima", "fatima", "female"),
    ("Γιώργος", "giorgos", "male"),
    ("Jürgen", "jurgen", "male"),
    ("Ida", "ida", "female"),
    ("José", "jose", "male"),
    ("Łukasz", "lukasz", "male"),
    ("Mei", "mei", "female"),
    ("Zoë", "zoe", "female"),
    ("Søren", "soren", "male"),
    ("Åse", "ase", "female"),
    ("Íñigo", "inigo", "male"),
    ("Renée", "renee", "female"),
    ("İpek", "ipek", "female"),
    ("Владимир", "vladimir", "male"),
    ("小明", "xiaoming", "male"),
    ("محمد", "mohammed", "male"),
    ("Nguyễn", "nguyen", "diverse"),
    ("Sam", "sam", "diverse"),
    ("Marie-Louise", "marie-louise", "female"),
    ("D'Arcy", "darcy", "male"),
    ("Jan Willem", "janwillem", "male"),
    ("Björk", "bjork", "female"),
    ("Ĳsbrand", "ijsbrand", "male"),
];

/// Prefix, last name, ASCII form.
pub(crate) const LAST: [(&str, &str, &str); 24] = [
    ("", "Jansen", "jansen"),
    ("de", "Vries", "devries"),
    ("", "’t Hart", "thart"),
    ("", "Müller", "muller"),
    ("", "Holm", "holm"),
    ("", "Παππάς", "pappas"),
    ("", "O’Neill", "oneill"),
    ("", "Smit", "smit"),
    ("", "Peeters", "peeters"),
    ("", "Çelik", "celik"),
    ("van der", "Wal", "vanderwal"),
    ("van den", "Berg", "vandenberg"),
    ("", "Sørensen", "sorensen"),
    ("", "Weiß", "weiss"),
    ("", "Núñez García", "nunezgarcia"),
    ("", "Kowalczyk-Żak", "kowalczyk-zak"),
    ("", "Петров", "petrov"),
    ("", "王", "wang"),
    ("", "الحسن", "alhassan"),
    ("", "Đặng", "dang"),
    ("el", "Amrani", "elamrani"),
    ("", "Þórsdóttir", "thorsdottir"),
    ("", "Ĳzerman", "ijzerman"),
    ("", "McDonald", "mcdonald"),
];

pub const DEPARTMENTS: [&str; 8] = [
    "Operations",
    "Logistik",
    "Sales",
    "Customer Care",
    "Finance & Control",
    "People",
    "Engineering",
    "Ø-Gruppen",
];

pub(crate) const TEAMS: [&str; 5] = ["North", "South", "Night shift", "Projects", "Support"];

pub const OFFICES: [&str; 5] = ["Utrecht", "Aarhus", "München", "Gent", "Porto"];

pub(crate) const TITLES: [&str; 7] = [
    "Driver",
    "Planner, night shift",
    "Controller",
    "Account manager",
    "Clerk \"B\"",
    "Engineer",
    "Team lead",
];

/// Companies of the group: short name, full name.
pub const COMPANIES: [(&str, &str); 3] = [
    ("NL01", "Voorbeeld Zorg B.V."),
    ("NL02", "Voorbeeld Thuis B.V."),
    ("BE01", "Exemple Soins S.A."),
];
