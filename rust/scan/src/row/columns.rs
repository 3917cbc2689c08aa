//! Arrow record batches → rows and their responses.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, UInt64Type};
use arrow_array::{Array, ArrayRef, LargeStringArray, RecordBatch, StringArray, StringViewArray};
use arrow_array::{BooleanArray, Int64Array, UInt64Array};
use arrow_buffer::NullBuffer;
use arrow_cast::cast;
use arrow_schema::DataType;

use super::{Fault, Row, nested};
use crate::fields::{Fields, ROLES, Role};
use crate::json::{Kind, Value};

/// A column of texts in one of Arrow's layouts.
#[derive(Clone)]
pub(crate) enum Texts {
    Narrow(StringArray),
    Wide(LargeStringArray),
    View(StringViewArray),
}

impl Texts {
    fn of(column: &ArrayRef) -> Option<Self> {
        match column.data_type() {
            DataType::Utf8 => Some(Self::Narrow(column.as_string().clone())),
            DataType::LargeUtf8 => Some(Self::Wide(column.as_string().clone())),
            DataType::Utf8View => Some(Self::View(column.as_string_view().clone())),
            DataType::Dictionary(_, values) if is_text(values) => {
                Self::of(&cast(column, &DataType::LargeUtf8).ok()?)
            }
            DataType::Null => Self::of(&cast(column, &DataType::Utf8).ok()?),
            _ => None,
        }
    }

    pub(crate) fn at(&self, row: usize) -> Option<&str> {
        match self {
            Self::Narrow(texts) => texts.is_valid(row).then(|| texts.value(row)),
            Self::Wide(texts) => texts.is_valid(row).then(|| texts.value(row)),
            Self::View(texts) => texts.is_valid(row).then(|| texts.value(row)),
        }
    }
}

fn is_text(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

/// A column as its role reads it.
enum Column {
    Texts(Texts),
    /// Whole numbers and how they are written.
    Numbers(StringArray),
    /// JSON of structs and lists, written out.
    Written(Vec<Option<String>>, Kind),
    /// Lists of texts: where each row's begin.
    Lists(ArrayRef, Texts),
    /// Whether there is anything.
    Present(ArrayRef),
    /// A type that its role cannot have.
    Wrong,
}

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

/// Whether a column is null throughout.
fn says_nothing(column: &ArrayRef) -> bool {
    column.logical_null_count() == column.len()
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
            let error = error.map(|column| Column::Present(Arc::clone(column)));
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

/// Where the entries of a list lie.
fn bounds(lists: &ArrayRef, row: usize) -> Option<(usize, usize)> {
    if !lists.is_valid(row) {
        return None;
    }
    if let Some(lists) = lists.as_list_opt::<i32>() {
        let at = |row: usize| usize::try_from(lists.value_offsets()[row]).ok();
        return at(row).zip(at(row + 1));
    }
    let lists = lists.as_list_opt::<i64>()?;
    let at = |row: usize| usize::try_from(lists.value_offsets()[row]).ok();
    at(row).zip(at(row + 1))
}

fn counts(column: &ArrayRef) -> Option<UInt64Array> {
    Some(cast(column, &DataType::UInt64).ok()?.as_primitive::<UInt64Type>().clone())
}

fn whole(column: &ArrayRef) -> Option<Int64Array> {
    column.data_type().is_integer().then_some(())?;
    Some(cast(column, &DataType::Int64).ok()?.as_primitive::<Int64Type>().clone())
}

/// Numbers as pandas holds whole ones beside missing ones, which are NaN.
fn floats(column: &ArrayRef) -> Option<StringArray> {
    let numbers = cast(column, &DataType::Float64).ok()?;
    let numbers = numbers.as_primitive::<Float64Type>().iter();
    let there = numbers.map(|number| number.filter(|number| !number.is_nan()));
    Some(there.map(|number| number.map(|number| number.to_string())).collect())
}

impl Column {
    fn of(column: &ArrayRef, role: Role) -> Self {
        Self::known(column, role).unwrap_or(Self::Wrong)
    }

    /// What it says in a row; nothing where that is null.
    fn value(&self, at: usize) -> Option<Value<'_>> {
        match self {
            Self::Texts(texts) => texts.at(at).map(|raw| Value { kind: Kind::String(false), raw }),
            Self::Numbers(written) => {
                let raw = written.is_valid(at).then(|| written.value(at));
                raw.map(|raw| Value { kind: Kind::Number, raw })
            }
            Self::Written(written, kind) => {
                written[at].as_deref().map(|raw| Value { kind: *kind, raw })
            }
            // A list that is null is one without entries.
            Self::Lists(..) => Some(Value { kind: Kind::Array, raw: "[]" }),
            Self::Present(column) => {
                column.is_valid(at).then_some(Value { kind: Kind::True, raw: "true" })
            }
            Self::Wrong => None,
        }
    }

    fn known(column: &ArrayRef, role: Role) -> Option<Self> {
        match role {
            Role::Error => Some(Self::Present(Arc::clone(column))),
            Role::Index | Role::PoolIndex if column.data_type().is_floating() => {
                floats(column).map(Self::Numbers)
            }
            Role::Index | Role::PoolIndex => Some(Self::Numbers(
                cast(&whole(column)?, &DataType::Utf8).ok()?.as_string().clone(),
            )),
            Role::Params => Some(Self::written(column, Kind::Object)),
            Role::Choices => Some(Self::written(column, Kind::Array)),
            Role::Response | Role::Finish => {
                Texts::of(column).map(Self::Texts).or_else(|| Self::lists(column))
            }
            Role::Problem | Role::Reference | Role::Question => {
                let written = || Some(cast(column, &DataType::Utf8).ok()?.as_string().clone());
                let number = column.data_type().is_numeric();
                Texts::of(column)
                    .map(Self::Texts)
                    .or_else(|| if number { written().map(Self::Numbers) } else { None })
            }
            _ => Texts::of(column).map(Self::Texts),
        }
    }

    fn lists(column: &ArrayRef) -> Option<Self> {
        let (column, values) = match column.data_type() {
            DataType::List(_) => (Arc::clone(column), Arc::clone(column.as_list::<i32>().values())),
            DataType::LargeList(_) => {
                (Arc::clone(column), Arc::clone(column.as_list::<i64>().values()))
            }
            DataType::FixedSizeList(field, _) | DataType::ListView(field) => {
                let lists = cast(column, &DataType::LargeList(Arc::clone(field))).ok()?;
                let values = Arc::clone(lists.as_list::<i64>().values());
                (lists, values)
            }
            _ => return None,
        };
        Some(Self::Lists(column, Texts::of(&values)?))
    }

    /// Structs and lists as JSON; texts that hold JSON as they are.
    fn written(column: &ArrayRef, kind: Kind) -> Self {
        if let Some(texts) = Texts::of(column) {
            let checked = |row| texts.at(row).filter(|text| json_of(text, kind)).map(str::to_owned);
            return Self::Written((0..column.len()).map(checked).collect(), kind);
        }
        let rows = (0..column.len()).map(|row| {
            column.is_valid(row).then(|| written(column, row).map(|value| value.to_string()))?
        });
        Self::Written(rows.collect(), kind)
    }
}

fn json_of(text: &str, kind: Kind) -> bool {
    let value: Result<serde_json::Value, _> = serde_json::from_str(text);
    value.is_ok_and(|value| match kind {
        Kind::Array => value.is_array(),
        _ => value.is_object(),
    })
}

/// One value as JSON; what has no place in parameters or options is left out.
fn written(column: &ArrayRef, row: usize) -> Option<serde_json::Value> {
    if !column.is_valid(row) {
        return Some(serde_json::Value::Null);
    }
    if let Some(fields) = column.as_struct_opt() {
        let pairs = fields.column_names().into_iter().zip(fields.columns());
        let written =
            pairs.filter_map(|(name, column)| Some((name.to_owned(), written(column, row)?)));
        return Some(serde_json::Value::Object(written.collect()));
    }
    if let Some((from, to)) = bounds(column, row) {
        let values = match column.data_type() {
            DataType::List(_) => column.as_list::<i32>().values(),
            _ => column.as_list::<i64>().values(),
        };
        return (from..to)
            .map(|at| written(values, at))
            .collect::<Option<Vec<_>>>()
            .map(Into::into);
    }
    if let Some(texts) = Texts::of(column) {
        return texts.at(row).map(|text| Cow::Borrowed(text).into());
    }
    let text = cast(&column.slice(row, 1), &DataType::Utf8).ok()?;
    serde_json::from_str(text.as_string::<i32>().value(0)).ok()
}
