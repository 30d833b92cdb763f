"""Attribution: every rule row's example, back-reference, quotations, embedded posts, posts."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.attribution import CARRIED, Attribution, attribute, attributions
from nlp.embedded import embedded_posts
from nlp.text import prepare
from scrapers.documents import Document

ROWS = tomllib.loads(Path(str(files("nlp").joinpath("attribution.toml"))).read_text(encoding="utf-8"))["rule"]


def voices(text: str, kind: str = "article", handle: str | None = None) -> tuple[Attribution, ...]:
    document = Document(id="d", kind=kind, text=text, handle=handle)  # type: ignore[arg-type]
    return attributions(prepare(text, document.kind), document)


def speakers(text: str) -> list[str]:
    return [v.speaker for v in voices(text)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["example"][:40])
def test_every_rule_finds_the_speaker_of_its_example(row: dict[str, str]) -> None:
    assert row["speaker"] in speakers(f"Copper in brief\n\n{row['example']} More follows on page two.")


def test_a_quotation_over_two_sentences_belongs_to_the_speaker_named_last() -> None:
    text = 'Metals\n\n"Copper leads. It always did, and the rest comes later," wrote Dana Surrel.'
    assert speakers(text) == ["Dana Surrel", "Dana Surrel"]


def test_the_report_and_the_analyst_refer_back() -> None:
    text = (
        "Metals\n\nThe Copper Letter noted that stocks are thin. Analyst Theo Marsh expects a rally. "
        "The report noted that demand is firm. The analyst added that a dip is likely."
    )
    assert speakers(text) == ["The Copper Letter", "Theo Marsh", "The Copper Letter", "Theo Marsh"]


def test_a_job_title_is_no_speaker() -> None:
    text = (
        "Metals\n\nKara Holt, Head of Macro Research at Harrow Centre, sees strength. "
        "However, the Head of Macro Research at Harrow Centre cautioned that it may fade."
    )
    found = voices(text)
    assert [v.speaker for v in found] == ["Kara Holt", "Kara Holt"]
    assert found[0].organisation == "Harrow Centre"


def test_groups_stay_groups_and_houses_speak_for_their_analysts() -> None:
    text = "Metals\n\nSome traders expect a fall. Harrow Point analysts said copper will rise."
    assert speakers(text) == ["unnamed", "Harrow Point"]


def test_two_names_before_one_verb_are_two_speakers() -> None:
    assert speakers("Metals\n\nMorgan Vale and Elm Hill target 7,800 for the index.") == ["Morgan Vale", "Elm Hill"]


def test_an_outlet_that_was_told_something_is_no_speaker() -> None:
    assert speakers('Metals\n\n"We go higher," Jane Poe, CEO of Poe Asset Management, told Reuters.') == ["Jane Poe"]


def test_a_passive_names_nobody() -> None:
    assert speakers("Metals\n\nThe Fed is expected to raise rates twice.") == []


def test_an_embedded_post_belongs_to_its_author_where_it_ran_into_the_article() -> None:
    text = (
        "Copper climbs\n\nCopper gained 2% on Monday, its trader base told reporters. "
        "#Copper to $12,000 next, no doubt. "
        "pic.twitter.com/abcd1234 — Tilda Brok (@tildabrok) March 3, 2024 Prices eased later."
    )
    prepared = prepare(text, "article")
    (post,) = embedded_posts(prepared)
    assert prepared.text[post.start : post.end].startswith("#Copper to $12,000")
    assert any(v.speaker == "Tilda Brok" and v.handle == "tildabrok" and v.verbatim for v in voices(text))


def test_a_post_speaks_for_its_handle_and_names_whom_it_reports() -> None:
    assert [v.speaker for v in voices("Long $FLWD here.", "post", "moonlit_fox")] == ["@moonlit_fox"]
    found = [v.speaker for v in voices("Mara Ellison said copper doubles.", "post", "moonlit_fox")]
    assert found == ["@moonlit_fox", "Mara Ellison"]


def test_attribute_keeps_only_voices_that_are_likely_to_go_on() -> None:
    text = "Metals\n\nTheo Marsh expects a rally. Copper traded at $9,000 at press time."
    document = Document(id="d", kind="article", text=text)
    decided = attribute(prepare(text, "article"), document)
    assert all(v.confidence >= CARRIED for v in decided)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_no_text_raises_and_spans_stay_inside(text: str) -> None:
    for kind in ("article", "post"):
        for voice in voices(text, kind, "a"):
            assert 0 <= voice.start <= voice.end <= len(text)
