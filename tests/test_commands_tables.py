"""Tables in the terminal: numbers as people print them."""

from __future__ import annotations

import pytest

from commands.tables import _target, record_lines
from nlp.claims import Target


@pytest.mark.parametrize(
    ("target", "printed"),
    [
        (None, "–"),
        (Target(150_000.0), "150,000"),
        (Target(140_000.0, 150_000.0), "140,000 to 150,000"),
        (Target(1.0875), "1.0875"),
        (Target(0.0000085), "0.0000085"),
        (Target(1e24), "1,000,000,000,000,000,000,000,000"),
        (Target(20.0, percent=True), "+20 %"),
        (Target(-12.5, -10.0, percent=True), "-12.5 to -10 %"),
    ],
)
def test_a_target_is_printed_in_full(target: Target | None, printed: str) -> None:
    assert _target(target) == printed


def test_only_horizons_with_a_graded_call_are_shown() -> None:
    row = {"n_effective": 1.0, "hit_rate": 1.0, "base_rate": 0.5, "status": "unranked"}
    grid = [row | {"horizon": 1, "n": 1}, row | {"horizon": 7, "n": 0}, row | {"horizon": 30, "n": 2}]
    assert [line.strip().partition(",")[0] for line in record_lines(grid)] == ["1 day: 1 call", "30 days: 2 calls"]
