//! Rows as an Arrow stream, read in place with the interpreter released.

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{
    Array, ArrayRef, BooleanArray, Int64Array, RecordBatch, RecordBatchReader, StringViewArray,
};
use arrow_cast::{CastOptions, cast_with_options};
use arrow_schema::{ArrowError, DataType};
use pyo3::PyResult;
use slm_mux_core::table::{Builder, Correct, Row, Table};

use super::{InputError, invalid};

/// The table of all batches.
pub(super) fn read(
    mut builder: Builder,
    reader: Box<dyn RecordBatchReader + Send>,
) -> PyResult<Table> {
    let broken = |error: ArrowError| invalid(format!("rows: the Arrow stream broke: {error}"));
    for batch in reader {
        let columns = Columns::of(&batch.map_err(broken)?)?;
        for at in 0..columns.index.len() {
            columns.push(&mut builder, at)?;
        }
    }
    Ok(builder.finish())
}

/// The columns of one batch, each in one type.
struct Columns {
    problem: StringViewArray,
    model: StringViewArray,
    index: Int64Array,
    key: StringViewArray,
    state: Option<StringViewArray>,
    correct: Option<BooleanArray>,
}

impl Columns {
    fn of(batch: &RecordBatch) -> PyResult<Self> {
        let text = |name, column: &ArrayRef| -> PyResult<StringViewArray> {
            let column = convert(name, column, &DataType::Utf8View, "strings", is_text)?;
            Ok(column.as_string_view().clone())
        };
        let index = required(batch, "sample_index")?;
        let index =
            convert("sample_index", index, &DataType::Int64, "integers", DataType::is_integer)?;
        let correct = batch
            .column_by_name("correct")
            .map(|column| convert("correct", column, &DataType::Boolean, "booleans", is_boolean));
        Ok(Self {
            problem: text("problem_id", required(batch, "problem_id")?)?,
            model: text("model", required(batch, "model")?)?,
            index: index.as_primitive::<Int64Type>().clone(),
            key: text("key", required(batch, "key")?)?,
            state: batch.column_by_name("state").map(|column| text("state", column)).transpose()?,
            correct: correct.transpose()?.map(|column| column.as_boolean().clone()),
        })
    }

    fn push(&self, builder: &mut Builder, at: usize) -> PyResult<()> {
        let number = builder.next_row();
        let missing = |name| InputError::new_err(format!("row {number}: {name} is null"));
        let row = Row {
            problem: text(&self.problem, at).ok_or_else(|| missing("problem_id"))?,
            member: text(&self.model, at).ok_or_else(|| missing("model"))?,
            sample_index: self
                .index
                .is_valid(at)
                .then(|| self.index.value(at))
                .ok_or_else(|| missing("sample_index"))?,
            key: text(&self.key, at),
            state: self.state.as_ref().and_then(|states| text(states, at)),
            correct: self.correct.as_ref().map_or(Correct::ByReference, |verdicts| {
                Correct::Graded(verdicts.is_valid(at).then(|| verdicts.value(at)))
            }),
        };
        builder.push(&row).map_err(invalid)
    }
}

fn text(column: &StringViewArray, at: usize) -> Option<&str> {
    column.is_valid(at).then(|| column.value(at))
}

fn required<'a>(batch: &'a RecordBatch, name: &str) -> PyResult<&'a ArrayRef> {
    batch.column_by_name(name).ok_or_else(|| {
        let schema = batch.schema();
        let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        invalid(format!("rows: column {name} is missing, there are: {}", names.join(", ")))
    })
}

fn is_text(of: &DataType) -> bool {
    match of {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

fn is_boolean(of: &DataType) -> bool {
    matches!(of, DataType::Boolean | DataType::Null)
}

/// A column in the type it is read in. Texts are not copied.
fn convert(
    name: &str,
    column: &ArrayRef,
    to: &DataType,
    wanted: &str,
    fits: fn(&DataType) -> bool,
) -> PyResult<ArrayRef> {
    let given = column.data_type();
    if !fits(given) {
        return Err(invalid(format!("rows: column {name} is {given}, it must hold {wanted}")));
    }
    let strict = CastOptions { safe: false, ..CastOptions::default() };
    cast_with_options(column, to, &strict)
        .map_err(|error| invalid(format!("rows: column {name}: {error}")))
}
