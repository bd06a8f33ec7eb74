//! What is passed to a statement: values in the order of its parameters.

use crate::db::error::DbError;
use rusqlite::types::ToSql;

/// Takes the values of a statement; the first parameter is 1.
pub(crate) trait Binder {
    fn bind(&mut self, number: usize, value: &(impl ToSql + ?Sized)) -> Result<(), DbError>;
}

/// The values of all parameters of a statement.
pub(crate) trait Params {
    /// Returns the number of values.
    fn bind_to(self, binder: &mut impl Binder) -> Result<usize, DbError>;
}

/// Fails unless every parameter has a value.
pub(super) fn check(values: usize, parameters: usize) -> Result<(), DbError> {
    match values == parameters {
        true => Ok(()),
        false => Err(rusqlite::Error::InvalidParameterCount(values, parameters).into()),
    }
}

/// No values.
impl Params for [i64; 0] {
    fn bind_to(self, _: &mut impl Binder) -> Result<usize, DbError> {
        Ok(0)
    }
}

impl Params for &[&dyn ToSql] {
    fn bind_to(self, binder: &mut impl Binder) -> Result<usize, DbError> {
        params_from_iter(self).bind_to(binder)
    }
}

/// Values from an iterator.
pub(crate) struct ParamsFromIter<I>(I);

pub(crate) fn params_from_iter<I>(values: I) -> ParamsFromIter<I::IntoIter>
where
    I: IntoIterator<Item: ToSql>,
{
    ParamsFromIter(values.into_iter())
}

impl<I: Iterator<Item: ToSql>> Params for ParamsFromIter<I> {
    fn bind_to(self, binder: &mut impl Binder) -> Result<usize, DbError> {
        let mut count = 0;
        for value in self.0 {
            count += 1;
            binder.bind(count, &value)?;
        }
        Ok(count)
    }
}

macro_rules! arrays {
    ($($length:literal)*) => {$(
        impl<T: ToSql> Params for [T; $length] {
            fn bind_to(self, binder: &mut impl Binder) -> Result<usize, DbError> {
                params_from_iter(self).bind_to(binder)
            }
        }
    )*};
}

arrays!(1 2 3 4 5 6);

macro_rules! tuples {
    ($($name:ident)*) => {
        impl<$($name: ToSql),*> Params for ($($name,)*) {
            #[allow(non_snake_case, reason = "a type parameter names its value")]
            fn bind_to(self, binder: &mut impl Binder) -> Result<usize, DbError> {
                let ($($name,)*) = self;
                let mut number = 0;
                $(
                    number += 1;
                    binder.bind(number, &$name)?;
                )*
                Ok(number)
            }
        }
    };
}

tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);
tuples!(A B C D E F G);
tuples!(A B C D E F G H);
tuples!(A B C D E F G H I);
tuples!(A B C D E F G H I J);
tuples!(A B C D E F G H I J K);
tuples!(A B C D E F G H I J K L);
tuples!(A B C D E F G H I J K L M);
tuples!(A B C D E F G H I J K L M N);
tuples!(A B C D E F G H I J K L M N O);
tuples!(A B C D E F G H I J K L M N O P);
