//! Groups and facts as Arrow records: what spills, what travels between machines, what merges.

use std::sync::{Arc, LazyLock};

use arrow_array::builder::{BinaryBuilder, BooleanBuilder, StringBuilder, UInt8Builder};
use arrow_array::builder::{UInt32Builder, UInt64Builder};
use arrow_array::cast::AsArray;
use arrow_array::types::{UInt8Type, UInt32Type, UInt64Type};
use arrow_array::{Array, BinaryArray, BooleanArray, RecordBatch, StringArray};
use arrow_array::{UInt8Array, UInt32Array, UInt64Array};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};

use super::cells::{Cell, Fact, Noted};
use super::{Group, Partial, Tokens};

/// What a record is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub(crate) enum Class {
    /// A fact: the answer kind of the problem.
    Kind,
    /// A fact: a reference answer.
    Reference,
    /// A fact: option texts as they were written.
    Choices,
    /// A fact: an early exit.
    Stop,
    /// Responses with an answer.
    Voted,
    /// Responses that were cut off after they had stated an answer.
    CutOff,
    /// Responses without an answer.
    Unparsed,
    /// Responses that were cut off before they stated one.
    Truncated,
    /// Calls without a response.
    Failed,
    /// Votes of a tallies file: their keys and verdicts are known.
    Keyed,
}

impl Class {
    pub(crate) const ALL: [Self; 10] = [
        Self::Kind,
        Self::Reference,
        Self::Choices,
        Self::Stop,
        Self::Voted,
        Self::CutOff,
        Self::Unparsed,
        Self::Truncated,
        Self::Failed,
        Self::Keyed,
    ];

    /// Whether its samples have a span.
    pub(crate) fn votes(self) -> bool {
        matches!(self, Self::Voted | Self::CutOff)
    }

    /// Whether it says something of the problem, not of samples.
    pub(crate) fn is_fact(self) -> bool {
        self <= Self::Stop
    }
}

/// The columns of a record batch.
pub fn schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
        let field = |name: &str, data_type, nullable| Field::new(name, data_type, nullable);
        Arc::new(Schema::new(vec![
            field("task", DataType::Utf8, false),
            field("problem_id", DataType::Utf8, false),
            field("model", DataType::Utf8, false),
            field("api_model", DataType::Utf8, true),
            field("params", DataType::Utf8, true),
            field("prompt", DataType::Utf8, true),
            field("numbered", DataType::Boolean, false),
            field("tallied", DataType::Boolean, false),
            field("class", DataType::UInt8, false),
            field("text", DataType::Utf8, true),
            field("key", DataType::Utf8, true),
            field("verdict", DataType::Utf8, true),
            field("rows", DataType::UInt64, false),
            field("numbers", DataType::Binary, false),
            field("first", DataType::UInt64, false),
            field("pool_index", DataType::UInt32, true),
            field("counted", DataType::UInt64, false),
            field("prompt_tokens", DataType::UInt64, false),
            field("completion_tokens", DataType::UInt64, false),
        ]))
    });
    Arc::clone(&SCHEMA)
}

/// One record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record<'a> {
    pub(crate) task: &'a str,
    pub(crate) problem: &'a str,
    pub(crate) model: &'a str,
    pub(crate) api_model: Option<&'a str>,
    pub(crate) params: Option<&'a str>,
    pub(crate) prompt: Option<&'a str>,
    pub(crate) numbered: bool,
    /// Whether it is of a tallies file.
    pub(crate) tallied: bool,
    pub(crate) class: Class,
    /// The fact, the span, or the exemplar.
    pub(crate) text: Option<&'a str>,
    pub(crate) key: Option<&'a str>,
    pub(crate) verdict: Option<&'a str>,
    /// How many rows it stands for.
    pub(crate) rows: u64,
    pub(crate) numbers: &'a [u8],
    pub(crate) first: u64,
    pub(crate) pool_index: Option<u32>,
    /// How many rows have token counts.
    pub(crate) counted: u64,
    pub(crate) tokens: [u64; 2],
}

/// Builds record batches.
#[derive(Default)]
pub(crate) struct Records {
    texts: [StringBuilder; 9],
    numbered: BooleanBuilder,
    tallied: BooleanBuilder,
    class: UInt8Builder,
    sums: [UInt64Builder; 5],
    numbers: BinaryBuilder,
    pool_index: UInt32Builder,
    len: usize,
    /// Of spans and logs, which are what can be long.
    bytes: usize,
}

impl Records {
    pub(crate) fn push(&mut self, record: &Record<'_>) {
        let Record { task, problem, model, api_model, params, prompt, text, key, verdict, .. } =
            *record;
        let texts =
            [Some(task), Some(problem), Some(model), api_model, params, prompt, text, key, verdict];
        for (column, text) in self.texts.iter_mut().zip(texts) {
            column.append_option(text);
        }
        self.numbered.append_value(record.numbered);
        self.tallied.append_value(record.tallied);
        self.class.append_value(record.class as u8);
        self.numbers.append_value(record.numbers);
        self.pool_index.append_option(record.pool_index);
        let [prompt_tokens, completion_tokens] = record.tokens;
        let sums = [record.rows, record.first, record.counted, prompt_tokens, completion_tokens];
        for (column, sum) in self.sums.iter_mut().zip(sums) {
            column.append_value(sum);
        }
        self.len += 1;
        self.bytes += text.map_or(0, str::len) + record.numbers.len();
    }

    /// Whether there is enough for a batch.
    pub(crate) fn is_full(&self, most: Most) -> bool {
        self.len >= most.records || self.bytes >= most.bytes
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The batch of all that was pushed.
    pub(crate) fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
        (self.len, self.bytes) = (0, 0);
        let [task, problem, model, api_model, params, prompt, text, key, verdict] =
            self.texts.each_mut().map(StringBuilder::finish);
        let [rows, first, counted, prompt_tokens, completion_tokens] =
            self.sums.each_mut().map(UInt64Builder::finish);
        RecordBatch::try_new(
            schema(),
            vec![
                Arc::new(task),
                Arc::new(problem),
                Arc::new(model),
                Arc::new(api_model),
                Arc::new(params),
                Arc::new(prompt),
                Arc::new(self.numbered.finish()),
                Arc::new(self.tallied.finish()),
                Arc::new(self.class.finish()),
                Arc::new(text),
                Arc::new(key),
                Arc::new(verdict),
                Arc::new(rows),
                Arc::new(self.numbers.finish()),
                Arc::new(first),
                Arc::new(self.pool_index.finish()),
                Arc::new(counted),
                Arc::new(prompt_tokens),
                Arc::new(completion_tokens),
            ],
        )
    }
}

/// A record batch, ready to be read.
#[derive(Clone, Debug)]
pub(crate) struct Batch {
    task: StringArray,
    problem: StringArray,
    model: StringArray,
    api_model: StringArray,
    params: StringArray,
    prompt: StringArray,
    numbered: BooleanArray,
    tallied: BooleanArray,
    class: UInt8Array,
    text: StringArray,
    key: StringArray,
    verdict: StringArray,
    rows: UInt64Array,
    numbers: BinaryArray,
    first: UInt64Array,
    pool_index: UInt32Array,
    counted: UInt64Array,
    tokens: [UInt64Array; 2],
}

/// Reads a batch of records, made here or elsewhere.
pub(crate) fn batch(batch: &RecordBatch) -> Result<Batch, ArrowError> {
    let column = |name: &str| {
        let wanted = schema();
        let data_type = wanted.field_with_name(name)?.data_type();
        let column = batch.column_by_name(name).ok_or_else(|| {
            ArrowError::SchemaError(format!("partial tallies: column {name} is missing"))
        })?;
        arrow_cast::cast(column, data_type)
    };
    let text = |name: &str| Ok::<_, ArrowError>(column(name)?.as_string::<i32>().clone());
    let sum = |name: &str| Ok::<_, ArrowError>(column(name)?.as_primitive::<UInt64Type>().clone());
    Ok(Batch {
        task: text("task")?,
        problem: text("problem_id")?,
        model: text("model")?,
        api_model: text("api_model")?,
        params: text("params")?,
        prompt: text("prompt")?,
        numbered: column("numbered")?.as_boolean().clone(),
        tallied: column("tallied")?.as_boolean().clone(),
        class: column("class")?.as_primitive::<UInt8Type>().clone(),
        text: text("text")?,
        key: text("key")?,
        verdict: text("verdict")?,
        rows: sum("rows")?,
        numbers: column("numbers")?.as_binary::<i32>().clone(),
        first: sum("first")?,
        pool_index: column("pool_index")?.as_primitive::<UInt32Type>().clone(),
        counted: sum("counted")?,
        tokens: [sum("prompt_tokens")?, sum("completion_tokens")?],
    })
}

impl Batch {
    pub(crate) fn len(&self) -> usize {
        self.task.len()
    }

    /// The task and problem of a record.
    pub(crate) fn problem(&self, at: usize) -> (&str, &str) {
        (self.task.value(at), self.problem.value(at))
    }

    pub(crate) fn record(&self, at: usize) -> Record<'_> {
        let optional = |column: &'_ StringArray| column.is_valid(at);
        let text = |column| if optional(column) { Some(column.value(at)) } else { None };
        Record {
            task: self.task.value(at),
            problem: self.problem.value(at),
            model: self.model.value(at),
            api_model: text(&self.api_model),
            params: text(&self.params),
            prompt: text(&self.prompt),
            numbered: self.numbered.value(at),
            tallied: self.tallied.value(at),
            class: Class::ALL[usize::from(self.class.value(at)).min(Class::ALL.len() - 1)],
            text: text(&self.text),
            key: text(&self.key),
            verdict: text(&self.verdict),
            rows: self.rows.value(at),
            numbers: self.numbers.value(at),
            first: self.first.value(at),
            pool_index: self.pool_index.is_valid(at).then(|| self.pool_index.value(at)),
            counted: self.counted.value(at),
            tokens: [self.tokens[0].value(at), self.tokens[1].value(at)],
        }
    }
}

/// What one batch holds, at most.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Most {
    records: usize,
    bytes: usize,
}

impl Most {
    /// Where all batches are held.
    pub(crate) const HELD: Self = Self { records: 1 << 13, bytes: 8 << 20 };
    /// Where one of each of many runs is.
    pub(crate) const SPILLED: Self = Self { records: 1 << 11, bytes: 1 << 20 };
}

impl Partial {
    /// Hands all records on in batches, in the order of task and problem.
    pub(crate) fn drain<E: From<ArrowError>>(
        mut self,
        most: Most,
        mut give: impl FnMut(RecordBatch) -> Result<(), E>,
    ) -> Result<(), E> {
        self.count_pending();
        let Self { cells, groups, tokens, index, .. } = self;
        drop(index);
        let (cells, noted, facts) = cells.into_parts();
        let mut ranks = vec![0_u32; noted.len()];
        for (rank, &number) in (0..).zip(cells.values()) {
            ranks[number as usize] = rank;
        }
        let cells: Vec<(&Cell, Noted)> =
            cells.iter().map(|(cell, &number)| (cell, noted[number as usize])).collect();
        let mut facts = facts.iter().peekable();
        let mut records = Records::default();
        for at in in_order(&groups, &ranks) {
            let group = &groups[at];
            let (cell, noted) = cells[ranks[group.cell as usize] as usize];
            let before = |fact: &&Fact| (&fact.task, &fact.problem) <= (&cell.task, &cell.problem);
            while let Some(fact) = facts.next_if(|fact| before(fact)) {
                records.push(&of_fact(fact));
            }
            let tokens = tokens.get(at).copied().unwrap_or_default();
            records.push(&of_group(group, tokens, cell, noted));
            if records.is_full(most) {
                give(records.finish()?)?;
            }
        }
        for fact in facts {
            records.push(&of_fact(fact));
        }
        if records.is_empty() { Ok(()) } else { give(records.finish()?) }
    }
}

impl<'a> Record<'a> {
    /// A record that says nothing yet.
    pub(crate) fn of(task: &'a str, problem: &'a str) -> Self {
        Self {
            task,
            problem,
            model: "",
            api_model: None,
            params: None,
            prompt: None,
            numbered: true,
            tallied: false,
            class: Class::Unparsed,
            text: None,
            key: None,
            verdict: None,
            rows: 0,
            numbers: &[],
            first: 0,
            pool_index: None,
            counted: 0,
            tokens: [0; 2],
        }
    }
}

/// The groups by the rank of their cell, their class and their span.
fn in_order(groups: &[Group], ranks: &[u32]) -> impl Iterator<Item = usize> {
    // What mostly tells lies side by side.
    let key = |group: &Group| (ranks[group.cell as usize], group.class, group.span.start());
    let mut order: Vec<_> = (0_u32..).zip(groups).map(|(at, group)| (key(group), at)).collect();
    order.sort_unstable_by(|(a, a_at), (b, b_at)| {
        let span = |at: &u32| groups[*at as usize].span.bytes();
        a.cmp(b).then_with(|| span(a_at).cmp(span(b_at)))
    });
    order.into_iter().map(|(_, at)| at as usize)
}

fn of_fact(fact: &Fact) -> Record<'_> {
    Record { class: fact.class, text: Some(&fact.text), ..Record::of(&fact.task, &fact.problem) }
}

fn of_group<'a>(group: &'a Group, tokens: Tokens, cell: &'a Cell, noted: Noted) -> Record<'a> {
    Record {
        model: &cell.model,
        api_model: cell.api_model.as_deref(),
        params: cell.params.as_deref(),
        prompt: cell.prompt.as_deref(),
        numbered: cell.numbered,
        class: group.class,
        text: group.class.votes().then(|| group.span.text()),
        rows: group.log.len(),
        numbers: group.log.bytes(),
        first: noted.first,
        pool_index: noted.pool_index,
        counted: tokens.rows,
        tokens: tokens.sums,
        ..Record::of(&cell.task, &cell.problem)
    }
}
