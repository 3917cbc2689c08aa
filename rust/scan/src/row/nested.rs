//! Fields inside of others, such as `choices.0.message.content`, in lines and in columns.

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, UInt64Array};
use arrow_cast::cast;
use arrow_schema::DataType;
use arrow_select::take::take;

use super::Row;
use crate::fields::Nested;
use crate::json::{Kind, Value, elements, members};

/// Notes what a line that was found well formed says inside of its fields, of those roles that
/// none of its own fields has.
pub(super) fn fill<'a>(wanted: &[Nested], line: &'a str, row: &mut Row<'a>) {
    let had = row.seen();
    for (name, value) in members(line.trim_ascii()) {
        let open = wanted.iter().filter(|one| had & (1 << one.role as u32) == 0);
        for one in open.filter(|one| name.decoded() == one.first) {
            let found = one.rest.iter().try_fold(value, |value, step| inside(value, step));
            if let Some(found) = found {
                row.set((one.role, 0), found);
            }
        }
    }
}

/// What an object has of this name, the last of several; or a list at this place.
fn inside<'a>(value: Value<'a>, step: &str) -> Option<Value<'a>> {
    match value.kind {
        Kind::Object => {
            let found = members(value.raw).filter(|(name, _)| name.decoded() == step);
            found.last().map(|(_, value)| value)
        }
        Kind::Array => elements(value.raw).nth(step.parse().ok()?),
        _ => None,
    }
}

/// The column that a way leads to from `column`; what stands under a null is null.
pub(super) fn column(column: &ArrayRef, rest: &[String]) -> Option<ArrayRef> {
    rest.iter().try_fold(ArrayRef::clone(column), |column, step| inner(&column, step))
}

fn inner(column: &ArrayRef, step: &str) -> Option<ArrayRef> {
    if let Some(fields) = column.as_struct_opt() {
        let found = fields.column_by_name(step)?;
        if fields.null_count() == 0 {
            return Some(ArrayRef::clone(found));
        }
        let rows = 0..column.len() as u64;
        let rows = rows.zip((0..).map(|row| column.is_valid(row)));
        let rows: UInt64Array = rows.map(|(row, there)| there.then_some(row)).collect();
        return take(found, &rows, None).ok();
    }
    let at: i64 = step.parse().ok()?;
    let (DataType::List(of)
    | DataType::LargeList(of)
    | DataType::FixedSizeList(of, _)
    | DataType::ListView(of)
    | DataType::LargeListView(of)) = column.data_type()
    else {
        return None;
    };
    let lists = cast(column, &DataType::LargeList(of.clone())).ok()?;
    let lists = lists.as_list::<i64>();
    let bounds = lists.value_offsets().windows(2).zip((0..).map(|row| lists.is_valid(row)));
    let entries: UInt64Array = bounds
        .map(|(bounds, there)| {
            let entry = bounds[0].checked_add(at).filter(|&entry| at >= 0 && entry < bounds[1]);
            entry.filter(|_| there).and_then(|entry| u64::try_from(entry).ok())
        })
        .collect();
    take(lists.values(), &entries, None).ok()
}
