//! Arrow record batches → rows and their responses.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::UInt64Type;
use arrow_array::{Array, ArrayRef, BooleanArray, RecordBatch, UInt64Array};
use arrow_buffer::NullBuffer;
use arrow_cast::cast;
use arrow_schema::DataType;

use super::column::{Column, bounds, says_nothing, written};
use super::{Fault, Row, nested};
use crate::fields::{Fields, ROLES, Role};
use crate::json::Kind;

/// The columns of a batch by role.
pub(crate) struct Columns {
    by_role: [Option<Column>; ROLES],
    /// Columns of a role that has a better known one with nulls, by role and rank.
    beside: Vec<(Role, u8, Column)>,
    /// How well the name of the responses is known.
    response: u8,
    /// Counts by how well their names are known: of each row the first that there is.
    tokens: [Vec<UInt64Array>; 2],
    rows: usize,
}

/// Which columns of a file are read.
pub(crate) fn wanted(fields: &Fields, name: &str) -> bool {
    fields.meaning(name).is_some()
        || fields.nested().iter().any(|nested| nested.first == name)
        || FLAT.contains(&name)
        || PARAMS.contains(&name)
}

/// The columns in which our own Parquet files hold what is an object in a sample log: whether
/// there are parameters, and what went wrong; and the parameters.
const FLAT: [&str; 2] = ["has_params", "error_message"];
const PARAMS: [&str; 3] = ["temperature", "top_p", "max_tokens"];

/// The parameters of a sample log that was written as Parquet.
fn flat_params(batch: &RecordBatch, has: &BooleanArray) -> Column {
    let columns: Vec<_> =
        PARAMS.iter().filter_map(|&name| Some((name, batch.column_by_name(name)?))).collect();
    let object = |row| -> serde_json::Map<String, serde_json::Value> {
        let pairs = columns.iter();
        pairs
            .filter_map(|(name, column)| Some(((*name).to_owned(), written(column, row)?)))
            .collect()
    };
    let rows = (0..batch.num_rows()).map(|row| {
        (has.is_valid(row) && has.value(row))
            .then(|| serde_json::Value::Object(object(row)).to_string())
    });
    Column::Written(rows.collect(), Kind::Object)
}

impl Columns {
    pub(crate) fn of(batch: &RecordBatch, fields: &Fields) -> Self {
        let mut best: [Option<(u8, ArrayRef)>; ROLES] = std::array::from_fn(|_| None);
        for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
            let Some((role, rank)) = fields.meaning(field.name()) else { continue };
            let known = best[role as usize].as_ref();
            let better = |(held, other): &(u8, ArrayRef)| {
                (says_nothing(column), rank) < (says_nothing(other), *held)
            };
            if known.is_none_or(better) {
                best[role as usize] = Some((rank, Arc::clone(column)));
            }
        }
        for way in fields.nested() {
            let first = batch.column_by_name(&way.first);
            let found = || Some((0, nested::column(first?, &way.rest)?));
            let known = &mut best[way.role as usize];
            *known = known.take().or_else(found);
        }
        let response = best[Role::Response as usize].as_ref().map_or(0, |(rank, _)| *rank);
        let beside = beside(batch, fields, &best);
        let mut tokens = [Role::PromptTokens, Role::CompletionTokens].map(|role| {
            let beside = best[role as usize].take().and_then(|(_, column)| counts(&column));
            beside.map(|column| (u8::MAX, column)).into_iter().collect::<Vec<_>>()
        });
        if let Some((_, usage)) = best[Role::Usage as usize].take()
            && let Some(usage) = usage.as_struct_opt()
        {
            for (name, column) in usage.column_names().iter().zip(usage.columns()) {
                // What stands under a null says nothing.
                let counts = || {
                    let (_, counts, nulls) = counts(column)?.into_parts();
                    let nulls = NullBuffer::union(nulls.as_ref(), usage.nulls());
                    Some(UInt64Array::new(counts, nulls))
                };
                let (at, rank) = match fields.meaning(name) {
                    Some((Role::PromptTokens, rank)) => (0, rank),
                    Some((Role::CompletionTokens, rank)) => (1, rank),
                    _ => continue,
                };
                tokens[at].extend(counts().map(|column| (rank, column)));
            }
        }
        let tokens = tokens.map(|mut known| {
            known.sort_by_key(|(rank, _)| *rank);
            known.into_iter().map(|(_, column)| column).collect()
        });
        let mut roles = Role::ALL.into_iter();
        let mut by_role = best.map(|found| {
            let role = roles.next()?;
            found.map(|(_, column)| Column::of(&column, role))
        });
        if let Some(has) = batch.column_by_name(FLAT[0]).and_then(|has| has.as_boolean_opt()) {
            by_role[Role::Params as usize].get_or_insert_with(|| flat_params(batch, has));
            let error = batch.column_by_name(FLAT[1]);
            let error = error.map(Column::present);
            let known = &mut by_role[Role::Error as usize];
            *known = known.take().or(error);
        }
        Self { by_role, beside, response, tokens, rows: batch.num_rows() }
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    pub(crate) fn tokens(&self, row: usize) -> Option<[u64; 2]> {
        let at = |columns: &Vec<UInt64Array>| {
            columns.iter().find(|column| column.is_valid(row)).map(|column| column.value(row))
        };
        let counted = [at(&self.tokens[0]), at(&self.tokens[1])];
        counted.iter().any(Option::is_some).then(|| counted.map(Option::unwrap_or_default))
    }

    /// Fills `row` with what its columns say, lists of responses left out.
    pub(crate) fn fill<'a>(&'a self, at: usize, row: &mut Row<'a>) -> Result<(), Fault> {
        row.clear();
        for (role, column) in Role::ALL.into_iter().zip(&self.by_role) {
            let Some(column) = column else { continue };
            if matches!(column, Column::Wrong) {
                return Err(Fault::Type(role));
            }
            let rank = if role == Role::Response { self.response } else { 0 };
            row.set((role, rank), column.value(at).unwrap_or_default());
        }
        for (role, rank, column) in &self.beside {
            if row.value(*role).kind == Kind::Null {
                row.set((*role, *rank), column.value(at).unwrap_or_default());
            }
        }
        Ok(())
    }

    /// The texts of a list of responses or of reasons why they ended.
    pub(crate) fn list(&self, role: Role, row: usize) -> Option<Vec<Option<&str>>> {
        let Some(Column::Lists(lists, texts)) = &self.by_role[role as usize] else { return None };
        let (from, to) = bounds(lists, row).unwrap_or_default();
        Some((from..to).map(|at| texts.at(at)).collect())
    }
}

/// The columns that have the word where the best of their role is null; none of lists, nor of
/// tokens, which know their own.
fn beside(
    batch: &RecordBatch,
    fields: &Fields,
    best: &[Option<(u8, ArrayRef)>; ROLES],
) -> Vec<(Role, u8, Column)> {
    let mut found = Vec::new();
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        let Some((role, rank)) = fields.meaning(field.name()) else { continue };
        let tokens = matches!(role, Role::Usage | Role::PromptTokens | Role::CompletionTokens);
        let open = best[role as usize]
            .as_ref()
            .is_some_and(|(_, held)| !Arc::ptr_eq(held, column) && held.logical_null_count() > 0);
        if tokens || !open || says_nothing(column) {
            continue;
        }
        let column = Column::of(column, role);
        if !matches!(column, Column::Lists(..) | Column::Wrong) {
            found.push((role, rank, column));
        }
    }
    found.sort_by_key(|(role, rank, _)| (*role as usize, *rank));
    found
}

fn counts(column: &ArrayRef) -> Option<UInt64Array> {
    Some(cast(column, &DataType::UInt64).ok()?.as_primitive::<UInt64Type>().clone())
}
