"""`calledit eval --layers`: quality and cost of each combination of layers, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from commands.common import progress, say
from commands.encoder import loaded_encoder
from commands.llm_model import chosen_llm, report
from commands.stance_model import chosen_stance_model

if TYPE_CHECKING:
    from nlp.gold import Annotated
    from nlp.layers import Combination, Measured
    from nlp.models.classifier import StanceModelChoice
    from nlp.models.llm import Answer, Answers
    from nlp.models.llm_reading import LlmReader

CALLS = {"call_stance": "calls (asset, stance)", "call_full": "with speaker"}
OTHERS = {"call_target": "target", "call_flip": "flips", "correlation_pair": "pairs", "figure_span": "figures"}
DIFFERENCE = "difference to the default"
Table = dict[str, list[dict[str, Any]]]


def compared(
    documents: Sequence[tuple[str, Annotated]],
    stance_model: str | None,
    stance_model_all: bool,
    llm: str | None,
    llm_budget: int,
) -> Table:
    """Every combination over every file of documents. Raises UserError where a model cannot be used."""
    from nlp.layers import start_up

    asked = chosen_llm(llm, llm_budget)
    stance = chosen_stance_model(stance_model, stance_model_all)
    combinations = combinations_of(stance, asked.asker.name if asked else None)
    starts = [asdict(start_up(one, llm)) for one in combinations]
    table = {}
    with progress("Reading", len(documents) * sum(not one.llm for one in combinations)) as advance:
        for name in dict.fromkeys(name for name, _ in documents):
            rows = _rows([a for n, a in documents if n == name], combinations, asked, advance)
            table[name] = [row | {"start_up": start} for row, start in zip(rows, starts, strict=True)]
    if asked:
        report(asked)
    return table


def combinations_of(stance: StanceModelChoice | None, llm: str | None) -> list[Combination]:
    """The default layers first, then with what is there; the language model beside the layers one would choose."""
    from nlp.layers import Combination
    from nlp.models.encoder_files import is_installed

    found = [Combination("default layers")]
    if is_installed():
        found += [Combination(f"+ encoder, {use}", (loaded_encoder(use),)) for use in ("unsure", "all")]
    else:
        say("the encoder is not installed and left out; `calledit encoder install` brings it")
    usual = found[:2]
    if stance:
        name = stance.name.rpartition("/")[2]
        found += [Combination(_joined(one.name, name), (*one.opinions, stance)) for one in usual]
    if llm:
        found += [Combination(_joined(one.name, llm), one.opinions, llm=True) for one in usual]
    return found


def _joined(name: str, other: str) -> str:
    return f"+ {other}" if name == "default layers" else f"{name} + {other}"


def _rows(
    documents: Sequence[Annotated], combinations: Sequence[Combination], asked: LlmReader | None, advance: Any
) -> list[dict[str, Any]]:
    """One row of quality and cost for each combination."""
    from nlp.layers import measured, with_second

    words = sum(len(annotated.document.text.split()) for annotated in documents)
    read = {one.opinions: measured(documents, one, advance) for one in combinations if not one.llm}
    rows: list[dict[str, Any]] = []
    for one in combinations:
        found, tokens = read[one.opinions], None
        if one.llm and asked:
            answers = NotedAnswers(asked.asker.answers)
            reader = replace(asked, asker=replace(asked.asker, answers=answers))
            found = with_second(found, documents, reader.read_all)
            tokens = _tokens(asked, answers)
        rows.append(_row(one.name, found, read[()], words) | {"tokens": tokens})
    return rows


def _tokens(asked: LlmReader, answers: NotedAnswers) -> int:
    from db.llm_answers import KeptAnswers

    kept = asked.asker.answers
    return kept.tokens(answers.keys) if isinstance(kept, KeptAnswers) else asked.asker.spending.tokens


@dataclass(frozen=True, slots=True)
class NotedAnswers:
    """The kept answers, and which of them were asked for: what they cost once is what reading costs without them."""

    kept: Answers
    keys: set[str] = field(default_factory=set)

    def get(self, key: str) -> str | None:
        self.keys.add(key)
        return self.kept.get(key)

    def put(self, key: str, model: str, prompt_version: str, answer: Answer) -> None:
        self.kept.put(key, model, prompt_version, answer)


def _row(name: str, found: Measured, base: Measured, words: int) -> dict[str, Any]:
    from nlp.resampling import difference, estimated

    measures = {**CALLS, **OTHERS}
    scores = {m: asdict(e) for m in measures if (e := estimated(found.tallies, m))}
    differences = {m: asdict(e) for m in measures if (e := difference(base.tallies, found.tallies, m))}
    return {
        "layers": name,
        "documents": len(found.tallies),
        "words": words,
        "scores": scores,
        "differences": differences if found is not base else {},
        "cpu_s": found.cpu_s,
        "cpu_s_per_1000_words": 1000 * found.cpu_s / max(1, words),
        "documents_per_cpu_s": len(found.tallies) / max(1e-9, found.cpu_s),
    }


def shown_layers(table: Table) -> str:
    """The tables as lines of text, one for each file of documents."""
    return "\n\n".join(_shown(part, rows) for part, rows in table.items())


def _shown(part: str, rows: Sequence[dict[str, Any]]) -> str:
    width = max(len(DIFFERENCE), *(len(row["layers"]) for row in rows)) + 2
    lines = [f"{part}: {rows[0]['documents']} documents, {rows[0]['words']:,} words"]
    lines.append(f"  {'quality':{width}}" + _heads(CALLS, 24) + _heads(OTHERS, 9))
    lines += [f"  {row['layers']:{width}}" + _quality(row) for row in rows]
    if rows[1:]:
        lines.append(f"  {DIFFERENCE:{width}}" + _heads(CALLS, 26))
        lines += [f"  {row['layers']:{width}}" + _differences(row) for row in rows[1:]]
    lines.append(f"  {'cost':{width}}{'CPU-s/1,000 words':>18}{'documents/CPU-s':>17}{'start-up':>16}{'tokens':>10}")
    return "\n".join([*lines, *(f"  {row['layers']:{width}}" + _cost(row) for row in rows)])


def _heads(names: dict[str, str], width: int) -> str:
    return "".join(f"{name:>{width}}" for name in names.values())


def _quality(row: dict[str, Any]) -> str:
    scores = row["scores"]
    cells = [_cell(scores.get(m), "{value:.3f} ({low:.3f} to {high:.3f})", 24) for m in CALLS]
    return "".join([*cells, *(_cell(scores.get(m), "{value:.3f}", 9) for m in OTHERS)])


def _differences(row: dict[str, Any]) -> str:
    form = "{value:+.3f} ({low:+.3f} to {high:+.3f})"
    return "".join(_cell(row["differences"].get(m), form, 26) for m in CALLS)


def _cell(estimate: dict[str, float] | None, form: str, width: int) -> str:
    return f"{form.format(**estimate) if estimate else '-':>{width}}"


def _cost(row: dict[str, Any]) -> str:
    start = row["start_up"]
    memory = f", {start['memory_mb']:.0f} MB" if start["memory_mb"] else ""
    tokens = "-" if row["tokens"] is None else f"{row['tokens']:,}"
    begun = f"{start['cpu_s']:.1f} s{memory}"
    return f"{row['cpu_s_per_1000_words']:18.3f}{row['documents_per_cpu_s']:17.1f}{begun:>16}{tokens:>10}"
