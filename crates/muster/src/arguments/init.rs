//! The arguments of `muster init`.

use clap::Args;
use std::path::PathBuf;

#[derive(Args, Debug)]
pub(crate) struct Init {
    /// The integration file to create; its name without the extension becomes the name of the integration
    #[arg(default_value = "people.toml")]
    pub(crate) file: PathBuf,
    /// Where the employees come from: an HR system (`personio`), or the address of a folder or file
    #[arg(long, value_name = "SYSTEM|ADDRESS")]
    pub(crate) source: Option<String>,
    /// The value of a setting, such as `credentials.user=acme`; a secret as `env:VARIABLE`, `file:PATH` or
    /// `command:COMMAND`. Can be repeated
    #[arg(long, value_name = "SETTING=VALUE", value_parser = setting)]
    pub(crate) set: Vec<(String, String)>,
}

fn setting(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as SETTING=VALUE")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}
