//! What settings leave open is filled in from a preset, or from the defaults of a connector.

use super::raw::RawSettings;
use std::collections::BTreeMap;

macro_rules! fill_from_preset {
    ($mine:expr, $preset:expr, $($field:ident),+ $(,)?) => {
        $( if $mine.$field.is_none() { $mine.$field = $preset.$field.clone(); } )+
    };
}

impl RawSettings {
    /// Fills in what the file leaves open from its preset. A field's mapping is taken from one of the two.
    pub fn fill_in(&mut self, preset: &RawSettings) {
        fill_from_preset!(
            self.source,
            preset.source,
            url,
            pattern,
            delimiter,
            encoding,
            header,
            trailer,
            settle,
            after
        );
        fill_from_preset!(
            self.policy,
            preset.policy,
            match_by,
            id_prefix,
            missing,
            missing_runs,
            coverage,
            deselected,
            email_change
        );
        fill_from_preset!(
            self.policy,
            preset.policy,
            unknown_group,
            blank,
            invalid_value,
            no_date,
            approve,
            on_guard
        );
        fill_from_preset!(
            self,
            preset,
            select,
            create_fields,
            schedule,
            blackouts,
            overlap,
            catch_up
        );
        let own = self.mapping.take();
        let mut presets = preset.mapping.clone();
        // A manager is named in one way.
        let is_own = |key: &str| own.as_ref().is_some_and(|own| own.contains_key(key));
        if let Some(presets) = presets.as_mut().filter(|_| is_own("manager_email")) {
            presets.remove("manager_external_id");
        }
        self.mapping = merged(presets, own);
        let known = preset.mapping.as_ref();
        if let Some(mapping) = &mut self.mapping {
            mapping.retain(|key, field| {
                !(field.0.left_out && known.is_some_and(|known| known.contains_key(key)))
            });
        }
        let own = self.fields.take();
        self.fields = merged(preset.fields.clone(), own);
    }

    /// Takes what this file does not say from a connector's defaults. Their rules (who is employed) stay in force
    /// beside the file's own.
    pub fn fill_in_beside(&mut self, defaults: &RawSettings) {
        let own = self.select.take();
        self.fill_in(defaults);
        let rules = defaults
            .select
            .iter()
            .chain(&own)
            .flatten()
            .cloned()
            .collect::<Vec<_>>();
        self.select = (!rules.is_empty()).then_some(rules);
    }
}

fn merged<T>(
    preset: Option<BTreeMap<String, T>>,
    own: Option<BTreeMap<String, T>>,
) -> Option<BTreeMap<String, T>> {
    let mut merged = preset.unwrap_or_default();
    merged.extend(own.unwrap_or_default());
    (!merged.is_empty()).then_some(merged)
}
