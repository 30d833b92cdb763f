"""How far two readers of the corpus agree: `python bench/agreement.py`.

nlp/corpus/second_pass.jsonl holds 300 documents annotated a second time, from the texts alone; first_pass.jsonl holds
the labels they had until then; the labels in use (settled) came out of comparing the two. F1 and shares follow
nlp/evaluate.py. Kappa is Cohen's (Educational and Psychological Measurement 20, 1960) over documents: the stance on
the main asset (none, bullish, bearish, neutral or both ways), and whether there is any call.
adjudication.jsonl says for every disagreement whose error it was.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from nlp.evaluate import Row, Tally, call_agreement, pair_up, same_call, same_target, tally, total
from nlp.resampling import intervals

FOLDER = Path(str(files("nlp").joinpath("corpus")))
MEASURES = {
    "call_stance": "calls: asset and stance, F1",
    "call_full": "calls: with the speaker, F1",
    "call_flip": "calls: opposite stance",
    "call_target": "calls: target",
    "call_conditional": "calls: conditional or not",
    "correlation_pair": "correlations: pair, F1",
    "correlation_full": "correlations: with relation, F1",
    "figure_span": "figures: span, F1",
    "figure_value": "figures: value and unit",
    "figure_role": "figures: role",
    "figure_asset": "figures: asset",
    "figure_hedge": "figures: hedge",
}
ERRORS = ("first", "second", "both", "open", "scope")

Labels = Mapping[str, Row]


def rows(path: Path) -> dict[str, dict[str, Any]]:
    """Rows of a JSONL file by id."""
    return {row["id"]: row for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())}


def passes() -> tuple[Labels, Labels, Labels]:
    """(first pass, second pass, settled labels) of the documents read twice."""
    first, second = rows(FOLDER / "first_pass.jsonl"), rows(FOLDER / "second_pass.jsonl")
    settled: dict[str, Row] = {}
    for path in sorted(FOLDER.glob("sentences_*_gold.jsonl")):
        settled |= {key: row for key, row in rows(path).items() if key in second}
    return first, second, settled


def decisions() -> list[dict[str, str]]:
    """Rows of adjudication.jsonl: id, kind of claim, whose error, about what."""
    return [json.loads(line) for line in (FOLDER / "adjudication.jsonl").read_text(encoding="utf-8").splitlines()]


def compared(a: Row, b: Row) -> Tally:
    """The counts of nlp.evaluate for one document, and how many matched calls agree on being conditional."""
    found = tally(a, b)
    for i, j in matched_calls(a, b):
        found.share("call_conditional", a["calls"][i]["conditional"] == b["calls"][j]["conditional"])
    return found


def matched_calls(a: Row, b: Row) -> list[tuple[int, int]]:
    return pair_up(a["calls"], b["calls"], same_call, call_agreement)


def disagreements(a: Row, b: Row) -> Iterator[str]:
    """The kinds of claim (calls, correlations, figures) in which two readings of a document differ."""
    found = compared(a, b)
    fields = [(a["calls"][i]["target"], b["calls"][j]["target"]) for i, j in matched_calls(a, b)]
    if _differ(found, "call_") or not all(same_target(*pair) for pair in fields):
        yield "calls"
    if _differ(found, "correlation_full"):
        yield "correlations"
    if _differ(found, "figure_"):
        yield "figures"


def _differ(found: Tally, prefix: str) -> bool:
    spans = {name for name in found.gold | found.predicted if name.startswith(prefix)}
    shares = {name for name in found.of if name.startswith(prefix) and name != "call_flip"}
    unequal = any(not found.matched[n] == found.gold[n] == found.predicted[n] for n in spans)
    return unequal or any(found.right[n] != found.of[n] for n in shares)


def kappa(a: Labels, b: Labels, label: Callable[[Row, str], str]) -> float:
    """Cohen's kappa of two readers over documents; `label` names the category of a reading and a main asset."""
    from sklearn.metrics import cohen_kappa_score

    main = {key: main_asset(a[key], b[key]) for key in a}
    return float(cohen_kappa_score(*([label(side[key], main[key]) for key in a] for side in (a, b))))


def main_asset(a: Row, b: Row) -> str:
    """The asset of the first call of one reading, or of the other where that one has none; "" without any call."""
    return str(next((call["asset"] for side in (a, b) for call in side["calls"]), ""))


def stance(reading: Row, asset: str) -> str:
    stances = {call["stance"] for call in reading["calls"] if call["asset"] == asset}
    return "both" if len(stances) > 1 else next(iter(stances), "none")


def any_call(reading: Row, asset: str) -> str:
    return "call" if reading["calls"] else "none"


def agreement_table() -> str:
    """Markdown: every measure for first against second reader, and for either against the settled labels."""
    first, second, settled = passes()
    pairs = [(first, second), (settled, first), (settled, second)]
    tallies = [[compared(a[key], b[key]) for key in a] for a, b in pairs]
    tables = [total(found).table() for found in tallies]
    spread = intervals(tallies[0])
    lines = ["| measure | first and second | 95 % | of | first and settled | second and settled |", "|---" * 6 + "|"]
    for name, title in MEASURES.items():
        cells = [f"{row[name].get('f1', row[name].get('share', 0.0)):.3f}" for row in tables]
        low, high = spread[name]
        size = int(tables[0][name].get("gold", tables[0][name].get("of", 0)))
        lines.append(f"| {title} | {cells[0]} | {low:.3f}–{high:.3f} | {size} | {cells[1]} | {cells[2]} |")
    for title, label in (("kappa: stance on the main asset", stance), ("kappa: a call or none", any_call)):
        cells = [f"{kappa(a, b, label):.3f}" for a, b in pairs]
        lines.append(f"| {title} | {cells[0]} | | {len(first)} | {cells[1]} | {cells[2]} |")
    return "\n".join(lines)


def decision_table() -> str:
    """Markdown: disagreements by kind of claim and by whose error they were."""
    counts = Counter((row["kind"], row["error"]) for row in decisions())
    lines = ["| disagreements | " + " | ".join(ERRORS) + " | all |", "|---" * (len(ERRORS) + 2) + "|"]
    for kind in ("calls", "correlations", "figures"):
        cells = [counts[kind, error] for error in ERRORS]
        lines.append(f"| {kind} | " + " | ".join(map(str, cells)) + f" | {sum(cells)} |")
    cells = [sum(counts[kind, error] for kind in ("calls", "correlations", "figures")) for error in ERRORS]
    lines.append("| all | " + " | ".join(map(str, cells)) + f" | {sum(cells)} |")
    return "\n".join(lines)


def main() -> None:
    print(agreement_table(), decision_table(), sep="\n\n")


if __name__ == "__main__":
    main()
