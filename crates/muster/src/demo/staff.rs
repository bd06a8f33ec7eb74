//! Made-up employees, the same each time, as the rows of a file that a Danish HR system exports.

use jiff::{ToSpan, civil::Date};

/// One row of the file. What its columns are called is in `HEADER`.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) mail: String,
    pub(super) first: String,
    pub(super) last: String,
    pub(super) start: String,
    pub(super) end: String,
    pub(super) title: String,
    pub(super) department: String,
    pub(super) store: String,
    pub(super) country: String,
    pub(super) mobile: String,
    pub(super) manager: String,
    pub(super) birthday: String,
    pub(super) group: String,
    pub(super) hours: String,
    pub(super) budget: String,
}

const HEADER: &str = "Medarbejdernr;E-mail;Fornavn;Efternavn;Ansat fra;Ansat til;Stilling;Afdeling;Butik;Land;Mobil;Leder;Født;Gruppe;Timer;Frynsebudget";

/// Names, and how they are written in addresses.
const FIRST: [(&str, &str); 25] = [
    ("Søren", "soeren"),
    ("Fleur", "fleur"),
    ("Daan", "daan"),
    ("Zoë", "zoe"),
    ("Freja", "freja"),
    ("Lærke", "laerke"),
    ("Mohammed", "mohammed"),
    ("Minh", "minh"),
    ("Pernille", "pernille"),
    ("Łukasz", "lukasz"),
    ("Yağmur", "yagmur"),
    ("Anne-Fleur", "anne-fleur"),
    ("Karl-Åge", "karl-aage"),
    ("Inge", "inge"),
    ("Tobias", "tobias"),
    ("Noor", "noor"),
    ("Emma", "emma"),
    ("Gitte", "gitte"),
    ("Búi", "bui"),
    ("Sanne", "sanne"),
    ("Rasmus", "rasmus"),
    ("Maja", "maja"),
    ("Jeroen", "jeroen"),
    ("Astrid", "astrid"),
    ("Bram", "bram"),
];
const LAST: [(&str, &str); 23] = [
    ("Ágústsson", "agustsson"),
    ("van den Heuvel", "vandenheuvel"),
    ("Skovgaard", "skovgaard"),
    ("Önder-Çelik", "onder-celik"),
    ("Þórarinsson", "thorarinsson"),
    ("Dam", "dam"),
    ("El Idrissi", "elidrissi"),
    ("Nguyễn", "nguyen"),
    ("Lund", "lund"),
    ("Żółkiewski", "zolkiewski"),
    ("Şahin", "sahin"),
    ("Krabbe", "krabbe"),
    ("Bech", "bech"),
    ("de Vries", "devries"),
    ("Toft", "toft"),
    ("Nygaard", "nygaard"),
    ("Bakker", "bakker"),
    ("Kjær", "kjaer"),
    ("Verhoeven", "verhoeven"),
    ("Friis", "friis"),
    ("Holm", "holm"),
    ("Jansen", "jansen"),
    ("Æbelø", "aebeloe"),
];
/// Stores with their countries. Two of seven are in the Netherlands.
const STORES: [(&str, &str); 7] = [
    ("Aarhus C", "DK"),
    ("Utrecht Centrum", "NL"),
    ("Odense", "DK"),
    ("Kolding", "DK"),
    ("Rotterdam Blaak", "NL"),
    ("Aalborg", "DK"),
    ("Esbjerg", "DK"),
];
/// Departments with the titles of their employees, and the group that each belongs to.
const DEPARTMENTS: [(&str, [&str; 2], &str); 4] = [
    ("Sales floor", ["Sales assistant", "Cashier"], "Sales"),
    ("Bakery", ["Baker", "Confectioner"], "Bakery"),
    ("Warehouse", ["Stock clerk", "Driver"], "Warehouse"),
    ("Kitchen", ["Cook", "Kitchen porter"], "Kitchen"),
];
const HOURS: [&str; 4] = ["37", "32", "24", "18,5"];
const BUDGETS: [&str; 3] = ["350,00", "350,00", "200,00"];

/// A sort of employees: those of the stores, of the head office, or of another company.
#[derive(Clone, Copy)]
pub(super) struct Sort {
    pub(super) prefix: &'static str,
    pub(super) host: &'static str,
    /// Moves the choice of names, so that sorts do not share them.
    pub(super) shift: usize,
}

pub(super) const STORES_STAFF: Sort = Sort {
    prefix: "FM",
    host: "fjordmarked.example",
    shift: 0,
};
pub(super) const HEAD_OFFICE: Sort = Sort {
    prefix: "HO",
    host: "fjordmarked.example",
    shift: 311,
};
pub(super) const CARE: Sort = Sort {
    prefix: "DL",
    host: "delinden.example",
    shift: 157,
};

/// The employee with this number, who started before `day`.
pub(super) fn employee(sort: Sort, number: usize, day: Date) -> Row {
    let at = number + sort.shift;
    let (first, first_ascii) = FIRST[at % FIRST.len()];
    let (last, last_ascii) = LAST[at % LAST.len()];
    let (store, country) = STORES[number % STORES.len()];
    let (department, titles, group) = DEPARTMENTS[(number / 2) % DEPARTMENTS.len()];
    // The first seven manage the stores.
    let is_manager = number < STORES.len();
    let seven = |n: usize| (n * 7_919 + 104_729) % 1_000_000;
    let mobile = match country {
        "NL" => format!("+31 6 1{:07}", seven(at) * 9 % 10_000_000),
        _ => format!("+45 20 {:06}", 100_000 + seven(at) % 900_000),
    };
    let born = Date::constant(1964, 1, 1).saturating_add(
        ((at * 97) % 14_000)
            .to_string()
            .parse()
            .map_or(0, |days: i64| days)
            .days(),
    );
    let started = day.saturating_sub(
        (200 + (at * 131) % 4_000)
            .to_string()
            .parse()
            .map_or(0, |days: i64| days)
            .days(),
    );
    Row {
        id: format!("{}-{}", sort.prefix, 1001 + number),
        mail: format!("{first_ascii}.{last_ascii}@{}", sort.host),
        first: first.to_owned(),
        last: last.to_owned(),
        start: written(started),
        end: String::new(),
        title: if is_manager {
            "Store manager"
        } else {
            titles[number % 2]
        }
        .to_owned(),
        department: department.to_owned(),
        store: store.to_owned(),
        country: country.to_owned(),
        mobile,
        manager: match (is_manager, sort.prefix) {
            (true, "FM") => "HO-1001".to_owned(),
            (true, _) => String::new(),
            (false, prefix) => format!("{prefix}-{}", 1001 + number % STORES.len()),
        },
        birthday: written(born),
        group: group.to_owned(),
        hours: HOURS[number % HOURS.len()].to_owned(),
        budget: BUDGETS[number % BUDGETS.len()].to_owned(),
    }
}

/// A day as the file writes it.
pub(super) fn written(day: Date) -> String {
    format!("{:02}-{:02}-{}", day.day(), day.month(), day.year())
}

pub(super) fn file(rows: &[Row]) -> String {
    let mut text = format!("{HEADER}\r\n");
    for row in rows {
        let cells = [
            &row.id,
            &row.mail,
            &row.first,
            &row.last,
            &row.start,
            &row.end,
            &row.title,
            &row.department,
            &row.store,
            &row.country,
            &row.mobile,
            &row.manager,
            &row.birthday,
            &row.group,
            &row.hours,
            &row.budget,
        ];
        text.push_str(&cells.map(String::as_str).join(";"));
        text.push_str("\r\n");
    }
    text
}
