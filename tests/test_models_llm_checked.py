"""What an LLM lists, held against the text: what stands becomes a claim, everything else is refused with its reason."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.calibrate import verified_threshold
from nlp.claims import ANNOTATION_FIELDS, Call, Claim, Claims, Correlation, Figure, Horizon, Target, to_annotation
from nlp.extract import extract
from nlp.models.llm_checked import checked
from nlp.models.llm_ground import ground
from nlp.models.llm_joined import joined
from nlp.models.llm_pieces import Piece
from nlp.models.llm_quotes import Source
from nlp.models.llm_schema import KINDS, answer_schema, completed, misfit, row_schema
from scrapers.documents import Document

TEXT = """A calm week for coins

Mara Quill of Tern Capital expects Bitcoin to reach $90,000 by June. The coin traded at $61,500 on Monday.

“If ether loses $2,800, it could fall to $2,200 in the coming weeks,” Odo Fennimore said. Solana has room to double.

Each time the Fed cuts rates, bitcoin rallied 40% within three months, in all of the last four cycles. The correlation
of bitcoin and gold is 0.8.

Analysts see gold between $2,700 and $2,900. The firm holds 12,500 BTC."""

CALL = {
    "quote": "Mara Quill of Tern Capital expects Bitcoin to reach $90,000 by June.",
    "speaker": "Mara Quill",
    "organisation": "Tern Capital",
    "asset": "BTC",
    "stance": "bullish",
    "target": 90000,
    "horizon": "by June",
    "conditional": False,
    "verbatim": False,
}
ETHER = {
    "quote": "If ether loses $2,800, it could fall to $2,200 in the coming weeks",
    "speaker": "Odo Fennimore",
    "asset": "ETH",
    "stance": "bearish",
    "target": 2200,
    "horizon": "in the coming weeks",
    "conditional": True,
}
PATTERN = {
    "quote": "Each time the Fed cuts rates, bitcoin rallied 40% within three months, in all of the last four cycles.",
    "speaker": "",
    "driver": "FEDFUNDS",
    "driver_event": "rate cut",
    "response": "BTC",
    "relation": "positive",
    "kind": "pattern",
    "lag_days": 90,
    "magnitude_pct": 40,
    "instances": 4,
}
TOGETHER = {
    "quote": "The correlation\nof bitcoin and gold is 0.8.",
    "speaker": "",
    "driver": "BTC",
    "response": "GOLD",
    "relation": "positive",
    "kind": "pattern",
    "coefficient": 0.8,
}
FIGURE = {"text": "12,500 BTC", "value": 12500, "unit": "coins:BTC", "role": "holding", "asset": "BTC"}


def source(text: str = TEXT, **fields: Any) -> Source:
    document = Document("d", fields.pop("kind", "article"), text, published=datetime(2025, 3, 4, tzinfo=UTC), **fields)
    return Source(ground(document), Piece(0, len(text), 0), "fake")


ARTICLE = source()


@pytest.fixture
def article() -> Source:
    return ARTICLE


def reason(kind: str, row: Any, where: Source) -> str:
    """Why a row is refused."""
    claims, refused = checked({kind: [row]}, where)
    assert not claims and len(refused) == 1
    return refused[0][1].removeprefix("fake: ")


# --- what stands ------------------------------------------------------------------------------------------------


def test_a_call_that_stands(article: Source) -> None:
    (claim,), refused = checked({"calls": [CALL]}, article)
    assert isinstance(claim, Call) and not refused
    assert TEXT[claim.start : claim.end] == claim.quote == CALL["quote"]
    assert (claim.speaker, claim.organisation, claim.asset, claim.stance) == (
        "Mara Quill",
        "Tern Capital",
        "BTC",
        "bullish",
    )
    assert claim.target == Target(90000.0) and claim.horizon and claim.horizon.printed == "by June"
    assert (claim.layer, claim.rule) == ("llm", "fake")


def test_a_condition_is_read_by_our_own_rules(article: Source) -> None:
    (claim,), _ = checked({"calls": [ETHER]}, article)
    assert isinstance(claim, Call)
    assert (claim.condition_asset, claim.condition_side, claim.condition_level) == ("ETH", "below", 2800.0)
    assert claim.verbatim and claim.voice == "quoted"


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ([2700, 2900], Target(2700.0, 2900.0)),
        ([2900, 2700], Target(2700.0, 2900.0)),
        (2900, Target(2900.0)),
        (None, None),
    ],
)
def test_ranges(article: Source, target: Any, found: Target | None) -> None:
    row = {
        "quote": "Analysts see gold between $2,700 and $2,900.", "speaker": "unnamed", "asset": "GOLD",
        "stance": "neutral", "target": target,
    }  # fmt: skip
    (claim,), _ = checked({"calls": [row]}, article)
    assert isinstance(claim, Call) and claim.target == found


@pytest.mark.parametrize(("stance", "size", "low"), [("bullish", 100, 100.0), ("bullish", -100, 100.0)])
def test_a_move_in_percent_has_the_sign_of_its_stance(article: Source, stance: str, size: float, low: float) -> None:
    row = {
        "quote": "Solana has room to double.",
        "speaker": "",
        "asset": "SOL",
        "stance": stance,
        "target": {"pct": size},
    }
    (claim,), _ = checked({"calls": [row]}, article)
    assert isinstance(claim, Call) and claim.target == Target(low, None, True)


def test_correlations_that_stand(article: Source) -> None:
    (pattern, together), refused = checked({"correlations": [PATTERN, TOGETHER]}, article)
    assert isinstance(pattern, Correlation) and isinstance(together, Correlation) and not refused
    assert (pattern.driver, pattern.response, pattern.lag_days, pattern.magnitude_pct) == ("FEDFUNDS", "BTC", 90, 40)
    assert (together.coefficient, pattern.instances) == (0.8, 4)


def test_a_figure_stands_where_the_grammar_reads_it(article: Source) -> None:
    (claim,), _ = checked({"figures": [FIGURE]}, article)
    assert isinstance(claim, Figure)
    assert TEXT[claim.text_start :].startswith("12,500 BTC") and claim.text in claim.quote
    assert (claim.value, claim.unit, claim.role) == (12500.0, "coins:BTC", "holding")


def test_nothing_a_model_says_alone_is_verified(article: Source) -> None:
    claims, _ = checked({"calls": [CALL], "correlations": [PATTERN], "figures": [FIGURE]}, article)
    for kind, claim in zip(("call", "correlation", "figure"), claims, strict=True):
        assert claim.confidence < verified_threshold(kind)


def test_a_post_speaks_for_its_account() -> None:
    post = source("$SOL to $400 by summer, still long", kind="post", handle="odofenn")
    for speaker in ("", "@odofenn", "odofenn"):
        row = {"quote": post.ground.text, "speaker": speaker, "asset": "SOL", "stance": "bullish", "target": 400}
        (claim,), _ = checked({"calls": [row]}, post)
        assert (claim.speaker, claim.handle, claim.voice) == ("@odofenn", "odofenn", "author")


# --- what does not ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"quote": "Mara Quill expects Bitcoin to reach $90,000 by June."}, "the quote is not in the text"),
        ({"quote": "mara quill of tern capital expects Bitcoin"}, "the quote is not in the text"),
        ({"quote": "Bitcoin"}, "the quote is too short to carry a claim"),
        ({"quote": ""}, "the quote is too short to carry a claim"),
        ({"target": 95000}, "the target 95000 is not printed beside the quote"),
        ({"target": 61500}, "the target 61500 is not printed beside the quote"),  # of the next sentence
        ({"target": [90000, 120000]}, "the target [90000, 120000] is not printed beside the quote"),
        ({"target": {"pct": 50}}, 'the target {"pct": 50} is not printed beside the quote'),
        ({"target": []}, "a target has one number or two, not 0"),
        ({"asset": "ETH"}, "the asset is 'ETH' where the text names BTC"),
        ({"asset": "XRP"}, "the asset is 'XRP' where the text names BTC"),
        ({"speaker": "Pell Arundel"}, "the speaker 'Pell Arundel' is not named in the text"),
        ({"speaker": "Odo Fennimore"}, "the text gives these words to 'Mara Quill', not to 'Odo Fennimore'"),
        ({"organisation": "Wells Hill"}, "the organisation 'Wells Hill' is not named in the text"),
        ({"horizon": "by 2031"}, "the horizon is not printed beside the quote"),
        ({"stance": "moon"}, "stance is 'moon', not one of bullish, bearish, neutral"),
        ({"target": "90000"}, "target is '90000', not number or array or object or null"),
        ({"conditional": "no"}, "conditional is 'no', not boolean"),
        ({"speaker": None}, "speaker is None, not string"),
        ({"quote": ["a"]}, "quote is ['a'], not string"),
    ],
)
def test_calls_that_do_not_stand(article: Source, change: dict[str, Any], why: str) -> None:
    assert reason("calls", CALL | change, article) == why


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"magnitude_pct": 45}, "a magnitude of 45 % is not printed beside the quote"),
        ({"instances": 7}, "7 instances is not printed beside the quote"),
        ({"lag_days": 30}, "a lag of 30 days is not printed beside the quote"),
        ({"lag_days": [90, 400]}, "a lag of [90, 400] days is not printed beside the quote"),
        ({"coefficient": 0.6}, "a coefficient of 0.6 is not printed beside the quote"),
        ({"periods": ["2017"]}, "the period '2017' is not printed beside the quote"),
        ({"response": "ETH"}, "'ETH' is not named beside the quote"),
        ({"response": "solar eclipses"}, "'solar eclipses' is not named beside the quote"),
        ({"driver_event": "golden cross"}, "the event 'golden cross' is not named beside the quote"),
        ({"driver": "BTC", "driver_event": None}, "both sides are the same"),
        ({"driver": "cycles", "response": "cycles"}, "neither side is an asset named beside the quote"),
        ({"relation": "up"}, "relation is 'up', not one of positive, negative, none"),
    ],
)
def test_correlations_that_do_not_stand(article: Source, change: dict[str, Any], why: str) -> None:
    assert reason("correlations", PATTERN | change, article) == why


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"text": "13,500 BTC"}, "the text does not print '13,500 BTC'"),
        ({"text": ""}, "the text does not print ''"),
        ({"value": 12600}, "the grammar does not read 12600 at '12,500 BTC'"),
        ({"value_high": 13000}, "the grammar does not read 12500 at '12,500 BTC'"),
        ({"text": "Tern Capital"}, "the grammar does not read 12500 at 'Tern Capital'"),
        ({"unit": "USD"}, "the unit is 'USD' where the text has 'coins:BTC'"),
        ({"asset": "ETH"}, "the asset is 'ETH' where the text names BTC"),
        (
            {"role": "wish"},
            f"role is 'wish', not one of {', '.join(row_schema('figures')['properties']['role']['enum'])}",
        ),
        ({"value": "12500"}, "value is '12500', not number"),
    ],
)
def test_figures_that_do_not_stand(article: Source, change: dict[str, Any], why: str) -> None:
    assert reason("figures", FIGURE | change, article) == why


@pytest.mark.parametrize("row", [None, 5, "a call", [CALL], {}])
def test_rows_that_are_none(article: Source, row: Any) -> None:
    assert reason("calls", row, article) in ("it is no object", "quote is missing")


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from([TEXT[5:90], "BTC", "bullish"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(KINDS)), st.data())
@settings(max_examples=150, deadline=None)
def test_no_row_breaks_the_check(kind: str, data: st.DataObject) -> None:
    base: dict[str, Any] = {"calls": CALL, "correlations": PATTERN, "figures": FIGURE}[kind]
    names = list(row_schema(kind)["properties"])
    changes = data.draw(st.dictionaries(st.sampled_from(names), json_values, max_size=4))
    claims, refused = checked({kind: [base | changes]}, ARTICLE)
    assert len(claims) + len(refused) == 1
    for claim in claims:
        assert TEXT[claim.start : claim.end] == claim.quote and claim.quote
    assert all(json.loads(what) for what, _ in refused if len(what) < 4000)


# --- the schema -------------------------------------------------------------------------------------------------


def test_the_schema_has_the_fields_of_the_annotation_format() -> None:
    for kind, claim in KINDS.items():
        assert tuple(row_schema(kind)["properties"]) == ANNOTATION_FIELDS[claim]
    assert answer_schema()["required"] == ["calls", "correlations", "figures"]


def test_our_own_claims_fit_their_schema() -> None:
    claims = extract(ARTICLE.ground.document)
    assert claims.calls and claims.correlations and claims.figures
    for kind in KINDS:
        for claim in getattr(claims, kind):
            row = {k: v for k, v in to_annotation(claim).items() if k not in ("start", "end", "confidence")}
            assert misfit(kind, row) is None and set(row) == set(completed(kind, row))


# --- two readers ------------------------------------------------------------------------------------------------


def call(start: int, end: int, **fields: Any) -> Call:
    values: dict[str, Any] = {
        "speaker": "Mara Quill",
        "asset": "BTC",
        "stance": "bullish",
        "confidence": 0.9,
        "layer": "linear",
        "rule": "explicit/verb",
    }
    return Call(document_id="d", start=start, end=end, quote="q", extractor_version="1", **(values | fields))


def llm_call(start: int, end: int, **fields: Any) -> Call:
    return call(start, end, **({"layer": "llm", "rule": "fake", "confidence": 0.5} | fields))


def join(ours: list[Call], new: list[Call]) -> tuple[list[Call], list[str]]:
    result = joined(Claims("d", calls=tuple(ours)), new, "1+llm:fake@0")
    return list(result.claims.calls), [why for _, why in result.refused]


def test_agreement_changes_nothing() -> None:
    ours = [call(0, 50, target=Target(9.0))]
    assert join(ours, [llm_call(10, 60, target=Target(9.0))]) == (ours, [])
    assert join(ours, [llm_call(200, 260, target=Target(12.0))]) == (ours, [])


def test_what_is_lacking_is_filled_in_on_the_same_words() -> None:
    news = llm_call(10, 60, target=Target(9.0), horizon=Horizon("by May"), organisation="Tern Capital")
    (claim,), _ = join([call(0, 50)], [news])
    assert (claim.target, claim.horizon, claim.organisation) == (Target(9.0), Horizon("by May"), "Tern Capital")
    assert (claim.layer, claim.confidence, claim.extractor_version) == ("llm", 0.9, "1+llm:fake@0")
    assert claim.rule == "explicit/verb + fake: horizon, organisation, target"
    assert claim.id == call(0, 50).id


def test_a_name_only_the_model_sees_is_not_verified() -> None:
    (claim,), _ = join([call(0, 50, speaker="", confidence=0.95)], [llm_call(0, 50)])
    assert claim.speaker == "Mara Quill" and claim.confidence < verified_threshold("call")


@pytest.mark.parametrize(
    "change", [{"horizon": Horizon("in 2031")}, {"conditional": True, "condition": "above $9"}, {"conditional": True}]
)
def test_another_horizon_or_condition_is_another_call(change: dict[str, Any]) -> None:
    found, _ = join([call(0, 50, horizon=Horizon("by May"))], [llm_call(60, 90, **change)])
    assert [c.layer for c in found] == ["linear", "llm"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"stance": "bearish"}, "fake: the default layers read bullish"),
        ({"speaker": "Odo Fennimore"}, "fake: the default layers give these words to 'Mara Quill'"),
    ],
)
def test_contradictions_are_refused(change: dict[str, Any], why: str) -> None:
    ours = [call(0, 50)]
    assert join(ours, [llm_call(0, 50, **change)]) == (ours, [why])


def test_joining_twice_changes_nothing_more() -> None:
    claims = extract(ARTICLE.ground.document)
    rows: list[Claim] = checked({"calls": [CALL, ETHER], "correlations": [PATTERN], "figures": [FIGURE]}, ARTICLE)[0]
    once = joined(claims, rows, "2").claims  # type: ignore[arg-type]
    assert joined(once, rows, "2").claims == once  # type: ignore[arg-type]
    assert replace(once, calls=()) == replace(joined(claims, rows[2:], "2").claims, calls=())  # type: ignore[arg-type]
