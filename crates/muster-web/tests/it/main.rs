//! The pages as a browser gets them, over an in-memory database.

mod accounts;
mod frame;
mod rights;
mod site;
