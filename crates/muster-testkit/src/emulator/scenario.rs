//! Scenarios: what an emulator can be made to do wrong, how often and where; and which of them a request meets.

use serde::{Deserialize, Serialize};

/// Which requests a scenario concerns unless it is switched on for a path.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Requests for data.
    Data,
    /// Requests for data that go on where an earlier one ended.
    Later,
    /// Requests for a token.
    Token,
    Both,
    /// New connections.
    Connection,
    /// Nothing to switch: the emulator does so in any case, as the provider does.
    Always,
}

/// Something an emulator can be made to do.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Scenario {
    /// Number in the provider's menu.
    pub menu: u8,
    /// Name, in kebab-case.
    pub name: &'static str,
    pub about: &'static str,
    /// Which requests it concerns.
    pub scope: Scope,
    /// How many such requests go well before.
    pub after: u64,
    /// How many are hit; none: all until it is switched off.
    pub times: Option<u64>,
}

/// A scenario of data requests that stays on.
pub(crate) const fn scenario(menu: u8, name: &'static str, about: &'static str) -> Scenario {
    Scenario {
        menu,
        name,
        about,
        scope: Scope::Data,
        after: 0,
        times: None,
    }
}

impl Scenario {
    pub(crate) const fn scope(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    pub(crate) const fn always(self) -> Self {
        self.scope(Scope::Always)
    }

    pub(crate) const fn later(self) -> Self {
        self.scope(Scope::Later)
    }

    pub(crate) const fn token(self) -> Self {
        self.scope(Scope::Token)
    }

    pub(crate) const fn after(mut self, after: u64) -> Self {
        self.after = after;
        self
    }

    pub(crate) const fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    /// The same under another provider's number.
    pub(crate) const fn menu(mut self, menu: u8) -> Self {
        self.menu = menu;
        self
    }
}

/// A scenario as it is asked for: by name, and where it shall differ from its listing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Switch {
    pub name: String,
    /// How many requests go well before.
    pub after: Option<u64>,
    /// How many are hit.
    pub times: Option<u64>,
    /// Only requests whose path starts so.
    pub on: Option<String>,
}

impl Switch {
    /// As listed.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }

    /// Reads `name`, or `name,after=6,times=3,on=/v1/company`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = text.split(',');
        let mut switch = Self::new(parts.next().unwrap_or_default().trim());
        for part in parts {
            let (key, value) = part
                .split_once('=')
                .ok_or_else(|| format!("`{part}` is not `key=value`"))?;
            let number = || {
                value
                    .parse::<u64>()
                    .map_err(|_| format!("`{value}` is not a whole number"))
            };
            match key.trim() {
                "after" => switch.after = Some(number()?),
                "times" => switch.times = Some(number()?),
                "on" => switch.on = Some(value.to_owned()),
                other => return Err(format!("`{other}` is none of after, times, on")),
            }
        }
        Ok(switch)
    }

    /// Hits so many requests.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    /// Lets so many requests go well before.
    #[must_use]
    pub fn after(mut self, after: u64) -> Self {
        self.after = Some(after);
        self
    }

    /// Only requests whose path starts so.
    #[must_use]
    pub fn on(mut self, path: &str) -> Self {
        self.on = Some(path.to_owned());
        self
    }
}

/// The scenarios that are on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stage {
    running: Vec<Running>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Running {
    name: &'static str,
    scope: Scope,
    on: Option<String>,
    after: u64,
    left: Option<u64>,
}

impl Stage {
    /// Switches one on; `plain` switches all off, `times = 0` switches that one off.
    pub(crate) fn switch(&mut self, list: &[Scenario], switch: &Switch) -> Result<(), String> {
        if switch.name == "plain" {
            self.running.clear();
            return Ok(());
        }
        let found = list.iter().find(|scenario| scenario.name == switch.name);
        let scenario = found
            .ok_or_else(|| format!("there is no scenario `{}`; --list names all", switch.name))?;
        self.running.retain(|running| running.name != scenario.name);
        let left = switch.times.or(scenario.times);
        if left != Some(0) && scenario.scope != Scope::Always {
            let after = switch.after.unwrap_or(scenario.after);
            self.running.push(Running {
                name: scenario.name,
                scope: scenario.scope,
                on: switch.on.clone(),
                after,
                left,
            });
        }
        Ok(())
    }

    /// The scenarios that a request meets; those with a number of times are counted down.
    pub(crate) fn meet(&mut self, scope: Scope, path: &str) -> Firing {
        let mut firing = Vec::new();
        for running in &mut self.running {
            let concerned = match &running.on {
                Some(start) => scope != Scope::Connection && path.starts_with(start.as_str()),
                None => match running.scope {
                    Scope::Both => scope != Scope::Connection,
                    Scope::Data => matches!(scope, Scope::Data | Scope::Later),
                    other => other == scope,
                },
            };
            if !concerned || running.left == Some(0) {
                continue;
            }
            if running.after > 0 {
                running.after -= 1;
                continue;
            }
            running.left = running.left.map(|left| left - 1);
            firing.push(running.name);
        }
        Firing(firing)
    }

    pub(crate) fn running(&self) -> &[Running] {
        &self.running
    }
}

/// Scenarios that one request meets.
#[derive(Clone, Debug, Default)]
pub(crate) struct Firing(pub(crate) Vec<&'static str>);

impl Firing {
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains(&name)
    }

    /// The same but for one.
    pub(crate) fn without(&self, name: &str) -> Self {
        Self(
            self.0
                .iter()
                .copied()
                .filter(|known| *known != name)
                .collect(),
        )
    }

    /// The first of those that start so, without the start.
    pub(crate) fn starting(&self, start: &str) -> Option<&'static str> {
        self.0.iter().find_map(|name| name.strip_prefix(start))
    }
}
