//! Every endpoint of the API. What is not in the list does not exist.

use super::{
    changes, codes, companies, employees, endpoint::Endpoint, groups, integrations, jobs, openapi,
    plans, runs, workspaces,
};

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    Endpoint::of::<openapi::Show>(),
    Endpoint::of::<codes::Show>(),
    Endpoint::of::<workspaces::List>(),
    Endpoint::of::<workspaces::Show>(),
    Endpoint::of::<integrations::List>(),
    Endpoint::of::<integrations::Show>(),
    Endpoint::of::<integrations::Settings>(),
    Endpoint::of::<integrations::History>(),
    Endpoint::of::<runs::List>(),
    Endpoint::of::<runs::Show>(),
    Endpoint::of::<runs::Problems>(),
    Endpoint::of::<runs::Changes>(),
    Endpoint::of::<plans::List>(),
    Endpoint::of::<plans::Show>(),
    Endpoint::of::<plans::Causes>(),
    Endpoint::of::<plans::Operations>(),
    Endpoint::of::<employees::List>(),
    Endpoint::of::<employees::Show>(),
    Endpoint::of::<employees::History>(),
    Endpoint::of::<employees::Explain>(),
    Endpoint::of::<changes::Feed>(),
    Endpoint::of::<groups::List>(),
    Endpoint::of::<groups::Show>(),
    Endpoint::of::<groups::Fields>(),
    Endpoint::of::<groups::Pins>(),
    Endpoint::of::<companies::List>(),
    Endpoint::of::<companies::Grants>(),
    Endpoint::of::<companies::Due>(),
    Endpoint::of::<jobs::List>(),
    Endpoint::of::<jobs::Show>(),
];
