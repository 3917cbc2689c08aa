//! One column of an Arrow record batch, read as its role wants it.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Int64Array, LargeStringArray, StringArray, StringViewArray,
};
use arrow_cast::cast;
use arrow_schema::DataType;

use crate::fields::Role;
use crate::json::{Kind, Value};

/// A column of texts in one of Arrow's layouts.
#[derive(Clone)]
pub(super) enum Texts {
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

    pub(super) fn at(&self, row: usize) -> Option<&str> {
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
pub(super) enum Column {
    Texts(Texts),
    /// Whole numbers and how they are written.
    Numbers(StringArray),
    /// JSON of structs and lists, written out.
    Written(Vec<Option<String>>, Kind),
    /// Lists of texts: where each row's begin.
    Lists(ArrayRef, Texts),
    /// Whether there is anything that tells of something.
    Present(BooleanArray),
    /// A type that its role cannot have.
    Wrong,
}

/// Whether a column is null throughout.
pub(super) fn says_nothing(column: &ArrayRef) -> bool {
    column.logical_null_count() == column.len()
}

/// Where the entries of a list lie.
pub(super) fn bounds(lists: &ArrayRef, row: usize) -> Option<(usize, usize)> {
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

fn whole(column: &ArrayRef) -> Option<Int64Array> {
    column.data_type().is_integer().then_some(())?;
    Some(cast(column, &DataType::Int64).ok()?.as_primitive::<Int64Type>().clone())
}

/// Numbers as pandas holds whole ones beside missing ones, which are NaN: `3`, not `3.0`.
fn floats(column: &ArrayRef) -> Option<StringArray> {
    let numbers = cast(column, &DataType::Float64).ok()?;
    let numbers = numbers.as_primitive::<Float64Type>().iter();
    let there = numbers.map(|number| number.filter(|number| !number.is_nan()));
    Some(there.map(|number| number.map(|number| number.to_string())).collect())
}

impl Column {
    pub(super) fn of(column: &ArrayRef, role: Role) -> Self {
        Self::known(column, role).unwrap_or(Self::Wrong)
    }

    /// What it says in a row; nothing where that is null.
    pub(super) fn value(&self, at: usize) -> Option<Value<'_>> {
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
            Self::Present(told) => {
                told.value(at).then_some(Value { kind: Kind::True, raw: "true" })
            }
            Self::Wrong => None,
        }
    }

    fn known(column: &ArrayRef, role: Role) -> Option<Self> {
        // What writers make of a column without any value; it has no validity of its own.
        if column.data_type().is_null() {
            return Texts::of(column).map(Self::Texts);
        }
        match role {
            Role::Error => Some(Self::present(column)),
            Role::Index | Role::PoolIndex if column.data_type().is_floating() => {
                floats(column).map(Self::Numbers)
            }
            Role::Index | Role::PoolIndex => Some(Self::Numbers(
                cast(&whole(column)?, &DataType::Utf8).ok()?.as_string().clone(),
            )),
            Role::Params => Self::written(column, Kind::Object),
            Role::Choices => Self::written(column, Kind::Array),
            Role::Response | Role::Finish => {
                Texts::of(column).map(Self::Texts).or_else(|| Self::lists(column))
            }
            Role::Problem | Role::Reference | Role::Question => {
                let written = || Some(cast(column, &DataType::Utf8).ok()?.as_string().clone());
                let texts = Texts::of(column).map(Self::Texts);
                texts.or_else(|| match column.data_type() {
                    kind if kind.is_floating() && role == Role::Problem => {
                        floats(column).map(Self::Numbers)
                    }
                    kind if kind.is_numeric() => written().map(Self::Numbers),
                    _ => None,
                })
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
            DataType::FixedSizeList(field, _)
            | DataType::ListView(field)
            | DataType::LargeListView(field) => {
                let lists = cast(column, &DataType::LargeList(Arc::clone(field))).ok()?;
                let values = Arc::clone(lists.as_list::<i64>().values());
                (lists, values)
            }
            _ => return None,
        };
        Some(Self::Lists(column, Texts::of(&values)?))
    }

    /// Structs, maps and lists as JSON; texts that hold JSON of this kind as they are.
    fn written(column: &ArrayRef, kind: Kind) -> Option<Self> {
        if let Some(texts) = Texts::of(column) {
            let checked = |row| texts.at(row).filter(|text| json_of(text, kind)).map(str::to_owned);
            return Some(Self::Written((0..column.len()).map(checked).collect(), kind));
        }
        let kind = match column.data_type() {
            DataType::Struct(_) | DataType::Map(..) => Kind::Object,
            kind if kind.is_list() => Kind::Array,
            _ => return None,
        };
        let rows = (0..column.len()).map(|row| {
            column.is_valid(row).then(|| written(column, row).map(|value| value.to_string()))?
        });
        Some(Self::Written(rows.collect(), kind))
    }

    /// Where there is a value, and not one that says no: an empty text, false, 0, an empty list.
    pub(super) fn present(column: &ArrayRef) -> Self {
        let empty: Option<BooleanArray> = Texts::of(column)
            .map(|texts| (0..column.len()).map(|row| Some(texts.at(row) == Some(""))).collect())
            .or_else(|| {
                let numeric = column.data_type().is_numeric();
                let numbers = if numeric { cast(column, &DataType::Float64).ok() } else { None }?;
                let numbers = numbers.as_primitive::<Float64Type>();
                Some(numbers.iter().map(|number| Some(number == Some(0.0))).collect())
            })
            .or_else(|| {
                let flags = column.as_boolean_opt()?;
                Some(flags.iter().map(|flag| Some(flag == Some(false))).collect())
            });
        let nulls = column.logical_nulls();
        let told = |row: usize| {
            let there = nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row));
            let none = empty.as_ref().is_some_and(|empty| empty.value(row));
            let listless = || bounds(column, row).is_some_and(|(from, to)| from == to);
            Some(there && !none && !listless())
        };
        Self::Present((0..column.len()).map(told).collect())
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
pub(super) fn written(column: &ArrayRef, row: usize) -> Option<serde_json::Value> {
    if column.data_type().is_null() || !column.is_valid(row) {
        return Some(serde_json::Value::Null);
    }
    if let Some(map) = column.as_map_opt() {
        let entries: ArrayRef = Arc::new(map.value(row));
        let (names, values) = (entries.as_struct().column(0), entries.as_struct().column(1));
        let texts = Texts::of(names)?;
        let pairs = (0..entries.len())
            .filter_map(|at| Some((texts.at(at)?.to_owned(), written(values, at)?)));
        return Some(serde_json::Value::Object(pairs.collect()));
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
