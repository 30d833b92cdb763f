"""The definitions of right, bootstrap intervals, and the floors that hold on our own frozen test split."""

from __future__ import annotations

import importlib.util
import json
import random
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from nlp.evaluate import same_speaker, same_target, same_thing, tally, tally_of, total
from nlp.extract import extract
from nlp.gold import own_corpus
from nlp.resampling import intervals


def call(asset: str = "BTC", stance: str = "bullish", speaker: str = "", target: Any = None) -> dict[str, Any]:
    return {"asset": asset, "stance": stance, "speaker": speaker, "target": target, "quote": f"{asset} {stance}"}


def test_speakers_are_alike_by_part_and_last_word() -> None:
    assert same_speaker("Tom Lee", "Lee") and same_speaker("@fundstrat", "fundstrat") and same_speaker("", "unnamed")
    assert not same_speaker("", "Lee") and not same_speaker("unnamed", "Lee") and not same_speaker("Ann Ray", "Tom Lee")


def test_targets_within_half_a_percent_and_a_percent_is_never_a_price() -> None:
    assert same_target(100, 100.4) and same_target([1, 2], [1, 2]) and same_target({"pct": 40}, {"pct": 40})
    assert not same_target(40, {"pct": 40}) and not same_target(100, 101) and not same_target(None, 1)


def test_phrases_share_half_of_their_words() -> None:
    assert same_thing("exchange outflows", "outflows") and not same_thing("BTC", "ETH")


def test_calls_match_one_to_one() -> None:
    found = tally({"calls": [call(), call()]}, {"calls": [call(), call(stance="bearish"), call("ETH")]}).table()
    assert (found["call_stance"]["precision"], found["call_stance"]["recall"]) == (1 / 3, 0.5)
    assert found["call_flip"] == {"share": 0.5, "of": 2.0}


def test_intervals_hold_the_score() -> None:
    tallies = [tally({"calls": [call()]}, {"calls": [call()] if i % 2 else []}) for i in range(40)]
    low, high = intervals(tallies)["call_stance"]
    assert low <= total(tallies).table()["call_stance"]["f1"] <= high


def shared_scorer() -> ModuleType:
    path = Path(__file__).parents[2] / "shared" / "tools" / "score_extraction.py"
    if not path.exists():
        pytest.skip("the shared scorer is not here")
    spec = importlib.util.spec_from_file_location("score_extraction", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_our_definitions_are_the_shared_scorers() -> None:
    scorer, chance = shared_scorer(), random.Random(3)
    gold, predicted = ({str(i): document(chance) for i in range(30)} for _ in range(2))
    theirs = scorer.score(gold, predicted).table()
    ours = total([tally(gold[key], predicted[key]) for key in gold]).table()
    for name, row in theirs.items():
        for field, value in row.items():
            assert ours[name][field] == pytest.approx(value), (name, field)


def document(chance: random.Random) -> dict[str, Any]:
    pick = chance.choice
    calls = [
        call(
            pick(["BTC", "ETH"]),
            pick(["bullish", "bearish", "neutral"]),
            pick(["", "unnamed", "Tom Lee", "Lee"]),
            pick([None, 5, [1, 2]]),
        )
        for _ in range(chance.randrange(5))
    ]
    correlations = [
        {
            "quote": "x",
            "driver": pick(["DXY", "rate cut"]),
            "driver_event": pick([None, "up"]),
            "response": pick(["BTC", "DXY"]),
            "relation": pick(["positive", "negative"]),
            "kind": pick(["pattern", "cause"]),
        }
        for _ in range(chance.randrange(4))
    ]
    figures = [
        {
            "text": pick(["5%", "$10"]),
            "value": pick([5, 10]),
            "value_high": None,
            "unit": pick(["%", "USD"]),
            "role": pick(["price", "change"]),
            "asset": pick([None, "BTC"]),
            "hedge": pick([None, "over"]),
        }
        for _ in range(chance.randrange(4))
    ]
    return {"calls": calls, "correlations": correlations, "figures": figures}


@pytest.mark.parametrize(("name", "prefix"), [("own", "sentences-"), ("own_documents", "documents-")])
def test_the_floors_hold_on_our_own_frozen_split(name: str, prefix: str) -> None:
    floors = json.loads(Path(str(files("nlp").joinpath("floors.json"))).read_text(encoding="utf-8"))[name]
    tallies = [tally_of(d, extract(d.document)) for d in own_corpus("test") if d.document.id.startswith(prefix)]
    assert tallies and floors
    table = total(tallies).table()
    for measure, least in floors.items():
        assert table[measure].get("f1", table[measure].get("share", 0.0)) >= least, measure
