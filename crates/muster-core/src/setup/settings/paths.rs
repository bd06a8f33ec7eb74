//! Relative paths in settings: they start at the folder of the file that they are written in.

use super::raw::{RawAnswer, RawSecret, RawSettings};
use std::path::Path;

impl RawSettings {
    /// Makes every path of this machine start at a folder, so that the settings mean the same anywhere.
    pub fn resolve_paths(&mut self, folder: &Path) {
        let joined = |path: &str| folder.join(path).to_string_lossy().into_owned();
        if let Some(url) = &mut self.source.url
            && let Some(path) = url.strip_prefix("file:")
        {
            let path = path.strip_prefix("//").unwrap_or(path);
            if !path.is_empty() {
                *url = format!("file:{}", joined(path));
            }
        }
        if let Some(path) = &mut self.source.ca_certificate {
            *path = joined(path);
        }
        let credentials = &mut self.credentials;
        let secrets = [
            &mut credentials.password,
            &mut credentials.private_key,
            &mut credentials.passphrase,
        ];
        let secrets = secrets.into_iter().flatten();
        let answers = self.answers.values_mut();
        let files = secrets
            .map(|secret| {
                let RawSecret { file, .. } = &mut secret.0;
                file
            })
            .chain(answers.map(|answer| {
                let RawAnswer { file, .. } = &mut answer.0;
                file
            }));
        for path in files.flatten() {
            *path = joined(path);
        }
    }
}
