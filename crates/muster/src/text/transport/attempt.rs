//! What was attempted, and on what.

use muster_core::model::problem::transport::{Attempt, Target};

pub(super) fn attempted(attempt: Attempt, on: &Target) -> String {
    let target = target(on);
    match attempt {
        Attempt::Archive => format!("archive {target}"),
        Attempt::AskForSizeOrTime => format!("ask for the size or time of {target}"),
        Attempt::ChooseFiles => format!("choose files of {target}"),
        Attempt::Close => format!("close {target}"),
        Attempt::Connect => format!("connect to {target}"),
        Attempt::Delete => format!("delete {target}"),
        Attempt::Find => format!("find a file at {target}"),
        Attempt::FindAddress => format!("find the address of {target}"),
        Attempt::GetAnswer => format!("get an answer for {target}"),
        Attempt::GetConnection(most) => {
            format!("get one of {most} connections that Muster opens at once to {target}")
        }
        Attempt::GetGreeting => format!("get the greeting of {target}"),
        Attempt::KeepCopy => format!("keep a copy of {target}"),
        Attempt::List => format!("list the folder {target}"),
        Attempt::LogIn => match on {
            Target::Account { user, server } => format!("log in as `{user}` at {server}"),
            _ => format!("log in at {target}"),
        },
        Attempt::LookAt => format!("look up {target}"),
        Attempt::MakeFolder => format!("create the folder for {target}"),
        Attempt::NegotiateEncryption => format!("agree on encryption with {target}"),
        Attempt::Open => format!("open {target}"),
        Attempt::PrepareEncryption => format!("prepare encryption for {target}"),
        Attempt::Read => format!("read {target}"),
        Attempt::ReadPrivateKey => format!("read the private key for {target}"),
        Attempt::RequestUtf8Names => format!("ask for UTF-8 names at {target}"),
        Attempt::StartFileTransfer => format!("start file transfer as {target}"),
        Attempt::SwitchToBinary => format!("switch to binary transfer at {target}"),
        Attempt::Trust => format!("trust {target}"),
        Attempt::UseName => format!("use the name {target}"),
        Attempt::UsePattern => format!("use the pattern for {target}"),
        Attempt::Verify => format!("verify {target}"),
    }
}

fn target(on: &Target) -> String {
    match on {
        Target::Server(server) => server.clone(),
        Target::Location(location) => location.clone(),
        Target::Path { path, server } => format!("`{path}` on {server}"),
        Target::Local(path) => format!("`{path}`"),
        Target::Account { user, server } => format!("{server} as `{user}`"),
    }
}
