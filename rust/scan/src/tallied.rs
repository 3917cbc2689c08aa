//! The rows of a tallies file.

use arrow_array::cast::AsArray;
use arrow_array::types::{UInt32Type, UInt64Type};
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow_cast::cast;
use roaring::RoaringBitmap;

use crate::error::{Error, Result};
use crate::outcome::tallies_schema;
use crate::partial::Class;

/// One row.
pub(crate) struct Tallied<'a> {
    pub(crate) task: &'a str,
    pub(crate) kind: Option<&'a str>,
    pub(crate) problem: &'a str,
    pub(crate) reference: Option<&'a str>,
    pub(crate) model: &'a str,
    pub(crate) api_model: Option<&'a str>,
    pub(crate) params: Option<&'a str>,
    pub(crate) state: &'a str,
    pub(crate) class: Class,
    pub(crate) key: Option<&'a str>,
    pub(crate) verdict: Option<&'a str>,
    pub(crate) indexes: RoaringBitmap,
    pub(crate) exemplar: Option<&'a str>,
    pub(crate) pool_index: Option<u32>,
    pub(crate) stop: Option<&'a str>,
    pub(crate) tokens: Option<[u64; 2]>,
}

/// A batch of rows, in columns of the types that we write, however they were stored since.
pub(crate) struct TalliedRows(Vec<ArrayRef>);

impl TalliedRows {
    pub(crate) fn of(batch: &RecordBatch) -> Result<Self> {
        let schema = tallies_schema();
        let columns = schema.fields().iter().map(|field| {
            let column = batch.column_by_name(field.name()).ok_or_else(|| {
                Error::Input(format!("tallies: column {} is missing", field.name()))
            })?;
            Ok(cast(column, field.data_type())?)
        });
        Ok(Self(columns.collect::<Result<_>>()?))
    }

    pub(crate) fn len(&self) -> usize {
        self.0[0].len()
    }

    pub(crate) fn row(&self, at: usize) -> Result<Tallied<'_>> {
        let texts = |column: usize| -> &StringArray { self.0[column].as_string() };
        let text = |column: usize| texts(column).is_valid(at).then(|| texts(column).value(at));
        let whole = |column: usize| {
            let column = self.0[column].as_primitive::<UInt32Type>();
            column.is_valid(at).then(|| column.value(at))
        };
        let sum = |column: usize| {
            let column = self.0[column].as_primitive::<UInt64Type>();
            column.is_valid(at).then(|| column.value(at))
        };
        let state = text(7);
        let class = match state {
            Some("ok") => Class::Keyed,
            Some("unparsed") => Class::Unparsed,
            Some("truncated") => Class::Truncated,
            Some("failed") => Class::Failed,
            other => {
                let state = other.unwrap_or("null");
                return Err(Error::Input(format!(
                    "tallies: {state:?} in column state is no state"
                )));
            }
        };
        if matches!(class, Class::Keyed) && text(8).is_none() {
            return Err(Error::Input("tallies: a vote without a key".to_owned()));
        }
        Ok(Tallied {
            task: texts(0).value(at),
            kind: text(1),
            problem: texts(2).value(at),
            reference: text(3),
            model: texts(4).value(at),
            api_model: text(5),
            params: text(6),
            state: state.unwrap_or_default(),
            class,
            key: text(8),
            verdict: text(9),
            indexes: indexes(self.0[11].as_binary::<i32>().value(at))?,
            exemplar: text(13),
            pool_index: whole(14),
            stop: text(15),
            tokens: sum(16).zip(sum(17)).map(|(prompt, completion)| [prompt, completion]),
        })
    }
}

/// The most members of one set that are listed.
const MOST_LISTED: u64 = 1 << 26;

/// The sample indexes of a set as it stands in a tallies file, in their order.
///
/// # Errors
///
/// `Error::Input` for bytes that are no set, and for one of more than 2^26 members, which a few
/// bytes may claim.
pub fn sample_indexes(bytes: &[u8]) -> Result<Vec<u32>> {
    let set = indexes(bytes)?;
    if set.len() > MOST_LISTED {
        let count = set.len();
        return Err(Error::Input(format!("tallies: column indexes holds {count} indexes")));
    }
    Ok(set.into_iter().collect())
}

/// The same as a set.
fn indexes(bytes: &[u8]) -> Result<RoaringBitmap> {
    RoaringBitmap::deserialize_from(bytes)
        .map_err(|error| Error::Input(format!("tallies: column indexes holds no bitmap: {error}")))
}
