//! The forms of answers.
