//! What to do about a problem of an HR system.

use muster_core::model::problem::api::{
    Access, BambooHrRemedy, PersonioRemedy, Remedy, SettingRemedy, YouServeRemedy,
};

pub(crate) fn help(remedy: &Remedy) -> String {
    match remedy {
        Remedy::CheckNetwork => "check the network of this machine; the next run tries again",
        Remedy::CheckNetworkAndClock => {
            "check the clock of this machine and the network between it and the vendor"
        }
        Remedy::CheckStatusPage => {
            "the next run tries again; if the problem remains, check the vendor's status page"
        }
        Remedy::CheckBaseUrl => {
            "correct `base_url` if the API has moved; the credentials were not sent there"
        }
        Remedy::CheckProxy => {
            "check `base_url` and the network between this machine and the vendor, for example a proxy \
             that requires a login; then run again"
        }
        Remedy::InstallAuthorities => {
            "install the package `ca-certificates`, or correct `ca_certificate`"
        }
        Remedy::CheckCredentials => "check the credentials for stray characters",
        Remedy::CheckAccount => {
            "check that the credentials are for the right account and may see its people"
        }
        Remedy::AskWhyLarge => "ask the vendor why the answer is so large",
        Remedy::AskAboutLinks => {
            "nothing was sent there; ask the vendor's support why its pages link to another host"
        }
        Remedy::AskWhyEndless => "ask the vendor's support why the list does not end",
        Remedy::CheckTokenStore => {
            "check the database of this installation; some vendors allow few tokens a month"
        }
        Remedy::DeactivateWhoDoesNotStart => {
            "if the employee will not start, deactivate the employee manually"
        }
        Remedy::ContactSupport { system } => {
            let whose = system.as_deref().unwrap_or("the vendor");
            return format!(
                "run again later; if the problem remains, contact {whose}'s support with the request id"
            );
        }
        Remedy::WaitForNextRun { system } => return format!(
            "wait for the next run; if the problem remains, contact {system}'s support"
        ),
        Remedy::AskWhyOmitted { system } => return format!(
            "wait for the next run; if the problem remains, ask {system}'s support why the list omits \
             employees, and manually deactivate those who left"
        ),
        Remedy::Give(access) => return give(access),
        Remedy::GiveOrDeactivate { access, is_hidden } => {
            let then = if *is_hidden {
                "manually deactivate employees that should no longer be synced"
            } else {
                "if they left, deactivate them manually"
            };
            return format!("{}; {then}", give(access));
        }
        Remedy::RaiseLookups { setting, count } => return format!(
            "if so many employees left, set `{setting}` to \"{count}\" or more: a run then looks up each of \
             them, and the plan shows all departures before they are applied; remove the setting afterwards"
        ),
        Remedy::CheckAttribute { system } => return format!(
            "check this attribute of the person in {system}; map another one if it is not a plain value"
        ),
        Remedy::Setting(remedy) => return setting(remedy),
        Remedy::Personio(remedy) => return personio(remedy),
        Remedy::BambooHr(remedy) => return bamboohr(remedy),
        Remedy::YouServe(remedy) => return youserve(remedy),
    }
    .to_owned()
}

fn setting(remedy: &SettingRemedy) -> String {
    match remedy {
        SettingRemedy::CheckSecret => "run `muster check FILE`, which says why",
        SettingRemedy::CorrectName => "correct its name, or remove it",
        SettingRemedy::UseReference => {
            "give secrets by reference (`{ env = \"...\" }`), and all other settings as plain text"
        }
        SettingRemedy::WriteUrl => "write it as in `https://api.example.com`",
        SettingRemedy::WriteBareUrl => "write only scheme, host and path",
        SettingRemedy::UseHttps => "use `https://`, because secrets are sent there",
        SettingRemedy::RemoveBaseUrl => {
            "remove `base_url`; only an operator can allow other hosts, with `--any-host`"
        }
        SettingRemedy::WriteDomain => {
            "write only the first part of the address, as in `acme` of `https://acme.bamboohr.com`"
        }
        SettingRemedy::WriteCurrency => "write its code of three letters, as in `EUR`",
        SettingRemedy::MapFewer => "map fewer of them",
        SettingRemedy::UseKeyOfAttribute => "map the key of the right one instead",
        SettingRemedy::UseNumberOfField => "map the number or name of the right one instead",
        SettingRemedy::RemoveFromMapping => "remove it from the mapping",
        SettingRemedy::ConvertKey => {
            "convert a copy with `ssh-keygen -p -f KEYFILE`, which writes the OpenSSH form, and set that one"
        }
        SettingRemedy::SetPassphrase => "set its `passphrase`",
        SettingRemedy::CorrectPassphrase => "set the right `passphrase`",
        SettingRemedy::SetPrivateKey => "set the private key, which begins with `-----BEGIN`",
        SettingRemedy::SetWholeKey => "set the whole file, with its first and last line",
        SettingRemedy::SetSigningKey => {
            "set an RSA key (2048 bits or more) or an EC key (P-256 or P-384) in PEM form, as made by \
             `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072`"
        }
        SettingRemedy::SetOtherKey => "set another key",
        SettingRemedy::FillIn { help } => return help.clone(),
        SettingRemedy::FillInOrChoose { key } => return format!("fill it in, or choose another `{key}`"),
        SettingRemedy::Choose { choices } => return format!("choose one of `{}`", choices.join("`, `")),
        SettingRemedy::WriteDigits { key } => return format!("write only digits, as in `{key} = \"5000\"`"),
    }
    .to_owned()
}

fn personio(remedy: &PersonioRemedy) -> String {
    match remedy {
        PersonioRemedy::Credentials => {
            "copy Client ID and secret again from Personio, Settings > Integrations > API credentials; until \
             then each run tries them once"
        }
        PersonioRemedy::MapByKey => {
            "tick `Read` for Employees (personal data) in the credential, or map custom attributes by key \
             (`dynamic_123`)"
        }
        PersonioRemedy::GiveUnits => {
            "give the credential the right to read organisation units, or remove the field from the mapping"
        }
        PersonioRemedy::UseVersion1 { column } => return format!(
            "version 2 has only the id of `{column}`, without its name: use version 1 (`api = \"v1\"`), or \
             remove the column from the mapping"
        ),
    }
    .to_owned()
}

fn bamboohr(remedy: &BambooHrRemedy) -> String {
    match remedy {
        BambooHrRemedy::Key => {
            "check `company_domain`; if it is right, log in to BambooHR as the user who made the key, make a \
             new one under API Keys and use it instead"
        }
        BambooHrRemedy::User => {
            "in BambooHR check that the user who made the key is enabled, and that its access level \
             (Settings > Access Levels) may view the fields that the connector's page lists"
        }
        BambooHrRemedy::Domain => {
            "check `company_domain`: it is the first part of the address of your BambooHR"
        }
        BambooHrRemedy::MapByNumber => {
            "map custom fields by number; BambooHR shows it in the URL of the field's settings"
        }
        BambooHrRemedy::CompletePerson => "complete the person in BambooHR, or delete the record there",
        BambooHrRemedy::CorrectStatusRows => {
            "correct the rows of the person under Job > Employment Status in BambooHR"
        }
        BambooHrRemedy::EnterWorkAddress => {
            "enter a work address in BambooHR, or remove `homeEmail` from the mapping of `email`"
        }
    }
    .to_owned()
}

fn youserve(remedy: &YouServeRemedy) -> String {
    match remedy {
        YouServeRemedy::Credentials => {
            "copy API key and secret key again from the YouServe Developer Portal, Your Apps; until then \
             each run tries them once"
        }
        YouServeRemedy::SignedToken => {
            "check that YouServe registered the public key that belongs to `private_key`, and which form of \
             `login` it expects; until then each run tries once"
        }
        YouServeRemedy::SetClock => {
            "set the clock of this machine (NTP); signed tokens are valid for only five minutes"
        }
        YouServeRemedy::TokenQuota => {
            "YouServe allows 400 token requests a month for an application: wait, and check that no other \
             program uses the same API key and that kept tokens can be saved"
        }
        YouServeRemedy::Paths => {
            "check `base_url`; YouServe answers 404 also to plain HTTP and where an application has no access"
        }
        YouServeRemedy::Rights => {
            "ask YouServe's support whether the API application may use the IAM API, and whether `tenant` \
             must be set"
        }
        YouServeRemedy::Tenant => {
            "YouServe answers 404 also where the application may not read the data: check `tenant`, and ask \
             YouServe's support whether the application may use the IAM API"
        }
        YouServeRemedy::NoTenant => {
            "YouServe answers 404 also where the application may not read the data: check `base_url`, and \
             ask YouServe's support whether the application may use the IAM API, and whether its API key \
             reaches several tenants"
        }
        YouServeRemedy::CompleteEmployments => {
            "complete the employments in YouServe, or ask its support why they are not delivered"
        }
        YouServeRemedy::RenameCompany => "give one of the companies another short name in YouServe",
        YouServeRemedy::AskWhyNotDelivered => {
            "wait for the next run; if the problem remains, ask YouServe's support why these employees are \
             not delivered"
        }
        YouServeRemedy::EmploymentsFromRecords { otherwise } => return format!(
            "{}; if YouServe says that the application gets no employments, set `employments` to `records`: \
             then only those within the employees' records count",
            help(otherwise)
        ),
    }
    .to_owned()
}

fn give(access: &Access) -> String {
    match access {
        Access::PersonioEmployees => {
            "in Personio under Settings > Integrations > API credentials open this credential, tick `Read` \
             in the row `Employees` (personal data), and save; the credential may also have been revoked"
                .to_owned()
        }
        Access::PersonioAttribute { attribute } => format!(
            "in Personio under Settings > Integrations > API credentials open the credential, tick \
             `{attribute}` under Readable employee attributes, and save; or remove the column from the mapping"
        ),
        Access::PersonioLookup => "take `external_id` from the column `id`, and tick `Read` for Employees \
             (personal data) in the credential"
            .to_owned(),
        Access::BambooField { section, field } => format!(
            "in BambooHR under Settings > Access Levels open the access level of the user who made the key, \
             and under {section} let it view `{field}`; or remove the column from the mapping"
        ),
        Access::BambooPeople => "in BambooHR under Settings > Access Levels let the access level of the user \
             who made the key view these people again; if they have left, enter that there"
            .to_owned(),
        Access::YouServeField { field } => format!(
            "ask YouServe's support to deliver `{field}` to the IAM API for this application (IAM API, field \
             selection); or remove the column from the mapping"
        ),
        Access::YouServeExtension { key } => format!(
            "check in YouServe whether the extension `{key}` exists for employees and is delivered to the IAM \
             API; or remove the column from the mapping"
        ),
        Access::YouServeLookup => "ask YouServe's support why the application may read the list of employees \
             but nobody by id or personCode"
            .to_owned(),
        Access::YouServeMapping => {
            "take `external_id` from the column `external_id`, `id` or `personCode`".to_owned()
        }
    }
}
