//! What to do when files cannot be fetched.

use muster_core::model::problem::{
    self, Problem,
    transport::{Cause, Detail, Remedy},
};

/// The fingerprint that a host key error is about.
fn fingerprint(problem: &Problem) -> &str {
    match &problem.detail {
        problem::Detail::Transport(Detail::Failed(failure)) => match &failure.cause {
            Cause::HostKeyUnknown { fingerprint } | Cause::HostKeyChanged { fingerprint, .. } => {
                fingerprint
            }
            _ => "FINGERPRINT",
        },
        _ => "FINGERPRINT",
    }
}

pub(crate) fn help(remedy: Remedy, problem: &Problem) -> String {
    let text = match remedy {
        Remedy::AcceptHostKey => {
            let fingerprint = fingerprint(problem);
            return format!(
                "compare it with what the server's administrator says; if it is right, accept it with \
                 `muster test FILE --accept-host-key {fingerprint}`"
            );
        }
        Remedy::AllowSftp => {
            "ask the server's administrator to allow SFTP (`Subsystem sftp`) for this account"
        }
        Remedy::AllowSimpleLogin => "let the account log in with a password or a key alone",
        Remedy::ArchiveManually => "move or delete it manually; reading it again changes nothing",
        Remedy::CheckAccess => {
            "ask the server's administrator to give the account access to the file, and this machine access to the \
             server; a wrong path in the URL can look the same"
        }
        Remedy::CheckAddress => {
            "correct the host in `url` under [source], or have its entry in the name service corrected"
        }
        Remedy::CheckCertificateBundle => {
            "install the package `ca-certificates`, or correct `ca_certificate` under [source]"
        }
        Remedy::CheckEncoding => "check the encoding of the file",
        Remedy::CheckFtpServer => {
            "check that the URL names an FTP server, and what the log of that server says"
        }
        Remedy::CheckNetwork => {
            "check the server and the network; the limits are set under [source.limits], and the next run tries again"
        }
        Remedy::CheckPath => "check the path in the URL, and that the account may read it",
        Remedy::CheckServer => {
            "check that the server runs and accepts connections from this machine; the next run tries again"
        }
        Remedy::CheckSshServer => {
            "check that the host and port are those of an SSH server, and that no proxy changes its answers"
        }
        Remedy::CheckTlsServer => {
            "check that the host and port in the URL are those of the encrypted service, and what the log of that server says"
        }
        Remedy::CheckUpload => {
            "check that the export was uploaded and is named as agreed; no employee is deactivated because of this"
        }
        Remedy::CheckUploadAndAccess => {
            "check that the export was uploaded and that the account may list the folder; no employee is deactivated \
             because of this"
        }
        Remedy::CheckUrl => "check the path in the URL; no employee is deactivated because of this",
        Remedy::CheckUrlOrSignIn => {
            "check the URL (signed ones expire), whether the server requires `user` and `password` under [credentials], \
             and whether it must allow this machine"
        }
        Remedy::CheckWhoRemoves => {
            "check which process removes files from the folder, and that the account may read them; the next run tries \
             again"
        }
        Remedy::ClearFolder => {
            "remove old files from the folder, or name a folder with fewer files"
        }
        Remedy::ConvertKey => {
            "convert a copy with `ssh-keygen -p -f KEYFILE`, which writes the OpenSSH form, and set that key"
        }
        Remedy::CorrectCertificate => {
            "have the server's certificate renewed or corrected; to trust a private authority, or this certificate \
             itself, set `ca_certificate` under [source]"
        }
        Remedy::CorrectCredentials => {
            "correct the credentials under [credentials]; Muster does not send refused credentials again"
        }
        Remedy::CorrectPattern => "correct `pattern` under [source]",
        Remedy::CorrectUrl => "correct `url` under [source]",
        Remedy::FetchAgain => "nothing of the file was used; the next run fetches it again",
        Remedy::FollowRedirect => {
            "if that server is the right one, put the address to which it redirects into the URL"
        }
        Remedy::FreeTemporarySpace => {
            "free space there, or set the environment variable TMPDIR to another folder"
        }
        Remedy::KeepOneFile => "keep only one file in the folder at a time",
        Remedy::LeaveFiles => "set `after = \"leave\"` under [source]",
        Remedy::MakeKey => "create an Ed25519 key with `ssh-keygen -t ed25519`",
        Remedy::NameFile => "name a plain file, or a folder with a `pattern` under [source]",
        Remedy::NameFileInUrl => "name the file in the URL and remove `pattern` under [source]",
        Remedy::NoAction => {
            "no action is needed if files arrive; the passive address of the server is configured wrongly"
        }
        Remedy::OfferPlainHostKey => "let the server offer a plain host key too",
        Remedy::OpenInBrowser => {
            "open the URL in a browser and check that it shows the file itself"
        }
        Remedy::ProvideChecksum => "put a `.sha256` file next to it",
        Remedy::RaiseFileLimit => {
            "check whether this is the right file; if it is, raise `file` under [source.limits]"
        }
        Remedy::RaiseWholeLimit => {
            "wait for the next run, which tries again; or raise `whole` under [source.limits]"
        }
        Remedy::RemoveFilesOrRaiseLimits => {
            "remove old files from the folder, narrow `pattern`, or raise `names` or `matching` under [source.limits]"
        }
        Remedy::ReplaceName => "remove it, or put a plain file in its place",
        Remedy::SetCredentials => "set `user` and `password` under [credentials]",
        Remedy::SetMissingCredentials => {
            "set the `password` or `private_key` that the server requires under [credentials]"
        }
        Remedy::SetPassphrase => "set its `passphrase` under [credentials]",
        Remedy::SetPrivateKey => {
            "set the private key, which begins with `-----BEGIN`, under [credentials]"
        }
        Remedy::SetRightPassphrase => "correct `passphrase` under [credentials]",
        Remedy::SetUser => "set `user` under [credentials]",
        Remedy::SetWholeKey => {
            "set the whole file, with its first and last line, as `private_key` under [credentials]"
        }
        Remedy::SwitchTlsOn => {
            "have TLS switched on at the server; nothing was sent without encryption"
        }
        Remedy::UpdateServer => "ask the server's administrator to update the server",
        Remedy::UpdateServerOrAllowLegacy => {
            "ask the server's administrator to update the server; until then, `legacy_algorithms = true` under [source] \
             allows old algorithms with this server"
        }
        Remedy::UploadBoth => "upload the file and its checksum again",
        Remedy::UseEncryptedTransport => "use `sftp:` or `ftps:` if the server offers it",
        Remedy::UseExplicitTls => {
            "set `tls = \"explicit\"` under [source]: the server begins without encryption"
        }
        Remedy::UseFtps => "use `ftps:` in the URL: the server requires encryption",
        Remedy::UseImplicitTls => {
            "set `tls = \"implicit\"` under [source] if that server expects encryption from the first byte"
        }
        Remedy::UsePassiveMode => {
            "remove `mode = \"active\"` under [source] to use passive mode: in active mode the server must be able to \
             connect to this machine"
        }
        Remedy::UsePlainName => "give the file a plain name",
        Remedy::WaitForRename => {
            "wait until the upload is finished, or rename the file: names of unfinished uploads are ignored; no employee \
             is deactivated because of this"
        }
        Remedy::WaitForServer => {
            "wait, or ask the server's administrator; the next run tries again"
        }
        Remedy::WaitForUpload => {
            "wait until the upload is finished; uploading under another name and renaming avoids this"
        }
        Remedy::WriteChecksum => {
            "write the SHA-256 of the file into it, as 64 hexadecimal digits, or remove it"
        }
    };
    text.to_owned()
}
