"""The tables of `compare`: what went from where to where, accuracies side by side, examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from slm_mux.cli.table import points, share, table_console, table_of
from slm_mux.cli.text import counted, plain
from slm_mux.cli.verify_table import STATES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import Console
    from rich.table import Table

ROWS = 10
"""How many grounds of changes are shown; the JSON has them all."""
NAMED = 5
ANSWER = 60

_SHOWN_FIELDS = ("verdict", "answer", "sample_index")


def print_comparison(figures: Mapping[str, Any], console: Console | None = None) -> None:
    """Prints all of it; texts of the files are never markup, and have no control characters."""
    console = console or table_console()
    for letter in "ab":
        console.print(_about(letter.upper(), figures[letter]), soft_wrap=True)
    for setting in _settings(figures):
        console.print(Text(setting), soft_wrap=True)
    for what, unit in (("decisions", "problems"), ("samples", "samples")):
        if figures[what] is not None:
            _print_part(console, what, figures[what], unit)
    for note in notes(figures):
        console.print(Text(note), soft_wrap=True)


def _about(letter: str, side: Mapping[str, Any]) -> Text:
    said = [str(side["layout"])]
    said += [f"profile {p}" for p in (side["settings"].get("profile"),) if p]
    fields = side["fields"]
    said += [f"{name} {fields[name]}" for name in _SHOWN_FIELDS if name in fields]
    text = Text(f"{letter}  ", style="bold")
    return text.append(f"{plain(side['path'])}: {plain(', '.join(said))}", style="not bold")


def _settings(figures: Mapping[str, Any]) -> Iterator[str]:
    """Where both tell their settings: those that differ."""
    a, b = (figures[letter]["settings"] for letter in "ab")
    for name in a:
        if name in b and a[name] != b[name]:
            yield f"{plain(name)}: A {plain(str(a[name]))}, B {plain(str(b[name]))}"


def _print_part(console: Console, what: str, part: Mapping[str, Any], unit: str) -> None:
    console.print()
    console.print(_headline(what, part, unit), soft_wrap=True)
    for line in _accuracies(part):
        console.print(Text(line), soft_wrap=True)
    console.print(_matrix(part["transitions"]))
    if len(part.get("models", ())) > 1:
        console.print(_models(part["models"]))
    if part["changed_by"]:
        console.print(_grounds(part["changed_by"]))
    for example in part["examples"]:
        for text in _example(example):
            console.print(text, soft_wrap=True)


def _headline(what: str, part: Mapping[str, Any], unit: str) -> Text:
    rate = 100 * part["changed"] / part["n"]
    text = Text(what, style="bold")
    text.append(
        f": {part['n']:,} {unit} in both, {part['changed']:,} changed ({rate:.1f} %)",
        style="not bold",
    )
    if what == "decisions":
        text.append(f"; {part['other_answer']:,} with another answer", style="not bold")
        text.append(f", {part['other_model']:,} of another model", style="not bold")
    return text


def _accuracies(part: Mapping[str, Any]) -> Iterator[str]:
    accuracy, mcnemar = part["accuracy"], part["mcnemar"]
    if accuracy is not None:
        yield (
            f"accuracy: A {share(accuracy['a'])}, B {share(accuracy['b'])}, "
            f"B - A {points(accuracy['difference'])}"
        )
    if mcnemar is not None:
        yield (
            f"correct in A alone {mcnemar['only_a']:,}, in B alone {mcnemar['only_b']:,}: "
            f"McNemar exact p = {mcnemar['p']:.3g}"
        )


def _matrix(transitions: Mapping[str, Mapping[str, int]]) -> Table:
    """A's outcomes down, B's across; only those that occur."""
    across = [state for state in STATES if any(state in row for row in transitions.values())]
    table = table_of(["A down, B across", *(STATES[state] for state in across)], left=0)
    for state in STATES:
        if state in transitions:
            row = transitions[state]
            table.add_row(STATES[state], *(f"{row.get(other, 0):,}" for other in across))
    return table


def _models(models: Sequence[Mapping[str, Any]]) -> Table:
    table = table_of(["model", "samples", "changed", "A", "B", "B - A"], left=0)
    for model in models:
        accuracy = model["accuracy"]
        shown = ["-"] * 3
        if accuracy is not None:
            shown = [f"{100 * accuracy[at]['value']:.1f} %" for at in "ab"]
            shown.append(points(accuracy["difference"]))
        changed = "?" if model["changed"] is None else f"{model['changed']:,}"
        table.add_row(Text(plain(model["model"])), f"{model['n']:,}", changed, *shown)
    return table


def _grounds(changed_by: Sequence[Mapping[str, Any]]) -> Table:
    table = table_of(["changed", "A by", "B by", "count"], left=2)
    for row in changed_by[:ROWS]:
        table.add_row(
            f"{STATES[row['a']['outcome']]} -> {STATES[row['b']['outcome']]}",
            Text(_ground(row["a"])),
            Text(_ground(row["b"])),
            f"{row['count']:,}",
        )
    rest = changed_by[ROWS:]
    if rest:
        table.add_row(f"{len(rest)} other ways", "", "", f"{sum(r['count'] for r in rest):,}")
    return table


def _ground(said: Mapping[str, Any]) -> str:
    """`key, rule boxed`, or a dash where the file says neither."""
    rule = said["rule"] and f"rule {said['rule']}"
    return plain(", ".join(part for part in (said["stage"], rule) if part) or "-")


def _example(example: Mapping[str, Any]) -> Iterator[Text]:
    where = plain(str(example["problem_id"]))
    if "sample_index" in example:
        where += f", {plain(example['model'])} #{example['sample_index']}"
    reference = example["reference"]
    text = Text(where, style="bold")
    if reference is not None:
        text.append(f"  reference {plain(reference, ANSWER)}", style="not bold")
    yield text
    for letter in "ab":
        yield Text(f"  {letter.upper()}  {_said(example, letter)}")


def _said(example: Mapping[str, Any], letter: str) -> str:
    said = example[letter]
    answer = "" if said["answer"] is None else f": {plain(said['answer'], ANSWER)}"
    model = example.get(f"model_{letter}")
    whose = f" of {plain(model)}" if model else ""
    return f"{STATES[said['outcome']]} ({_ground(said)}){whose}{answer}"


def notes(figures: Mapping[str, Any]) -> list[str]:
    """What only one of the two has, what was counted once, and what was assumed."""
    lines = [line for letter in "ab" for line in _only(figures, letter)]
    for letter in "ab":
        for table, n in figures[letter]["duplicates"].items():
            lines.append(f"{letter.upper()} has {n:,} {table}s twice; the first counts")
    return lines + [plain(note, len(note)) for note in figures["notes"]]


def _only(figures: Mapping[str, Any], letter: str) -> Iterator[str]:
    start, only = f"only in {letter.upper()}", f"only_{letter}"
    problems, models = figures["problems"][only], figures["models"][only]
    if count := problems["count"]:
        yield f"{start}: {counted(count, 'problem', 'problems')}{_named(problems['named'], count)}"
    if models:
        yield f"{start}: {counted(len(models), 'model', 'models')}{_named(models, len(models))}"
    for what in ("decisions", "samples"):
        part = figures[what]
        if part is not None and (count := part[only]["count"]):
            names = [_place(place) for place in part[only]["named"]]
            yield f"{start}: {counted(count, what.removesuffix('s'), what)}{_named(names, count)}"


def _named(names: Sequence[str], count: int) -> str:
    if not names:
        return ""
    more = ", ..." if count > min(len(names), NAMED) else ""
    return f" ({', '.join(plain(name) for name in names[:NAMED])}{more})"


def _place(place: Mapping[str, Any]) -> str:
    if "sample_index" not in place:
        return str(place["problem_id"])
    return f"{place['problem_id']} {place['model']} #{place['sample_index']}"
