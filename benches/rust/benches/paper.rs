//! The `paper` profile on made-up responses: a worked solution, then its answer.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use slm_mux_core::{Kind, paper};

const RESPONSES: usize = 10_000;

/// A solution of some hundred bytes that ends in `answer`.
fn response(number: usize, answer: &str) -> String {
    let step = r"We have $\frac{x}{7} + 12 = \sqrt{41}$, and so it goes on. ";
    step.repeat(4 + number % 20) + answer
}

fn responses(answer: impl Fn(usize) -> String) -> Vec<String> {
    (0..RESPONSES).map(|number| response(number, &answer(number))).collect()
}

fn of_kind(kind: Kind) -> Vec<String> {
    responses(|number| match kind {
        Kind::Math => format!(r"Hence $\boxed{{\frac{{{number}}}{{7}}}}$."),
        Kind::Number => format!("#### {number}"),
        Kind::Choice => format!("So the answer is ({}).", ["A", "B", "C", "D"][number % 4]),
    })
}

fn extract(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("extract");
    for (name, kind) in Kind::NAMES.into_iter().zip([Kind::Math, Kind::Number, Kind::Choice]) {
        let texts = of_kind(kind);
        group.throughput(Throughput::Elements(texts.len() as u64));
        group.bench_function(name, |bench| {
            bench.iter(|| texts.iter().filter_map(|text| paper::extract(text, kind)).count());
        });
    }
    group.finish();
}

fn boxed_spans(criterion: &mut Criterion) {
    let texts = of_kind(Kind::Math);
    let (mut bytes, mut rows) = (String::new(), Vec::new());
    for text in &texts {
        rows.push(bytes.len()..bytes.len() + text.len());
        bytes.push_str(text);
    }
    let mut group = criterion.benchmark_group("boxed_spans");
    group.throughput(Throughput::Elements(texts.len() as u64));
    group.bench_function("one buffer", |bench| {
        bench.iter(|| paper::boxed_spans(bytes.as_bytes(), rows.iter().cloned()).flatten().count());
    });
    group.finish();
}

fn key(criterion: &mut Criterion) {
    let spans = [
        ("number", "1024"),
        ("fraction", r"\frac{3}{56}"),
        ("slash", "3/56"),
        ("units", r"\dfrac12\text{ cm}^2"),
        ("interval", r"\left[ -2, \sqrt3 \right)"),
    ];
    let mut group = criterion.benchmark_group("key");
    for (name, span) in spans {
        group.bench_function(name, |bench| {
            bench.iter(|| black_box(paper::key(black_box(span), Kind::Math)).map(|key| key.len()));
        });
    }
    group.finish();
}

criterion_group!(benches, extract, boxed_spans, key);
criterion_main!(benches);
