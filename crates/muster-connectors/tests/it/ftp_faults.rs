//! FTP servers that break the rules.

use crate::{
    scripted::{CONTENT, Control, Script, ftp, ordinary},
    source::{contents, delivery, fetched, hasty, refusal, source},
};
use muster_connectors::transport::{FtpMode, SourceSettings, TransportError};
use muster_core::model::{
    code::Code,
    problem::transport::{Attempt, Cause, Detail, Remedy},
};
use std::{io::Write, thread, time::Duration};

const GREETING: &str = "220 ready\r\n";

fn settings(script: &Script) -> SourceSettings {
    source(
        &format!("ftp://127.0.0.1:{}/in", script.port),
        "ann",
        "pass-word-7",
    )
}

/// The delivery of a server that answers one command in its own way.
fn with(verb: &'static str, answer: impl Fn(&mut Control) + Send + Sync + 'static) -> Script {
    ftp(GREETING, move |command, control| {
        if command.starts_with(verb) {
            answer(control)
        } else {
            ordinary(command, control)
        }
    })
}

fn codes(warnings: &[muster_core::model::problem::Problem]) -> Vec<Code> {
    warnings.iter().map(|problem| problem.code).collect()
}

#[test]
fn the_scripted_server_works_when_nothing_is_wrong() {
    let script = ftp(GREETING, ordinary);
    let delivery = delivery(&settings(&script));
    assert_eq!(codes(&delivery.warnings), [Code::TransportClear]);
    assert_eq!(contents(delivery), [("a.csv".to_owned(), CONTENT.to_vec())]);
    assert_eq!(
        script
            .commands
            .lock()
            .unwrap()
            .iter()
            .position(|command| command == "TYPE I"),
        Some(2)
    );
}

#[test]
fn t01_a_server_that_repeats_the_password_is_not_quoted() {
    let script = with("PASS", |control| control.say("530 pass-word-7 is wrong"));
    let error = refusal(&settings(&script));
    assert_eq!(
        (error.code, error.failure.cause),
        (
            Code::TransportCredentials,
            Cause::LoginRefused { answer: None }
        )
    );
    assert_eq!(script.received("PASS"), 1);
}

#[test]
fn no_answer_of_the_server_brings_the_password_into_a_message() {
    // The password as it is, and as the login of a web server would have it.
    for echo in ["pass-word-7", "cGFzcy13b3JkLTc=", "YW5uOnBhc3Mtd29yZC03"] {
        for verb in ["TYPE", "CWD", "MLST", "MLSD", "RETR"] {
            for code in ["550", "451", "501"] {
                let script = with(verb, move |control| {
                    control.say(&format!("{code} no {echo} here, and a long text after it"));
                });
                if let Err(error) = fetched(&settings(&script)).0 {
                    let text = error.to_string();
                    assert!(!text.contains(echo), "{verb}: {text}");
                    assert!(!text.contains("pass-word"), "{verb}: {text}");
                }
            }
        }
    }
}

#[test]
fn t07_a_connection_that_ends_in_the_middle_brings_nothing() {
    // The data ends in order, but the final answer never comes.
    let script = with("RETR", |control| {
        let mut data = control.data();
        control.say("150 here it comes");
        data.write_all(&CONTENT[..9]).unwrap();
        control.stream.shutdown(std::net::Shutdown::Both).unwrap();
    });
    let error = refusal(&settings(&script));
    assert!(
        error.retry && error.to_string().contains("bytes: 9, of: Some(23)"),
        "{error:?}"
    );
}

#[test]
fn t07_the_server_says_that_the_transfer_was_aborted() {
    let script = with("RETR", |control| {
        let mut data = control.data();
        control.say("150 here it comes");
        data.write_all(&CONTENT[..9]).unwrap();
        drop(data);
        control.say("426 connection lost");
    });
    let error = refusal(&settings(&script));
    assert!(
        error.retry
            && error.to_string().contains("bytes: 9, of: Some(23)")
            && error.to_string().contains("426"),
        "{error:?}"
    );
}

/// P17.
#[test]
fn t08_complete_after_half_is_found_by_the_size() {
    let script = with("RETR", |control| control.send(&CONTENT[..9]));
    let error = refusal(&settings(&script));
    assert_eq!((error.code, error.retry), (Code::TransferIncomplete, true));
    assert!(
        error.to_string().contains("bytes: 9, of: Some(23)"),
        "{error}"
    );
}

fn stalled(script: &Script) -> TransportError {
    let mut settings = settings(script);
    hasty(&mut settings);
    let error = refusal(&settings);
    assert_eq!(error.code, Code::TransportTimeout, "{error:?}");
    assert!(
        error.to_string().contains("NoAnswer { seconds: 1 }") && error.retry,
        "{error:?}"
    );
    error
}

#[test]
fn t09_a_server_that_stalls_is_left_and_the_phase_is_named() {
    let attempt = |script: &Script| stalled(script).failure.attempt;
    assert_eq!(attempt(&ftp("", ordinary)), Attempt::GetGreeting);
    for (verb, phase) in [
        ("USER", Attempt::LogIn),
        ("PASS", Attempt::LogIn),
        ("CWD", Attempt::Open),
        ("EPSV", Attempt::List),
        ("MLST", Attempt::LookAt),
    ] {
        assert_eq!(attempt(&with(verb, |_| ())), phase, "{verb}");
    }
    let silent = |control: &mut Control| {
        let data = control.data();
        control.say("150 here it comes");
        thread::sleep(Duration::from_secs(3));
        drop(data);
    };
    assert_eq!(attempt(&with("MLSD", silent)), Attempt::List);
    assert_eq!(attempt(&with("RETR", silent)), Attempt::Read);
    let unfinished = |control: &mut Control| {
        let mut data = control.data();
        control.say("150 here it comes");
        data.write_all(CONTENT).unwrap();
    };
    assert_eq!(attempt(&with("RETR", unfinished)), Attempt::Read);
}

/// P22.
#[test]
fn t10_a_drip_ends_at_the_limit_of_the_whole() {
    let script = with("RETR", |control| {
        let mut data = control.data();
        control.say("150 here it comes");
        while data.write_all(b"x").is_ok() {
            thread::sleep(Duration::from_millis(200));
        }
    });
    let mut settings = settings(&script);
    settings.limits.whole = Duration::from_secs(1);
    let error = refusal(&settings);
    assert_eq!(error.code, Code::TransportTimeout, "{error:?}");
    assert!(
        error.to_string().contains("TooSlow") && error.to_string().contains("seconds: 1 "),
        "{error}"
    );
}

#[test]
fn t13_a_file_that_goes_after_the_listing_is_no_file() {
    let script = with("RETR", |control| {
        drop(control.data());
        control.say("550 gone");
    });
    let error = refusal(&settings(&script));
    assert_eq!(error.code, Code::NoFile);
    assert!(error.to_string().contains("a.csv"), "{error}");
}

#[test]
fn t15_a_listing_without_end_reaches_a_limit() {
    let script = with("MLSD", |control| {
        let mut data = control.data();
        control.say("150 here it comes");
        while data.write_all(&[b'x'; 4_096]).is_ok() {}
    });
    let mut settings = settings(&script);
    settings.limits.names_read = 100;
    assert_eq!(refusal(&settings).code, Code::TransportLimit);
}

/// P18.
#[test]
fn t17_names_with_line_breaks_never_reach_a_command() {
    let script = with("MLSD", |control| {
        control.send(b"type=file;size=1; a\rDELE b.csv\r\ntype=file;size=1; ../c.csv\r\n");
    });
    let error = refusal(&settings(&script));
    assert_eq!(
        (error.code, script.received("RETR"), script.received("DELE")),
        (Code::NoFile, 0, 0)
    );
}

#[test]
fn t17_a_path_with_line_breaks_is_refused_before_connecting() {
    let script = ftp(GREETING, ordinary);
    let mut settings = settings(&script);
    settings.pattern = None;
    settings.location.path = "/in/a\r\nDELE b.csv".to_owned();
    assert_eq!(refusal(&settings).code, Code::NameRefused);
    assert!(script.commands.lock().unwrap().is_empty());
}

/// P21.
#[test]
fn t19_another_host_in_the_passive_answer_is_not_followed() {
    let script = ftp(GREETING, |command, control| match command {
        "EPSV" => control.say("500 not known"),
        "PASV" => control.passive("192,0,2,7"),
        command => ordinary(command, control),
    });
    let delivery = delivery(&settings(&script));
    let remark = delivery
        .warnings
        .iter()
        .find(|problem| problem.code == Code::TransportPassive)
        .unwrap();
    assert!(
        remark.detail
            == Detail::OtherDataHost {
                named: "192.0.2.7".to_owned(),
                used: "127.0.0.1".to_owned()
            }
            .into(),
        "{remark:?}"
    );
    assert_eq!(contents(delivery)[0].1, CONTENT);
    assert_eq!(script.received("EPSV"), 1);
}

#[test]
fn t20_a_server_that_cannot_connect_back_is_reported_with_passive_mode_suggested() {
    let script = ftp(GREETING, |command, control| {
        match command.split(' ').next().unwrap() {
            "PORT" => control.say("200 good"),
            "MLSD" => control.say("425 cannot open the connection"),
            _ => ordinary(command, control),
        }
    });
    let error = refusal(&SourceSettings {
        ftp_mode: FtpMode::Active,
        ..settings(&script)
    });
    assert_eq!(error.remedy, Remedy::UsePassiveMode);
}

#[test]
fn t22_an_odd_answer_to_auth_sends_no_user() {
    for answer in [
        "hello there",
        "502 not known",
        "200 sure",
        "530 log in first",
    ] {
        let script = with("AUTH", move |control| control.say(answer));
        let mut settings = settings(&script);
        settings.location.scheme = muster_connectors::transport::Scheme::Ftps;
        let error = refusal(&settings);
        assert_eq!(
            (error.code, error.retry, script.received("USER")),
            (Code::TransportTls, false, 0),
            "{answer}: {error:?}"
        );
    }
}

#[test]
fn t26_without_size_and_time_less_proves_the_file_and_that_is_reported() {
    let script = ftp(GREETING, |command, control| {
        match command.split(' ').next().unwrap() {
            "MLSD" | "MLST" => {
                control.say("500 not known");
            }
            "LIST" => control.send(b"total 1\r\n-rw-r--r-- 1 a b 23 Jan 31 12:00 a.csv\r\n"),
            _ => ordinary(command, control),
        }
    });
    let delivery = delivery(&settings(&script));
    assert_eq!(
        codes(&delivery.warnings),
        [Code::TransportWeak, Code::TransportClear]
    );
    assert_eq!(contents(delivery)[0].1, CONTENT);
}

#[test]
fn t26_size_and_time_complete_a_plain_listing() {
    let script = ftp(GREETING, |command, control| {
        match command.split(' ').next().unwrap() {
            "MLSD" | "MLST" => control.say("502 not known"),
            "LIST" => control.send(b"-rw-r--r-- 1 a b 1 Jan 31 12:00 a.csv\r\n"),
            "SIZE" => control.say("213 23"),
            "MDTM" => control.say("213 20240131120000"),
            _ => ordinary(command, control),
        }
    });
    let delivery = delivery(&settings(&script));
    assert_eq!(codes(&delivery.warnings), [Code::TransportClear]);
    assert_eq!(
        delivery.files[0].file.modified,
        Some("2024-01-31T12:00:00Z".parse().unwrap())
    );
}

/// A server that says one size in its listing of facts or of lines and another when asked for it.
fn disputed(facts: Option<u64>, listed: u64, size: u64, sent: &'static [u8]) -> Script {
    ftp(GREETING, move |command, control| {
        match (command.split(' ').next().unwrap(), facts) {
            ("MLSD", Some(facts)) => control.send(
                format!("type=file;size={facts};modify=20240131120000; a.csv\r\n").as_bytes(),
            ),
            ("MLST", Some(facts)) => {
                control.say(&format!(
                    "250-look\r\n type=file;size={facts};modify=20240131120000; a.csv\r\n250 end"
                ));
            }
            ("MLSD" | "MLST", None) => control.say("500 not known"),
            ("LIST", _) => {
                control.send(format!("-rw-r--r-- 1 a b {listed} Jan 31 12:00 a.csv\r\n").as_bytes())
            }
            ("SIZE", _) => control.say(&format!("213 {size}")),
            ("MDTM", _) => control.say("213 20240131120000"),
            ("RETR", _) => control.send(sent),
            _ => ordinary(command, control),
        }
    })
}

#[test]
fn t26_a_wrong_size_is_outweighed_by_the_other_one_and_that_is_reported() {
    for (facts, listed, size) in [(Some(100), 7, 23), (None, 23, 100)] {
        let delivery = delivery(&settings(&disputed(facts, listed, size, CONTENT)));
        let received = &delivery.warnings[0];
        assert_eq!(received.code, Code::TransportWeak);
        let detail = Detail::TwoSizes {
            file: "a.csv".to_owned(),
            stated: 100,
            received: 23,
        };
        assert_eq!(received.detail, detail.into());
        assert_eq!(contents(delivery)[0].1, CONTENT);
    }
    // Where neither agrees with what arrived, or both agree on more, the file did not arrive whole.
    for (facts, listed, size, sent) in [
        (Some(100), 7, 50, CONTENT),
        (None, 50, 100, CONTENT),
        (Some(23), 7, 23, &CONTENT[..9]),
        (None, 23, 23, &CONTENT[..9]),
    ] {
        let error = refusal(&settings(&disputed(facts, listed, size, sent)));
        assert_eq!(
            (error.code, error.retry),
            (Code::TransferIncomplete, true),
            "{error:?}"
        );
    }
}

#[test]
fn t27_a_reply_without_end_reaches_a_limit() {
    let endless = |control: &mut Control| {
        while control.stream.write_all(b"200-again and again\r\n").is_ok() {}
    };
    let script = with("CWD", endless);
    assert_eq!(refusal(&settings(&script)).code, Code::TransportLimit);
    let one_line =
        |control: &mut Control| while control.stream.write_all(&[b'2'; 4_096]).is_ok() {};
    let script = with("USER", one_line);
    assert_eq!(refusal(&settings(&script)).code, Code::TransportLimit);
}

#[test]
fn names_in_a_listing_never_bring_the_password_into_a_message() {
    for echo in ["pass-word-7", "cGFzcy13b3JkLTc=", "YW5uOnBhc3Mtd29yZC03"] {
        for name in [
            format!("{echo}.txt"),
            format!("../{echo}.csv"),
            format!("for {echo}"),
            echo.to_owned(),
        ] {
            let line = format!("type=file;size=1;modify=20240131120000; {name}\r\n");
            let script = with("MLSD", move |control| control.send(line.as_bytes()));
            let text = refusal(&settings(&script)).to_string();
            assert!(!text.contains(echo), "{name}: {text}");
        }
    }
}
