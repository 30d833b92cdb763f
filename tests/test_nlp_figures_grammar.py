"""The grammar of quantities: expressions, values, units; names and dates are none."""

from __future__ import annotations

import json
import time
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.assets import find_assets
from nlp.figures.grammar import Quantity, find_quantities
from nlp.figures.lexicon import lexicon, unit_of
from nlp.periods import find_periods
from nlp.text import prepare
from nlp.train_figures import MARK, own_lines

EXAMPLES = [json.loads(line) for line in (Path(__file__).parent / "figure_examples.jsonl").open(encoding="utf-8")]


def quantities(text: str) -> list[Quantity]:
    prepared = prepare(text, "post")
    return find_quantities(prepared.text, find_periods(prepared.text), find_assets(prepared))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda row: row["text"])
def test_every_expression_is_found_with_its_value_and_unit(example: dict[str, Any]) -> None:
    found = [[q.text, pytest.approx(q.value, rel=1e-6), q.high, q.unit] for q in quantities(example["text"])]
    assert found == example["figures"]


def names() -> list[dict[str, str]]:
    return list(tomllib.loads(files("nlp.figures").joinpath("names.toml").read_text(encoding="utf-8"))["name"])


@pytest.mark.parametrize("row", names(), ids=lambda row: row["example"])
def test_no_digit_of_a_name_is_a_quantity(row: dict[str, str]) -> None:
    assert [q.text for q in quantities(row["example"])] == []


@pytest.mark.parametrize("row", lexicon()["unit"], ids=lambda row: row["unit"] + row["kind"])
def test_every_unit_is_read_in_its_example(row: dict[str, Any]) -> None:
    assert row["unit"] in {q.unit for q in quantities(row["example"])} or row["unit"] == "count"
    assert all(unit_of(word) for word in ("%", "basis points", "bps", "cents"))


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="0123456789.,-–$€%kKMbx ½/to andbetween+~\n", max_size=80))
def test_any_row_of_digits_and_signs_gives_exact_spans(text: str) -> None:
    last = 0
    for quantity in quantities(text):
        assert last <= quantity.start < quantity.end
        last = quantity.end
        assert quantity.high is None or quantity.high >= quantity.value


@settings(max_examples=100, deadline=None)
@given(st.floats(min_value=0, max_value=10**9, allow_nan=False), st.sampled_from(["$", "€", "£"]))
def test_a_printed_amount_keeps_its_value(value: float, sign: str) -> None:
    printed = f"{sign}{value:,.2f}"
    found = quantities(f"It paid {printed} for it.")
    assert [(q.text, q.value) for q in found] == [(printed, pytest.approx(round(value, 2)))]


def test_a_long_row_of_digits_takes_no_long_time() -> None:
    begun = time.process_time()
    quantities("1" * 20_000 + "," * 5_000 + "$" * 5_000)
    quantities("1,1" * 5_000 + " to " * 2_000)
    assert time.process_time() - begun < 3


def test_every_marked_figure_of_our_own_sentences_is_found() -> None:
    missing = []
    for line in own_lines():
        text = MARK.sub(lambda mark: mark["text"], line)
        found = {q.text for q in quantities(text)}
        missing += [(mark["text"], text) for mark in MARK.finditer(line) if mark["text"] not in found]
    assert missing == []
