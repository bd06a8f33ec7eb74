//! What a person reads, as a whole: a change of a word is seen here.

use crate::ground::Ground;

const HEADER: &str = "id,email,first,last,born,title,start,end\n";

fn ground() -> Ground {
    let ground = Ground::new(
        "workspace = \"acme\"\nname = \"hr\"\n[source]\nurl = \"file:inbox\"\npattern = \"*.csv\"\nsettle = \"0s\"\n\
         [mapping]\nexternal_id = \"id\"\nemail = \"email\"\nfirst_name = \"first\"\nlast_name = \"last\"\n\
         birthday = \"born\"\ntitle = \"title\"\nonboarding_date = \"start\"\noffboarding_date = \"end\"\n\
         [policy]\nmissing = \"deactivate\"\n",
    );
    let rows = (1..=20).map(|id| {
        format!("E-{id},p{id}@acme.example,First{id},Last,1990-01-01,Clerk,2020-01-01,\n")
    });
    ground
        .deliver("a.csv", format!("{HEADER}{}", rows.collect::<String>()))
        .approve();
    ground
}

/// The next morning's file: a new employee, a change, a leaver, a wrong day, and a new address for somebody
/// who is not in it.
fn next_day() -> String {
    let rows = (5..=20).map(|id| {
        format!("E-{id},p{id}@acme.example,First{id},Last,1990-01-01,Clerk,2020-01-01,\n")
    });
    let others = "E-1,p1@acme.example,First1,Last,1990-01-01,Lead,2020-01-01,\n\
        E-2,p2@acme.example,First2,Last,1990-31-12,Clerk,2020-01-01,\n\
        E-3,p3@acme.example,First3,Last,1990-01-01,Clerk,2020-01-01,2026-05-01\n\
        ,first4@acme.example,First4,Last,1990-01-01,Clerk,2020-01-01,\n\
        E-21,p21@acme.example,Zoë,Nieuw,1991-02-03,Cook,2026-06-01,\n";
    format!("{HEADER}{others}{}", rows.collect::<String>())
}

/// What a command prints, with the hash of a plan, which rests on a random key, taken out.
fn printed(ground: &Ground, arguments: &[&str]) -> String {
    let output = ground.output(arguments);
    let text =
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    let is_hash = |word: &str| word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let line = |line: &str| {
        let words = line.split(' ').map(|word| match word.split_once('-') {
            Some((run, hash)) if is_hash(hash) && run.parse::<u32>().is_ok() => {
                format!("{run}-HASH")
            }
            _ => word.to_owned(),
        });
        words.collect::<Vec<_>>().join(" ") + "\n"
    };
    text.lines().map(line).collect()
}

#[test]
fn a_plan_is_read_before_it_is_applied() {
    let ground = ground();
    ground.deliver("a.csv", next_day());
    insta::assert_snapshot!(printed(&ground, &["plan", "integration.toml"]));
}

#[test]
fn a_mass_departure_says_why_it_is_held() {
    let ground = ground();
    let few: String = next_day()
        .lines()
        .take(8)
        .flat_map(|line| [line, "\n"])
        .collect();
    ground.deliver("a.csv", few);
    insta::assert_snapshot!(printed(&ground, &["sync", "integration.toml"]));
}

#[test]
fn explain_shows_the_history_of_an_employee() {
    let mut ground = ground();
    ground
        .at("2026-05-05T02:45:00Z")
        .deliver("a.csv", next_day());
    ground.approve();
    insta::assert_snapshot!(printed(&ground, &["explain", "E-3"]));
    insta::assert_snapshot!(
        "the_story_of_a_person_with_a_problem",
        printed(&ground, &["explain", "E-2"])
    );
}

#[test]
fn f27_a_file_with_another_delimiter_is_refused_in_these_words() {
    let ground = ground();
    ground.deliver("a.csv", next_day().replace(',', ";"));
    insta::assert_snapshot!(printed(&ground, &["sync", "integration.toml"]));
}

#[test]
fn every_mistake_of_an_integration_file_is_reported_in_these_words() {
    let ground = Ground::new(
        "workspace = \"acme\"\nname = 5\n[source]\nurl = \"file:inbox\"\npatern = \"*.csv\"\nsettle = \"soon\"\n\
         [mapping]\nemail = \"email\"\nfirst_name = \"first\"\nlast_name = \"last\"\ntitel = \"title\"\n",
    );
    insta::assert_snapshot!(printed(&ground, &["check", "integration.toml"]));
}
