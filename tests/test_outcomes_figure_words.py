"""Whatever the words, reading what surrounds a figure or names an event never fails and stays inside the text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from outcomes.events import events, match_event
from outcomes.figure_claims import printed_step
from outcomes.figure_stretch import stretch_of, stretch_spans
from outcomes.figure_words import another_index, extreme_of, is_former, is_general, lead_of, other_quantity, starts_at

WORDS = st.lists(
    st.sampled_from(
        ["up", "3%", "$89,000", "in", "a", "month", "since", "October", "high", "all-time", "record",
         "year to date", "(", "[", "\\", "*", "24 hours", "after", "each", "Russell 2000 Value",
         "£", "½", "١٢", "\n", "today", "12"]
    )
)  # fmt: skip


@given(st.one_of(st.text(), WORDS.map(" ".join)), st.data())
def test_reading_words_never_fails(quote: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(quote)))
    text = quote[at : at + data.draw(st.integers(0, 12))]
    assert printed_step(text) >= 0
    found = stretch_of(quote, at, text)
    assert found is None or (found.days >= 1 and found.printed in quote)
    assert all(0 <= start < end <= len(quote) for start, end in stretch_spans(quote))
    assert extreme_of(quote, at, text) in (None, "all-time high", "all-time low")
    assert lead_of(text, quote) in ("within", "since", "after")
    assert starts_at(text, quote) in (None, "peak", "trough")
    assert {is_former(quote), is_general(quote), other_quantity(quote), another_index("RUT", quote)} <= {True, False}


@given(st.text(), st.one_of(st.none(), st.text()), st.one_of(st.none(), st.text()))
def test_naming_events_never_fails(driver: str, words: str | None, event_id: str | None) -> None:
    found = match_event(driver, words, event_id)
    assert found is None or found.id in events()


@given(st.integers(1, 10**9), st.integers(0, 4))
def test_a_number_is_never_finer_than_its_last_digit(whole: int, decimals: int) -> None:
    text = f"{whole:,}" if not decimals else f"{whole:,}.{'3' * decimals}"
    step = printed_step(f"${text}")
    assert step == 10.0**-decimals if decimals else whole % step == 0
