//! Rows in the form in which programs get them, whoever asks. Texts are not made here: what has a text gets it from the front
//! end.

use crate::{
    GroupMoves, HistoryEntry, JobStatus, ListedJob, MembershipMove, PersonGrant, StoredGroup,
    StoredIssue, StoredOperation, StoredPlan,
};
use jiff::civil::Date;
use muster_core::{
    decide::proposal::OperationView,
    derive::smart_group::{MoveReason, written},
    model::{
        employee::Employee,
        field::Schema,
        ids::RunId,
        origin::DeliveredFile,
        response::{self, Change, Finding, Operation},
    },
};
use std::borrow::Cow;

impl HistoryEntry {
    pub fn answer(&self, schema: &Schema) -> response::HistoryEntry {
        let changes = self.changes.iter();
        response::HistoryEntry {
            run: self.run,
            at: self.at,
            kind: self.kind,
            reason: self.reason,
            changes: changes.map(|found| Change::new(found, schema)).collect(),
            file: self.file.clone(),
            line: self.origin.map(|origin| origin.line),
            integration: self.integration.clone(),
            approved_by: self.approved_by.clone(),
            by: self.by.clone(),
            corrects: self.corrects,
            note: self.note.clone(),
        }
    }
}

impl PersonGrant {
    /// The grant as it is on a day.
    pub fn answer(&self, today: Date) -> response::Grant {
        let Self {
            employee,
            who,
            grant,
        } = self;
        response::Grant {
            employee: *employee,
            external_id: who.external_id.clone(),
            name: who.name.clone(),
            kind: grant.kind,
            category: grant.category.clone(),
            amount: grant.amount,
            currency: grant.currency.clone(),
            starts: grant.span.starts,
            ends: grant.span.ends,
            state: grant.state(today),
            steps: grant.steps.clone(),
        }
    }
}

impl StoredGroup {
    pub fn answer(&self, rule: String) -> response::SmartGroup {
        response::SmartGroup {
            name: self.group.name.clone(),
            state: self.state(rule),
        }
    }

    /// The rule, which the front end words, and the number of members.
    pub fn state(&self, rule: String) -> response::GroupState {
        response::GroupState {
            members: self.members,
            rule,
            conditions: written(&self.group.conditions),
            expression: self.group.expression.clone(),
            depends_on_today: self.depends_on_today,
            evaluated_on: self.evaluated_on.clone(),
            saved: response::Saved {
                run: self.saved_run,
                at: self.saved_at,
                by: self.saved_by.clone(),
            },
        }
    }
}

/// A member of a smart group, with the run in which they joined.
pub fn member(employee: &Employee, since: RunId) -> response::GroupMember {
    response::GroupMember {
        employee: employee.id,
        external_id: employee.external_id().map(str::to_owned),
        email: employee.email().to_owned(),
        name: employee.name(),
        status: employee.status,
        since_run: since,
    }
}

impl MembershipMove {
    pub fn answer(&self) -> response::Membership {
        response::Membership {
            group: self.group.clone(),
            employee: self.employee,
            who: self.who.clone(),
            joined: self.joined,
            run: self.run,
            at: self.at,
            reason: self.reason.as_str().to_owned(),
            fields: match &self.reason {
                MoveReason::FieldChanged(fields) => fields.clone(),
                _ => Vec::new(),
            },
        }
    }
}

impl GroupMoves {
    pub fn answer(&self) -> response::GroupMoves {
        response::GroupMoves {
            name: self.name.clone(),
            is_new: self.is_new,
            is_changed: self.is_changed,
            members: self.members,
            joins: self.joins,
            leaves: self.leaves,
            undecided: self.undecided,
            first_joining: self.first_joining.clone(),
            first_leaving: self.first_leaving.clone(),
        }
    }
}

impl ListedJob {
    /// The job with the name of its workspace.
    pub fn answer(self, workspace: String) -> response::JobLine {
        let mut line = response::JobLine {
            job: self.id,
            kind: self.kind,
            workspace,
            integration: self.integration,
            slot: self.slot,
            attempt: self.attempt,
            starts: None,
            running_in: None,
            ended: None,
            result: None,
            code: None,
            run: None,
        };
        match self.status {
            JobStatus::Waiting(starts) => line.starts = Some(starts),
            JobStatus::Running { owner, .. } => line.running_in = Some(owner),
            JobStatus::Ended { at, end, code, run } => {
                (line.ended, line.result, line.code, line.run) = (Some(at), Some(end), code, run);
            }
        }
        line
    }
}

impl StoredIssue {
    /// The issue with the name of its workspace (none: the installation), in words.
    pub fn answer(
        self,
        workspace: Option<String>,
        message: String,
        help: String,
    ) -> response::IssueLine {
        response::IssueLine {
            issue: self.id,
            kind: self.detail.kind(),
            level: self.level,
            workspace,
            integration: self.integration,
            message,
            help,
            opened: self.opened,
            resolved: self.resolved,
            snoozed_until: self.snoozed_until,
            snoozed_by: self.snoozed_by,
        }
    }
}

impl StoredPlan {
    /// The plan with its findings in words.
    pub fn answer(&self, findings: Vec<Finding>) -> response::Plan {
        response::Plan {
            plan: self.id.to_string(),
            run: self.id.run,
            integration: self.integration_name.clone(),
            status: self.status.as_str().to_owned(),
            created: self.created,
            expires: self.expires,
            decided: self.decided,
            decided_by: self.decided_by.clone(),
            operations: self.operations,
            open: self.open,
            findings,
            companies: self.company_ends.clone(),
            new_groups: self.new_groups.clone(),
        }
    }
}

impl StoredOperation {
    /// The operation in the form of one that was not stored yet.
    pub fn view(&self) -> OperationView<'_> {
        let operation = &self.operation;
        OperationView {
            number: u32::try_from(self.number).unwrap_or(u32::MAX),
            kind: operation.kind,
            employee: operation.employee,
            revision: operation.revision,
            origin: operation.origin,
            reason: operation.reason,
            status: None,
            who: Cow::Borrowed(&operation.who),
            changes: Cow::Borrowed(&operation.changes),
            held: operation.held,
            fingerprint: operation.fingerprint,
            takes_ownership: operation.takes_ownership,
        }
    }

    pub fn answer(&self, schema: &Schema, files: &[DeliveredFile]) -> Operation {
        Operation {
            decision: Some(self.decision.as_str().to_owned()),
            ..Operation::new(&self.view(), schema, files)
        }
    }
}
