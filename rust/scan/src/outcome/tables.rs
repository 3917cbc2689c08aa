//! Tallies and decisions as Arrow tables.

use std::array;
use std::sync::{Arc, LazyLock};

use arrow_array::builder::{BinaryBuilder, Float64Builder, StringBuilder};
use arrow_array::builder::{UInt32Builder, UInt64Builder};
use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, BooleanArray, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use arrow_select::concat::concat_batches;
use slm_mux_core::Kind;

use crate::merge::{Entry, Member, Problem};

fn field(name: &str, data_type: DataType, nullable: bool) -> Field {
    Field::new(name, data_type, nullable)
}

/// The columns of `tallies`: one row per task, problem, member, state, key and verdict, in
/// that order.
pub fn tallies_schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
        Arc::new(Schema::new(vec![
            field("task", DataType::Utf8, false),
            field("kind", DataType::Utf8, true),
            field("problem_id", DataType::Utf8, false),
            field("reference_answer", DataType::Utf8, true),
            field("model", DataType::Utf8, false),
            field("api_model", DataType::Utf8, true),
            field("params", DataType::Utf8, true),
            field("state", DataType::Utf8, false),
            field("key", DataType::Utf8, true),
            field("verdict", DataType::Utf8, true),
            field("count", DataType::UInt32, false),
            field("indexes", DataType::Binary, false),
            field("exemplar_index", DataType::UInt32, false),
            field("exemplar", DataType::Utf8, true),
            field("pool_index", DataType::UInt32, true),
            field("stop", DataType::Utf8, true),
            field("prompt_tokens", DataType::UInt64, true),
            field("completion_tokens", DataType::UInt64, true),
        ]))
    });
    Arc::clone(&SCHEMA)
}

/// The columns of `decisions`: one row per task and problem.
pub fn decisions_schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
        Arc::new(Schema::new(vec![
            field("task", DataType::Utf8, false),
            field("problem_id", DataType::Utf8, false),
            field("reference_answer", DataType::Utf8, true),
            field("key", DataType::Utf8, true),
            field("answer", DataType::Utf8, true),
            field("model", DataType::Utf8, true),
            field("sample_index", DataType::UInt32, true),
            field("votes", DataType::UInt64, true),
            field("of", DataType::UInt64, true),
            field("confidence", DataType::Float64, true),
            field("reason", DataType::Utf8, false),
            field("tied", DataType::UInt32, false),
            field("outcome", DataType::Utf8, false),
            field("short", DataType::Boolean, false),
        ]))
    });
    Arc::clone(&SCHEMA)
}

/// The columns of `decisions` but for `short`, which is last.
fn without_short() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
        let all = decisions_schema();
        Arc::new(Schema::new(all.fields()[..all.fields().len() - 1].to_vec()))
    });
    Arc::clone(&SCHEMA)
}

/// How long the sample indexes of each row of tallies are, in bytes.
pub(super) fn indexes_lengths(tallies: &RecordBatch) -> impl Iterator<Item = usize> {
    let indexes =
        tallies.column_by_name("indexes").and_then(|column| column.as_binary_opt::<i32>());
    indexes.into_iter().flat_map(|indexes| indexes.offsets().lengths())
}

/// Parts of the table of decisions as one.
pub(super) fn together(parts: &[RecordBatch]) -> Result<RecordBatch, ArrowError> {
    concat_batches(&without_short(), parts)
}

/// The table of decisions from its parts, with whether each problem is short of samples.
pub(super) fn decisions(
    parts: &[RecordBatch],
    short: Vec<bool>,
) -> Result<RecordBatch, ArrowError> {
    let rows = together(parts)?;
    let short = Arc::new(BooleanArray::from(short));
    let columns = rows.columns().iter().cloned().chain([short as ArrayRef]);
    RecordBatch::try_new(decisions_schema(), columns.collect())
}

/// Builds the table of tallies.
#[derive(Default)]
pub(super) struct Tallies {
    texts: [StringBuilder; 12],
    counts: [UInt32Builder; 3],
    indexes: BinaryBuilder,
    tokens: [UInt64Builder; 2],
    /// What an entry's indexes are written to.
    bytes: Vec<u8>,
}

impl Tallies {
    pub(super) fn push(&mut self, problem: &Problem<'_>) {
        for member in &problem.members {
            for entry in &member.entries {
                self.entry(problem, member, entry);
            }
        }
    }

    fn entry(&mut self, problem: &Problem<'_>, member: &Member<'_>, entry: &Entry<'_>) {
        let texts = [
            Some(problem.task),
            problem.kind.map(|kind| Kind::NAMES[kind as usize]),
            Some(problem.id),
            problem.reference.as_deref(),
            Some(member.name),
            member.api_model,
            member.params,
            Some(entry.state.name()),
            entry.key.as_deref(),
            entry.verdict.map(crate::merge::Graded::name),
            entry.exemplar,
            problem.stop,
        ];
        for (column, text) in self.texts.iter_mut().zip(texts) {
            column.append_option(text);
        }
        let counts = [Some(entry.count()), Some(entry.first()), member.pool_index];
        for (column, count) in self.counts.iter_mut().zip(counts) {
            column.append_option(count);
        }
        entry.indexes.write(&mut self.bytes);
        self.indexes.append_value(&self.bytes);
        for (at, column) in self.tokens.iter_mut().enumerate() {
            column.append_option(entry.tokens.map(|tokens| tokens[at]));
        }
    }

    pub(super) fn finish(mut self) -> Result<RecordBatch, ArrowError> {
        let texts = self.texts.each_mut().map(|column| Arc::new(column.finish()) as ArrayRef);
        let counts = self.counts.each_mut().map(|column| Arc::new(column.finish()) as ArrayRef);
        let tokens = self.tokens.each_mut().map(|column| Arc::new(column.finish()) as ArrayRef);
        let [task, kind, problem, reference, model, api, params, state, key, verdict, span, stop] =
            texts;
        let [count, first, pool_index] = counts;
        let [prompt, completion] = tokens;
        let indexes = Arc::new(self.indexes.finish());
        RecordBatch::try_new(
            tallies_schema(),
            vec![
                task, kind, problem, reference, model, api, params, state, key, verdict, count,
                indexes, first, span, pool_index, stop, prompt, completion,
            ],
        )
    }
}

/// A decision, ready to be written.
pub(super) struct Row<'a> {
    pub(super) problem: &'a Problem<'a>,
    pub(super) answer: Option<Answer<'a>>,
    pub(super) reason: &'static str,
    pub(super) tied: u32,
    pub(super) outcome: &'static str,
}

pub(super) struct Answer<'a> {
    pub(super) key: &'a str,
    pub(super) span: Option<&'a str>,
    pub(super) model: &'a str,
    pub(super) index: u32,
    pub(super) votes: u64,
    pub(super) of: u64,
}

/// Builds the table of decisions.
pub(super) struct Decisions {
    texts: [StringBuilder; 8],
    index: UInt32Builder,
    shares: [UInt64Builder; 2],
    confidence: Float64Builder,
    tied: UInt32Builder,
}

impl Decisions {
    /// For so many rows: parts may have one, and there may be many.
    pub(super) fn with_capacity(rows: usize) -> Self {
        Self {
            texts: array::from_fn(|_| StringBuilder::with_capacity(rows, 0)),
            index: UInt32Builder::with_capacity(rows),
            shares: array::from_fn(|_| UInt64Builder::with_capacity(rows)),
            confidence: Float64Builder::with_capacity(rows),
            tied: UInt32Builder::with_capacity(rows),
        }
    }

    pub(super) fn push(&mut self, row: &Row<'_>) {
        let answer = row.answer.as_ref();
        let texts = [
            Some(row.problem.task),
            Some(row.problem.id),
            row.problem.reference.as_deref(),
            answer.map(|answer| answer.key),
            answer.and_then(|answer| answer.span),
            answer.map(|answer| answer.model),
            Some(row.reason),
            Some(row.outcome),
        ];
        for (column, text) in self.texts.iter_mut().zip(texts) {
            column.append_option(text);
        }
        self.index.append_option(answer.map(|answer| answer.index));
        let shares = [answer.map(|answer| answer.votes), answer.map(|answer| answer.of)];
        for (column, share) in self.shares.iter_mut().zip(shares) {
            column.append_option(share);
        }
        #[expect(clippy::cast_precision_loss, reason = "the exact share stands beside it")]
        self.confidence
            .append_option(answer.map(|answer| answer.votes as f64 / answer.of.max(1) as f64));
        self.tied.append_value(row.tied);
    }

    /// The table without `short`, which only all problems tell.
    pub(super) fn finish(mut self) -> Result<RecordBatch, ArrowError> {
        let texts = self.texts.each_mut().map(|column| Arc::new(column.finish()) as ArrayRef);
        let [task, problem, reference, key, answer, model, reason, outcome] = texts;
        let [votes, of] =
            self.shares.each_mut().map(|column| Arc::new(column.finish()) as ArrayRef);
        RecordBatch::try_new(
            without_short(),
            vec![
                task,
                problem,
                reference,
                key,
                answer,
                model,
                Arc::new(self.index.finish()),
                votes,
                of,
                Arc::new(self.confidence.finish()),
                reason,
                Arc::new(self.tied.finish()),
                outcome,
            ],
        )
    }
}
