//! Servers and data for tests. Nothing here is part of the product.

pub mod openssh;
pub mod people;
