"""Layer 0: sentences, roles, quotations, embedded posts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.text import Prepared, boilerplate, prepare

TITLE = "Tin climbs as smelters close"


def sentences(text: str, kind: str = "article") -> list[str]:
    prepared = prepare(text, kind)  # type: ignore[arg-type]
    return [prepared.sentence_text(i) for i in range(len(prepared.sentences))]


def roles(text: str) -> list[tuple[str, str]]:
    prepared = prepare(text)
    return [(s.role, prepared.sentence_text(i)) for i, s in enumerate(prepared.sentences)]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("The U.S. dollar fell. It rose later.", 2),
        ("Fellwood Inc. rose 4%. Barn Corp. fell.", 2),
        ("Its value is $1.5 trillion. That is vs. $1 trillion on Dec. 12 of last year.", 2),
        ("It ranked No. 13 of all. J. Vale disagreed.", 2),
        ("Price held support.Copper then rose to $4.", 2),
        ("Rates went up 0.5 percent at 9 a.m. on Monday. Nobody sold.", 2),
        ("It is led by Mr. Oost and Dr. Kamp. They agree.", 2),
        ("She paid $2. He paid more.", 2),
        ("Visit Stockyard.com for more. It is free.", 2),
    ],
)
def test_a_full_stop_ends_a_sentence_only_where_it_does(text: str, count: int) -> None:
    assert len(sentences(text)) == count, sentences(text)


def test_a_question_inside_a_quotation_stays_with_its_speaker() -> None:
    assert len(sentences("“Is the bottom in?” asked Mara Vale. Nobody answered.")) == 2


def test_line_breaks_and_emoji_part_the_sentences_of_a_post() -> None:
    found = sentences("Tin looks ready 🚀\n\nTarget $40\n$TIN still cheap. long here", "post")
    assert found == ["Tin looks ready 🚀", "Target $40", "$TIN still cheap.", "long here"]


def test_a_hard_wrapped_line_does_not_part_a_sentence() -> None:
    assert len(sentences("The smelter closed because\nof the drought.")) == 1


def test_title_heading_body_and_boilerplate_get_their_roles() -> None:
    text = f"{TITLE}\n\nTin rose 3% on Monday.\n\nWhat comes next\n\nMara Vale expects $40.\n\nSubscribe to our letter."
    assert [role for role, _ in roles(text)] == ["title", "body", "heading", "body", "boilerplate"]


def test_a_heading_that_ran_into_the_text_is_parted_from_it() -> None:
    found = roles("Tin rose. Copper Price Outlook For Spring The metal slipped 2% on Monday.")
    assert ("heading", "Copper Price Outlook For Spring") in found
    assert ("body", "The metal slipped 2% on Monday.") in found


def test_a_teaser_without_a_full_stop_does_not_swallow_the_article() -> None:
    found = roles("Tin rose. Related Reading: Copper Stuck Near $4 Again However, the metal held its ground.")
    assert found[-1] == ("body", "However, the metal held its ground.")


def test_embedded_posts_leave_a_signature_with_name_handle_and_date() -> None:
    body = "Bulls agree. Tin to the moon pic.twitter.com/abc123 — Tilda Brok (@tildabrok) March 3, 2024 Prices fell."
    text = f"{TITLE}\n\n{body}"
    prepared = prepare(text)
    embed = prepared.embeds[0]
    assert (embed.name, embed.handle, embed.date) == ("Tilda Brok", "tildabrok", "March 3, 2024")
    assert prepared.sentence_text(len(prepared.sentences) - 1) == "Prices fell."


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("“Tin will rise. It must,” said Vale.", ["“Tin will rise. It must,”"]),
        ('He said "tin will rise" and "copper too".', ['"tin will rise"', '"copper too"']),
        ('The 12" pipe broke. "It leaks," she said.', ['"It leaks,"']),
        ("“Tin is cheap.\n\n“Copper is not,” said Vale.", ["“Tin is cheap.", "“Copper is not,”"]),
    ],
)
def test_quotation_marks_are_paired_within_a_paragraph(text: str, quotes: list[str]) -> None:
    prepared = prepare(text)
    assert [prepared.text[a:b] for a, b in prepared.quotes] == quotes


def test_every_boilerplate_pattern_finds_its_example() -> None:
    import tomllib
    from importlib.resources import files

    data = tomllib.loads(files("nlp").joinpath("boilerplate.toml").read_text(encoding="utf-8"))
    for row in data["sentence"]:
        assert boilerplate().sentence.match(row["example"]), row["example"]
    for row in data["span"]:
        assert boilerplate().span.search(row["example"]), row["example"]
    assert boilerplate().embed.search(data["embed"]["example"])
    assert boilerplate().caption.fullmatch(data["caption"]["example"])


def check_spans(prepared: Prepared) -> None:
    last = 0
    for sentence in prepared.sentences:
        assert last <= sentence.start < sentence.end <= len(prepared.text)
        piece = prepared.text[sentence.start : sentence.end]
        assert piece == piece.strip()
        last = sentence.end
    for start, end in prepared.quotes:
        assert 0 <= start < end <= len(prepared.text)
        first, until = prepared.to_original(start, end)
        assert 0 <= first <= until <= len(prepared.original)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300), st.sampled_from(["article", "post"]))
def test_any_text_gives_ordered_sentences_inside_it(text: str, kind: str) -> None:
    check_spans(prepare(text, kind))  # type: ignore[arg-type]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(["Tin", " rose.", "”", "“", '"', "\n", "\n\n", " U.S. ", "?", " — A (@b) May 1, 2024 ", "•"])
    )
)
def test_any_order_of_marks_gives_ordered_sentences(parts: list[str]) -> None:
    check_spans(prepare("".join(parts)))
