"""How much of a right answer passes the checks of --llm, and how much of a wrong one: `python bench/llm_checks.py DIR`.

DIR holds annotated documents (NAME.jsonl beside NAME_gold.jsonl); the frozen test split of our own corpus is taken
where none is given. What people annotated stands for the answer of a perfect model; then every row that passes is
asked about again with one thing in it invented, or taken from elsewhere in the same text. Last, F1 of the default
layers, and of the same joined with that perfect answer: as much as any model could bring.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

sys.path.insert(0, str(Path(__file__).parents[1]))

from nlp.evaluate import same_speaker, tally_of, total
from nlp.extract import extract
from nlp.gold import Annotated, gold_pairs, load_gold, own_corpus
from nlp.models.llm_checked import checked
from nlp.models.llm_ground import Ground, ground
from nlp.models.llm_joined import AnyClaim, joined
from nlp.models.llm_pieces import Piece
from nlp.models.llm_quotes import Source

Row = dict[str, Any]
NUMBERS = (37123.0, 8.137, 61.37, 412345.0)  # in no text by chance


def documents(folder: Path | None) -> list[Annotated]:
    if folder is None:
        return own_corpus("test")
    return [annotated for texts, labels in gold_pairs(folder) for annotated in load_gold(texts, labels)]


def invented(kind: str, row: Row, facts: Ground, chance: random.Random) -> Iterator[tuple[str, Row]]:
    """The row with one thing invented, by what it is."""
    number = chance.choice(NUMBERS)
    other = "LINK" if "LINK" not in facts.symbols(0, len(facts.text)) else "KCS"
    if kind == "calls":
        yield "quote", row | {"quote": " ".join([*row["quote"].split()[:-1], "doubloons"])}
        yield "target", row | {"target": number}
        yield "target in percent", row | {"target": {"pct": number}}
        yield "asset", row | {"asset": other}
        yield "speaker", row | {"speaker": "Odo Fennimore"}
        yield "horizon", row | {"horizon": "by the spring of 2031"}
        yield from elsewhere(row, facts, chance)
    elif kind == "correlations":
        yield "response", row | {"response": other}
        for name, value in (("magnitude_pct", number), ("coefficient", 0.8137), ("instances", 37), ("lag_days", 137)):
            yield name, row | {name: value}
    else:
        yield "value", row | {"value": number}
        yield "text", row | {"text": f"${number:,}"}


def elsewhere(row: Row, facts: Ground, chance: random.Random) -> Iterator[tuple[str, Row]]:
    """A call with a number, an asset or a speaker that belongs to another sentence of the text."""
    at = facts.text.find(row["quote"])
    first, last = facts.around(at, at + len(row["quote"]))
    here = {q.value for q in facts.numbers(first, last)}
    numbers = [q.value for a, _, q in facts.quantities if not first <= a < last and q.unit == "USD"]
    assets = [symbol for _, _, symbol, _ in facts.names if symbol != row["asset"]]
    voices = [v.speaker for v in facts.reading.voices if v.speaker not in ("", "unnamed")]
    choices: dict[str, list[Any]] = {
        "target": [number for number in numbers if number not in here],
        "asset": assets,
        "speaker": [name for name in voices if not same_speaker(name, row["speaker"])],
    }
    for name, values in choices.items():
        if values:
            yield f"{name} of another sentence", row | {name: chance.choice(values)}


def measure(annotated: list[Annotated]) -> tuple[Counter[tuple[str, str, bool]], Counter[tuple[str, str, bool]]]:
    """(kind, what was changed, passed?) counted for right rows, and for wrong ones."""
    chance = random.Random(0)
    right: Counter[tuple[str, str, bool]] = Counter()
    wrong: Counter[tuple[str, str, bool]] = Counter()
    for one in annotated:
        facts = ground(one.document)
        source = Source(facts, Piece(0, len(facts.text), 0), "model")
        for kind in ("calls", "correlations", "figures"):
            for row in getattr(one, kind):
                passed = bool(checked({kind: [row]}, source)[0])
                right[kind, "nothing", passed] += 1
                for name, changed in invented(kind, row, facts, chance) if passed else ():
                    wrong[kind, name, bool(checked({kind: [changed]}, source)[0])] += 1
    return right, wrong


def best(annotated: list[Annotated]) -> Iterator[str]:
    """Lines of F1 without and with a perfect model."""
    alone, both = [], []
    for one in annotated:
        source = Source(ground(one.document), Piece(0, len(one.document.text), 0), "model")
        claims = extract(one.document)
        together = joined(claims, cast("list[AnyClaim]", checked(one.rows, source)[0]), "").claims
        alone.append(tally_of(one, claims))
        both.append(tally_of(one, together))
    before, after = total(alone).table(), total(both).table()
    for name in ("call_stance", "call_full", "correlation_full", "figure_span"):
        yield f"  {name:18} {before[name]['f1']:.3f}, with a perfect model {after[name]['f1']:.3f}"


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    for title, counts in zip(("right rows", "wrong rows"), measure(documents(folder)), strict=True):
        print(f"{title}:")
        for kind, name in dict.fromkeys((kind, name) for kind, name, _ in counts):
            passed, refused = counts[kind, name, True], counts[kind, name, False]
            share = passed / (passed + refused)
            print(f"  {kind:12} {name:28} {passed:5} of {passed + refused:5} pass ({100 * share:.1f} %)")
    print("F1 of the default layers:", *best(documents(folder)), sep="\n")


if __name__ == "__main__":
    main()
