"""Names that a heading ran into, and headings that were taken for names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.attribution import attribute
from nlp.attribution_settled import PrintedNames
from nlp.text import prepare
from scrapers.documents import Document

TEXT = (
    "Copper rally in doubt\n\nAnalyst Mara Ellison believes copper will slip. Rally Doubts Grow Ellison added that "
    "the rally will end, as doubts grow. The trader known as Rally Fox disagrees. Supply Shock: a supply gap is a "
    "shock that could lift copper. The Season Index suggests copper will gain. Massive RallyNotably, Ellison sees a "
    "massive drop. According to the Bank of Norland, copper could fall."
)
NAMES = (
    "Mara Ellison",
    "Rally Doubts Grow Ellison",
    "Rally Fox",
    "Supply Shock",
    "The Season Index",
    "Massive RallyNotably",
    "Bank of Norland",
    "Ellison",
)


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("Mara Ellison", "Mara Ellison"),
        ("Rally Doubts Grow Ellison", "Ellison"),
        ("Mara Ellison The", "Mara Ellison"),
        ("Rally Fox", "Rally Fox"),
        ("Supply Shock", ""),
        ("The Season Index", ""),
        ("Massive RallyNotably", ""),
        ("Bank of Norland", "Bank of Norland"),
        ("Doubts Grow Orr", "Orr"),
        ("Theresa May", "Theresa May"),
        ("Copper Shares", "Copper Shares"),
    ],
)
def test_a_name_is_what_the_document_prints_by_itself(printed: str, meant: str) -> None:
    assert PrintedNames(TEXT, NAMES).meant[printed] == meant


def test_the_words_after_a_heading_are_said_by_the_person() -> None:
    prepared = prepare(TEXT, "article")
    voices = attribute(prepared, Document(id="d", kind="article", text=TEXT))
    spoken = {v.speaker for v in voices}
    assert {"Mara Ellison", "Rally Fox"} <= spoken
    assert not any("Doubts" in name or "Shock" in name or "Index" in name or "Notably" in name for name in spoken)


@given(st.text(), st.lists(st.text(min_size=1), max_size=4))
def test_any_names_in_any_text_are_settled(text: str, names: list[str]) -> None:
    printed = PrintedNames(text, names)
    for name in names:
        right = printed.meant[name]
        assert all(word in name for word in right.split())
