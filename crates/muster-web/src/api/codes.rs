//! What codes mean: the address of each is the type of its problems.

use crate::{
    api::{
        endpoint::{Answered, Call, NoBody, NoQuery, Operation, Sent},
        problem::ApiProblem,
    },
    routes::Right,
};
use muster_core::model::code;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) struct Show;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct CodePath {
    code: String,
}

/// A code with its meaning.
#[derive(Serialize, JsonSchema)]
pub(crate) struct CodeMeaning {
    code: &'static str,
    meaning: &'static str,
}

impl Operation for Show {
    const PATH: &'static str = "/api/v1/codes/{code}";
    const RIGHT: Right = Right::SignedIn;
    const NAME: &'static str = "get_code";
    const SUMMARY: &'static str = "What a code of a problem means";
    type Path = CodePath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = CodeMeaning;

    fn perform(_: &Call, sent: Sent<Self>) -> Result<Answered<CodeMeaning>, ApiProblem> {
        let found = code::Code::parse(&sent.path.code).ok_or_else(ApiProblem::not_found)?;
        Ok(CodeMeaning {
            code: found.as_str(),
            meaning: found.meaning(),
        }
        .into())
    }
}
