//! Paths below the home folder of an account.

/// What follows `/~/`, which stands for the home folder of the account; an empty path is that folder itself.
pub(super) fn below_home(path: &str) -> Option<&str> {
    match path {
        "" | "/~" => Some(""),
        _ => path.strip_prefix("/~/"),
    }
}
