//! Employees and everything that a workspace has beside them: fields, groups, budgets, companies.

pub(crate) mod budget;
pub(crate) mod change_feed;
pub(crate) mod changes;
pub(crate) mod changes_page;
pub(crate) mod company;
pub(crate) mod custom_field;
pub(crate) mod employee;
mod evidence;
mod expected;
pub(crate) mod field_reference;
pub(crate) mod head_count;
pub(crate) mod history;
pub(crate) mod integration;
pub(crate) mod integration_draft;
pub(crate) mod integration_list;
pub(crate) mod integration_settings;
mod organisation;
pub(crate) mod people_page;
pub(crate) mod pin;
mod protect;
pub(crate) mod roster;
pub(crate) mod rules;
pub(crate) mod smart_group;
pub(crate) mod start_note;
pub(crate) mod workspace;
pub(crate) mod workspace_deletion;
pub(crate) mod workspace_list;
