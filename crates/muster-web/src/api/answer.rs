//! Answers that have a text: the sentences are those of the command line.

use crate::state::Sentences;
use muster_core::{
    decide::guard,
    model::{
        origin::DeliveredFile,
        problem,
        response::{ErrorAnswer, Finding, Problem, Run},
        run,
    },
};

impl Sentences {
    pub(crate) fn problem_answer(
        self,
        found: &problem::Problem,
        files: &[DeliveredFile],
    ) -> Problem {
        let said = (self.problem)(found);
        Problem::new(found, files, said.message, said.help)
    }

    pub(crate) fn finding_answer(self, found: &guard::Finding) -> Finding {
        let said = (self.finding)(found);
        Finding::new(found, said.message, said.help)
    }

    pub(crate) fn run_answer(self, stored: &run::Run) -> Run {
        let mut answer = Run::from(stored);
        if let Some(problem) = &stored.problem {
            let said = (self.problem)(problem);
            answer.error = Some(ErrorAnswer {
                code: Some(problem.code),
                message: said.message,
                help: said.help,
            });
        }
        answer
    }
}
