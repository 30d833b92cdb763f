"""The demo's texts: enough of them, varied, true to the simulated prices, with the planned skill in them."""

from __future__ import annotations

import math
import re
from collections import Counter
from datetime import date
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from demo.material import articles, key, outlets, posts
from demo.plan import SAME_ASSET_DAYS, PlannedCall, analysts
from demo.prices import close_on, history, signed_move
from demo.wording import NAMES, fill, fill_post
from demo.write_material import MATERIAL, write

WORD = re.compile(r"\w+")
CALLS = [
    PlannedCall(c["analyst"], date.fromisoformat(c["day"]), c["asset"], c["stance"], c["document"])
    for c in key()["calls"]
]


def calls_of(analyst: str) -> list[PlannedCall]:
    return sorted((call for call in CALLS if call.analyst == analyst), key=lambda call: call.day)


def test_committed_material_is_what_the_writer_writes(tmp_path: Path) -> None:
    write(tmp_path)
    for name in ("articles.jsonl", "posts.jsonl", "key.json"):
        assert (tmp_path / name).read_bytes() == (MATERIAL / name).read_bytes(), (
            f"run python -m demo.write_material: {name}"
        )


def test_there_are_sixty_articles_and_four_hundred_posts() -> None:
    copied = {row["document"] for row in key()["copies"]}
    originals = [article for article in articles() if article.id not in copied]
    assert len(articles()) >= 60
    assert len(originals) >= 55
    assert len(posts()) >= 400
    assert {article.outlet for article in articles()} == set(outlets())


def test_articles_have_the_length_of_articles() -> None:
    for article in articles():
        assert 80 <= len(WORD.findall(article.body)) <= 600, article.id


def test_documents_lie_in_three_years() -> None:
    for document in (*articles(), *posts()):
        assert date(2023, 1, 1) <= document.published.date() <= date(2025, 12, 31)
    assert {post.published.year for post in posts()} == {2023, 2024, 2025}


def test_ids_and_addresses_are_unique() -> None:
    assert len({article.path for article in articles()}) == len(articles())
    assert len({post.url for post in posts()}) == len(posts())
    assert len({document.id for document in (*articles(), *posts())}) == len(articles()) + len(posts())


def test_no_slot_is_left_open() -> None:
    for text in (*(a.title + a.summary + a.body for a in articles()), *(p.text for p in posts())):
        assert not re.search(r"[{}]|\[\[", text), text


def test_no_two_posts_are_alike_and_analysts_do_not_share_sentences() -> None:
    assert len({post.text for post in posts()}) == len(posts())
    authors: dict[str, set[str]] = {}
    for post in posts():
        for sentence in re.split(r"(?<=[.!?])\s+", post.text):
            if len(sentence) > 30:
                authors.setdefault(sentence, set()).add(post.handle)
    shared = [sentence for sentence, handles in authors.items() if len(handles) > 1]
    assert len(shared) <= len(authors) / 100, shared


def test_originals_do_not_share_paragraphs() -> None:
    copied = {row["document"] for row in key()["copies"]}
    paragraphs = Counter(p for a in articles() if a.id not in copied for p in a.body.split("\n\n"))
    assert [p for p, times in paragraphs.items() if times > 1] == []


def test_copies_are_what_they_say() -> None:
    by_id = {article.id: article for article in articles()}
    kinds = Counter()
    for row in key()["copies"]:
        copy, original = by_id[row["document"]], by_id[row["of"]]
        kinds[row["kind"]] += 1
        assert copy.published > original.published
        assert copy.title == original.title
        assert copy.credit == outlets()[original.outlet].name
        same = original.body in copy.body
        assert same == (row["kind"] == "verbatim")
        if row["kind"] == "cut":
            assert original.body.startswith(copy.body)
    assert min(kinds[kind] for kind in ("verbatim", "cut", "spun")) >= 3


def test_some_articles_claim_nothing() -> None:
    assert len(key()["silent"]) >= 4


def test_every_call_is_graded_as_the_prices_say() -> None:
    for row, call in zip(key()["calls"], CALLS, strict=True):
        move = signed_move(call.asset, call.day)
        assert row["right"] == ((move > 0) == (call.stance == "bullish"))
        assert row["move_30d"] == pytest.approx(move, abs=1e-4)


@pytest.mark.parametrize(
    ("analyst", "low", "high"),
    [
        ("quenby", 0.70, 0.88), ("vortmann", 0.70, 0.88), ("okafor", 0.70, 0.88), ("wexcombe", 0.0, 0.05),
        ("hermit", 0.4, 0.6), ("zielonka", 0.4, 0.6), ("brandvold", 0.4, 0.6), ("otter", 0.4, 0.6),
        ("farrow", 0.4, 0.6), ("tanabe", 0.4, 0.6), ("dellacroix", 0.4, 0.6),
    ],
)  # fmt: skip
def test_skill_is_built_in(analyst: str, low: float, high: float) -> None:
    calls = calls_of(analyst)
    assert low <= sum(call.right for call in calls) / len(calls) <= high


def test_one_is_always_bullish() -> None:
    assert {call.stance for call in calls_of("palladino")} == {"bullish"}


def test_everyone_else_takes_both_sides() -> None:
    for analyst in analysts().keys() - {"palladino"}:
        sides = Counter(call.stance for call in calls_of(analyst))
        assert min(sides["bullish"], sides["bearish"]) >= 0.3 * sides.total(), analyst


def test_calls_on_one_asset_lie_a_horizon_apart() -> None:
    for analyst in analysts():
        by_asset: dict[str, list[PlannedCall]] = {}
        for call in calls_of(analyst):
            by_asset.setdefault(call.asset, []).append(call)
        for calls in by_asset.values():
            in_posts = [(a, b) for a, b in pairwise(calls) if not (is_article(a) and is_article(b))]
            assert all((b.day - a.day).days >= SAME_ASSET_DAYS for a, b in in_posts)


def is_article(call: PlannedCall) -> bool:
    return any(call.document.startswith(outlet) for outlet in outlets())


def test_nine_analysts_reach_twenty_five_effective_calls() -> None:
    effective = {analyst: effective_calls(calls_of(analyst)) for analyst in analysts()}
    assert sum(n >= 25 for n in effective.values()) >= 9, effective
    assert min(effective.values()) >= 15


def effective_calls(calls: list[PlannedCall], horizon: int = 30) -> float:
    """n squared over the sum of correlations of the calls' signs (arcsine law)."""
    total = float(len(calls))
    for one, two in combinations(calls, 2):
        overlap = max(0, horizon - abs((one.day - two.day).days)) / horizon
        if overlap:
            side = 1 if one.stance == two.stance else -1
            total += 2 * side * (2 / math.pi) * math.asin(likeness(one.asset, two.asset) * overlap)
    return len(calls) ** 2 / total


def likeness(one: str, two: str) -> float:
    """The correlation of daily moves, from the last thousand weekdays."""
    if one == two:
        return 1.0
    days = [bar.day for bar in history()["SPX"]][-1000:]
    moves = [[math.log(close_on(s, b) / close_on(s, a)) for a, b in pairwise(days)] for s in (one, two)]
    means = [sum(m) / len(m) for m in moves]
    parts = list(zip(*moves, strict=True))
    cross = sum((x - means[0]) * (y - means[1]) for x, y in parts)
    return cross / math.sqrt(sum((x - means[0]) ** 2 for x, _ in parts) * sum((y - means[1]) ** 2 for _, y in parts))


def test_every_planned_post_names_its_asset() -> None:
    words = {symbol: {name, name.removeprefix("the "), f"${symbol}", symbol} for symbol, name in NAMES.items()}
    words["US10Y"] |= {"ten-year", "10-year"}
    words["DXY"] |= {"dollar"}
    text_of = {post.id: post.text for post in posts()}
    for call in CALLS:
        if call.document in text_of:
            text = text_of[call.document].lower()
            assert any(word.lower() in text for word in words[call.asset]), text


def test_figures_of_past_moves_are_right_or_wrong_as_the_key_says() -> None:
    rows = key()["figures"]
    bodies = {article.id: article.body for article in articles()}
    assert sum(not row["right"] for row in rows) >= 3
    for row in rows:
        assert row["text"] in bodies[row["document"]]
        claimed = row.get("percent") or float(row["text"].rstrip("%"))
        near = abs(abs(row["actual_percent"]) - claimed) <= 1
        assert row["right"] == (near or (row.get("over", False) and row["actual_percent"] > claimed)), row


def test_every_relation_has_its_truth() -> None:
    told = [(row["driver"], row["response"], row["truth"]) for row in key()["relations"] if "truth" in row]
    assert ("RUT", "BTC", True) in told
    assert ("BTC", "NDX", True) in told
    assert ("GOLD", "BTC", False) in told


def test_slots_are_filled_from_the_day_before() -> None:
    day = date(2024, 3, 5)
    assert fill("{BTC} {BTC+10} {BTC-10} {BTC~30}", day) == "$33,820 $37,000 $30,500 10%"
    assert fill_post("{Name} at {px}, {mv30}; {tag} {px+10}", "GOLD", day, stride=0.5).startswith(
        "Gold at $2,114, up 2.1%; $GOLD $2,2"
    )
    assert fill("{US10Y} {US10Y+25} {US10Y~30}", day) == "3.65% 3.90% 2 basis points"
