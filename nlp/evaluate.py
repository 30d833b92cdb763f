"""How right a reading is: precision, recall and shares by the project's definitions of right.

A call is right in (asset, stance) one to one within its document, in full with the same speaker as well; a target
within 0.5 %; a correlation by its pair and relation; a figure by its printed text, then value and unit, role,
asset and hedge.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nlp.claims import Claims, document_annotation
from nlp.gold import Annotated

Row = Mapping[str, Any]
Same = Callable[[Any, Any], bool]


def name_key(name: str | None) -> str:
    """A speaker's name without case, marks and "@"."""
    return re.sub(r"[^\w ]", "", (name or "").casefold().replace("@", "")).strip()


def same_speaker(a: str | None, b: str | None) -> bool:
    """Alike, one inside the other, or with the same last word; the outlet and unnamed groups count as one."""
    left, right = name_key(a), name_key(b)
    if left == right or {left, right} <= {"", "unnamed"}:
        return True
    if not left or not right or "unnamed" in (left, right):
        return False
    return (
        left in right
        or right in left
        or left.replace(" ", "") == right.replace(" ", "")
        or left.split()[-1] == right.split()[-1]
    )


def same_thing(a: str | None, b: str | None) -> bool:
    """Alike, or phrases that share half of the shorter one's words."""
    left, right = (a or "").casefold().strip(), (b or "").casefold().strip()
    if left == right:
        return True
    words_left, words_right = set(re.findall(r"\w+", left)), set(re.findall(r"\w+", right))
    shorter, longer = sorted((len(words_left), len(words_right)))
    return shorter > 0 and longer > 1 and len(words_left & words_right) / shorter >= 0.5


def near(a: Any, b: Any) -> bool:
    """Within 0.5 %; None only equals None."""
    if a is None or b is None:
        return a is None and b is None
    try:
        left, right = float(a), float(b)
    except (TypeError, ValueError):
        return False
    return abs(left - right) <= 0.005 * max(abs(left), abs(right), 1e-9)


def same_target(a: Any, b: Any) -> bool:
    left, right = _target_numbers(a), _target_numbers(b)
    if left is None or right is None:
        return left is right
    return left[0] == right[0] and len(left[1]) == len(right[1]) and all(map(near, left[1], right[1]))


def _target_numbers(target: Any) -> tuple[str, list[Any]] | None:
    if target is None:
        return None
    unit = "pct" if isinstance(target, dict) else "price"
    value = target.get("pct") if isinstance(target, dict) else target
    return unit, list(value) if isinstance(value, (list, tuple)) else [value]


def same_stance(a: Row, b: Row) -> bool:
    return bool(a["asset"] == b.get("asset") and a["stance"] == b.get("stance"))


def same_call(a: Row, b: Row) -> bool:
    return same_stance(a, b) and same_speaker(a["speaker"], b.get("speaker"))


def same_pair(a: Row, b: Row) -> bool:
    straight = same_thing(a["driver"], b["driver"]) and same_thing(a["response"], b["response"])
    swapped = same_thing(a["driver"], b["response"]) and same_thing(a["response"], b["driver"])
    return straight or (not a.get("driver_event") and swapped)


def _words(row: Row) -> set[str]:
    return set(re.findall(r"\w+", row.get("quote") or ""))


def _shared(a: Row, b: Row) -> float:
    left, right = _words(a), _words(b)
    return len(left & right) / max(1, len(left | right))


def call_agreement(a: Row, b: Row) -> float:
    """How alike two calls are: chooses among admissible pairs, so that the order of rows changes nothing."""
    stance, speaker = 4.0 * (a["stance"] == b.get("stance")), 3.0 * same_speaker(a["speaker"], b.get("speaker"))
    target, condition = (
        2.0 * same_target(a.get("target"), b.get("target")),
        a.get("conditional") == b.get("conditional"),
    )
    return float(stance + speaker + target + condition + _shared(a, b))


def quote_agreement(a: Any, b: Any) -> float:
    return 0.0 if isinstance(a, str) else float(a.get("relation") == b.get("relation")) + _shared(a, b)


def pair_up(
    gold: Sequence[Any], predicted: Sequence[Any], same: Same, agreement: Callable[[Any, Any], float] = quote_agreement
) -> list[tuple[int, int]]:
    """One-to-one pairs (index of gold, index of predicted), the most alike first."""
    candidates = sorted(
        ((agreement(g, p), i, j) for i, g in enumerate(gold) for j, p in enumerate(predicted) if same(g, p)),
        key=lambda c: -c[0],
    )
    used_gold: set[int] = set()
    used_predicted: set[int] = set()
    pairs = []
    for _, i, j in candidates:
        if i not in used_gold and j not in used_predicted:
            used_gold.add(i)
            used_predicted.add(j)
            pairs.append((i, j))
    return pairs


@dataclass(slots=True)
class Tally:
    """Counts of one or more documents: matched, gold and predicted rows, and right among matched for the shares."""

    matched: Counter[str] = field(default_factory=Counter)
    gold: Counter[str] = field(default_factory=Counter)
    predicted: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    of: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        for mine, theirs in (
            (self.matched, other.matched),
            (self.gold, other.gold),
            (self.predicted, other.predicted),
            (self.right, other.right),
            (self.of, other.of),
        ):
            mine.update(theirs)

    def match(
        self,
        name: str,
        gold: Sequence[Any],
        predicted: Sequence[Any],
        same: Same,
        agreement: Callable[[Any, Any], float],
    ) -> list[tuple[int, int]]:
        pairs = pair_up(gold, predicted, same, agreement)
        self.matched[name] += len(pairs)
        self.gold[name] += len(gold)
        self.predicted[name] += len(predicted)
        return pairs

    def share(self, name: str, right: bool) -> None:
        self.of[name] += 1
        self.right[name] += right

    def table(self) -> dict[str, dict[str, float]]:
        """Precision, recall, F1 and number of gold rows; or a share and what it is of."""
        rows: dict[str, dict[str, float]] = {}
        for name in sorted(self.gold | self.predicted):
            precision = self.matched[name] / self.predicted[name] if self.predicted[name] else 0.0
            recall = self.matched[name] / self.gold[name] if self.gold[name] else 0.0
            f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
            rows[name] = {"precision": precision, "recall": recall, "f1": f1, "gold": float(self.gold[name])}
        for name in sorted(self.of):
            rows[name] = {"share": self.right[name] / self.of[name], "of": float(self.of[name])}
        return rows


def tally(gold: Row, predicted: Row) -> Tally:
    """The counts of one document; both rows hold calls, correlations and figures in the annotation format."""
    found = Tally()
    _calls(found, gold.get("calls", []), predicted.get("calls", []))
    told, read = _patterns(gold), _patterns(predicted)
    found.match("correlation_pair", told, read, same_pair, quote_agreement)
    found.match("correlation_full", told, read, same_relation, quote_agreement)
    _figures(found, gold.get("figures", []), predicted.get("figures", []))
    return found


def tally_of(annotated: Annotated, claims: Claims) -> Tally:
    """The counts of what was read in a document against what people read in it."""
    return tally(annotated.rows, document_annotation(claims))


def _patterns(row: Row) -> list[Row]:
    return [c for c in row.get("correlations", []) if c.get("kind", "pattern") == "pattern"]


def same_relation(a: Row, b: Row) -> bool:
    return same_pair(a, b) and bool(a["relation"] == b["relation"])


def _calls(found: Tally, gold: Sequence[Row], predicted: Sequence[Row]) -> None:
    found.match("call_stance", gold, predicted, same_stance, call_agreement)
    for i, j in found.match("call_full", gold, predicted, same_call, call_agreement):
        if gold[i].get("target") is not None:
            found.share("call_target", same_target(gold[i]["target"], predicted[j].get("target")))
    same = lambda a, b: a["asset"] == b.get("asset") and same_speaker(a["speaker"], b.get("speaker"))  # noqa: E731
    for i, j in pair_up(gold, predicted, same, call_agreement):
        found.share("call_flip", {gold[i]["stance"], predicted[j].get("stance")} == {"bullish", "bearish"})


_FIGURE_FIELDS: dict[str, Same] = {
    "value": lambda a, b: (
        near(a["value"], b.get("value"))
        and near(a.get("value_high"), b.get("value_high"))
        and a["unit"] == b.get("unit")
    ),
    "role": lambda a, b: a.get("role") == b.get("role"),
    "asset": lambda a, b: a.get("asset") == b.get("asset"),
    "hedge": lambda a, b: a.get("hedge") == b.get("hedge"),
}


def _figures(found: Tally, gold: Sequence[Row], predicted: Sequence[Row]) -> None:
    """A number printed several times in a document counts once; any of its meanings may match."""
    told, read = _by_text(gold), _by_text(predicted)
    texts, read_texts = list(told), list(read)
    for i, j in found.match("figure_span", texts, read_texts, str.__eq__, quote_agreement):
        left, right = told[texts[i]], read[read_texts[j]]
        for name, same in _FIGURE_FIELDS.items():
            found.share(f"figure_{name}", any(same(a, b) for a in left for b in right))


def _by_text(rows: Sequence[Row]) -> dict[str, list[Row]]:
    texts: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        texts[re.sub(r"\s+", "", row["text"]).casefold()].append(row)
    return texts


def total(tallies: Sequence[Tally]) -> Tally:
    """All counts together."""
    result = Tally()
    for one in tallies:
        result.add(one)
    return result
