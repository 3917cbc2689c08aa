//! Samples one by one, where they are asked for: span, key, verdict and how they came about.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use arrow_array::builder::{StringBuilder, StringDictionaryBuilder, UInt32Builder, UInt64Builder};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use slm_mux_core::grade::stated;
use slm_mux_core::{Grade, grade_answer, key};

use crate::error::{Error, Result};
use crate::parquet::Writer;
use crate::partial::{Class, Origin, Place, Reading};
use crate::settings::Settings;

/// The columns of `samples`.
pub fn samples_schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
        let name = || DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        let field = |name: &str, data_type, nullable| Field::new(name, data_type, nullable);
        Arc::new(Schema::new(vec![
            field("task", name(), false),
            field("problem_id", name(), false),
            field("model", name(), false),
            field("sample_index", DataType::UInt32, true),
            field("state", name(), false),
            field("rule", name(), true),
            field("stage", name(), true),
            field("span", DataType::Utf8, true),
            field("key", DataType::Utf8, true),
            field("verdict", name(), true),
            field("reference_answer", DataType::Utf8, true),
            field("file", name(), false),
            field("position", DataType::UInt64, false),
        ]))
    });
    Arc::clone(&SCHEMA)
}

/// Where all threads write their samples, in whatever order they come to it.
pub struct Samples(Mutex<Option<Writer<File>>>);

impl Samples {
    /// A new file. `metadata` goes into it under `slm_mux`.
    pub fn create(path: &Path, metadata: &str) -> Result<Self> {
        Ok(Self(Mutex::new(Some(Writer::create(path, samples_schema(), metadata)?))))
    }

    fn write(&self, batch: &RecordBatch) -> Result<()> {
        let mut writer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        writer.as_mut().map_or(Ok(()), |writer| writer.write(batch))
    }

    /// Ends the file.
    pub fn close(&self) -> Result<()> {
        let writer = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        writer.map_or(Ok(()), Writer::close)
    }
}

type Names = StringDictionaryBuilder<Int32Type>;

/// Collects the samples of one thread.
pub(crate) struct Kept<'a> {
    samples: &'a Samples,
    settings: &'a Settings,
    files: &'a BTreeMap<u32, String>,
    names: [Names; 8],
    texts: [StringBuilder; 3],
    index: UInt32Builder,
    position: UInt64Builder,
    rows: usize,
}

/// Rows written at a time.
const ROWS: usize = 1 << 14;

impl<'a> Kept<'a> {
    pub(crate) fn new(
        samples: &'a Samples,
        settings: &'a Settings,
        files: &'a BTreeMap<u32, String>,
    ) -> Self {
        Self {
            samples,
            settings,
            files,
            names: Default::default(),
            texts: Default::default(),
            index: UInt32Builder::default(),
            position: UInt64Builder::default(),
            rows: 0,
        }
    }

    pub(crate) fn take(
        &mut self,
        place: &Place,
        (task, problem, model): (&str, &str, &str),
        reading: &Reading<'_>,
        index: Option<u32>,
        origin: Origin,
    ) {
        let found = reading.found.filter(|_| reading.class.votes());
        let span = found.map(|found| &*found.span);
        let grade = span.map(|span| self.grade(place, span));
        let key = grade.as_ref().and_then(|grade| grade.key.as_deref());
        let graded = grade.as_ref().filter(|grade| grade.key.is_some() && grade.stage.is_some());
        let state = match reading.class {
            Class::Failed => "failed",
            Class::Truncated => "truncated",
            Class::CutOff if key.is_none() => "truncated",
            Class::Voted | Class::CutOff if key.is_some() => "ok",
            _ => "unparsed",
        };
        let rule = reading.found.map(|found| found.rule);
        let stage = graded.and_then(|grade| grade.stage).map(slm_mux_core::Stage::name);
        let verdict =
            grade.as_ref().filter(|grade| grade.key.is_some() && place.reference.is_some());
        let verdict = verdict.map(|grade| grade.verdict.name());
        let (file, position) = origin.parts();
        let file = self.files.get(&file).map_or("", String::as_str);
        let names =
            [Some(task), Some(problem), Some(model), Some(state), rule, stage, verdict, Some(file)];
        for (column, name) in self.names.iter_mut().zip(names) {
            column.append_option(name);
        }
        let texts = [span, key, place.reference.as_deref()];
        for (column, text) in self.texts.iter_mut().zip(texts) {
            column.append_option(text);
        }
        self.index.append_option(index);
        self.position.append_value(position);
        self.rows += 1;
    }

    fn grade(&self, place: &Place, span: &str) -> Grade {
        let profile = self.settings.profile;
        match &place.reference {
            Some(reference) => {
                let stated = stated(reference, place.kind, profile, place.choices());
                grade_answer(span, &stated, place.kind, profile)
            }
            None => Grade {
                verdict: slm_mux_core::Verdict::Undecided,
                stage: None,
                rule: None,
                span: None,
                key: key(span, place.kind, profile).map(std::borrow::Cow::into_owned),
                limit: None,
            },
        }
    }

    /// Writes what was collected, where there is enough of it.
    pub(crate) fn flush(&mut self) -> Result<()> {
        if self.rows < ROWS { Ok(()) } else { self.write() }
    }

    pub(crate) fn write(&mut self) -> Result<()> {
        if self.rows == 0 {
            return Ok(());
        }
        self.rows = 0;
        let names = self.names.each_mut().map(|column| Arc::new(column.finish()) as ArrayRef);
        let texts = self.texts.each_mut().map(|column| Arc::new(column.finish()) as ArrayRef);
        let [task, problem, model, state, rule, stage, verdict, file] = names;
        let [span, key, reference] = texts;
        let (index, position) = (Arc::new(self.index.finish()), Arc::new(self.position.finish()));
        let batch = RecordBatch::try_new(
            samples_schema(),
            vec![
                task, problem, model, index, state, rule, stage, span, key, verdict, reference,
                file, position,
            ],
        );
        self.samples.write(&batch.map_err(Error::from)?)
    }
}
