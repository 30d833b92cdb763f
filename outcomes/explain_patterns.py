"""Correlations and "A precedes B" in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from outcomes.wording import listed, p_value, percent, signed

Row = Mapping[str, Any]
_SIDES = {1: "together", -1: "in opposite directions", 0: "independently of each other"}


def correlation(verdict: Row, detail: dict[str, Any]) -> list[str]:
    """The whole history: interval, earlier knowledge, sub-periods, lags."""
    lag = f", {detail['response']} {verdict['horizon']} days later" if verdict["horizon"] else ""
    rank = _r(detail.get("spearman"))
    lines = [
        f"Claimed: they move {_SIDES[detail['claimed_side']]}. Measured on {detail['n']} {detail['returns']} returns "
        f"of {detail['driver']} and {detail['response']}{lag}, {detail['from']} to {detail['to']}: "
        f"r = {detail['r']:.2f} (95 % interval {detail['low']:.2f} to {detail['high']:.2f}, blocks of "
        f"{detail['block']} kept together; rank correlation {rank}).",
        _rule(verdict, detail["claimed_side"]),
    ]
    if known := detail.get("at_publication"):
        lines.append(f"At publication r was {_r(known['r'])} on {known['n']} returns.")
    if rolling := detail.get("rolling_90"):
        low, middle, high = rolling
        lines.append(f"Over windows of 90 returns it ran from {low:.2f} to {high:.2f}, {middle:.2f} in the middle.")
    if parts := detail.get("sub_periods"):
        spans = [f"{r:.2f} to {end}" for _, end, r, _ in parts["parts"]]
        verb = "changed over time" if (parts["p_same"] or 1) < 0.05 else "did not clearly change"
        lines.append(f"In four equal parts: {listed(spans)}; it {verb} ({p_value(parts['p_same'])}).")
    return lines + _lags(detail) + _proxies(detail)


def _rule(verdict: Row, side: int) -> str:
    if side == 0:
        return (
            "A claim of no relation holds if the interval covers 0 and stays within 0.3 of it, and fails if all of it "
            f"is 0.1 or more away: {verdict['status']}."
        )
    return (
        "It holds if the interval lies wholly on the claimed side of 0, and fails if its end on that side is below "
        f"0.1: {verdict['status']}."
    )


def _lags(detail: dict[str, Any]) -> list[str]:
    if "best_lag" not in detail:
        return []
    first, last = detail["lags_tried"]
    return [
        f"Of all lags from {first} to {last} days the strongest is {detail['best_lag']} (r = {detail['best_r']:.2f}); "
        f"the strongest of as many lags between unrelated series reaches {detail['best_by_chance_95']:.2f} in one case "
        f"of twenty ({p_value(detail['p_best'])}). Without a lag r is {detail['r_at_lag_0']:.2f}."
    ]


def window(verdict: Row, detail: dict[str, Any]) -> list[str]:
    """The window the claim names, and what the best of all windows would show by chance."""
    return [
        f"In the claimed window, {detail['from']} to {detail['to']} ({detail['n']} returns), r = {detail['r']:.2f} "
        f"({detail['low']:.2f} to {detail['high']:.2f}); over all history it is {_r(detail['full_sample_r'])}.",
        f"The best window of that length in series shifted apart is as strong with {p_value(detail['p_best_window'])}.",
        _rule(verdict, detail["claimed_side"]),
    ]


def coefficient(verdict: Row, detail: dict[str, Any]) -> list[str]:
    """The claimed number beside the measured one."""
    return [
        f"Claimed coefficient {detail['claimed']:g}; measured {detail['r']:.2f} ({detail['low']:.2f} to "
        f"{detail['high']:.2f}) on {detail['n']} returns, {detail['from']} to {detail['to']}.",
        f"It holds inside the interval or within .05 of it, and fails from 0.3 away: {verdict['status']}.",
    ]


def precedes(verdict: Row, detail: dict[str, Any]) -> list[str]:
    """k of n against the base rate, every occurrence, the grid, and what it would take."""
    direction = ("fallen", "fell") if detail["side"] < 0 else ("risen", "rose")
    k, n, days = detail["k"], detail["n"], verdict["horizon"]
    low, high = detail["interval"]
    lines = [
        f"Event: {detail['event_name']} ({detail['driver']}). {days} days later {detail['response']} had "
        f"{direction[0]} after {k} of {n}: {percent(k / n)} (95 % interval {percent(low)} to {percent(high)}).",
        f"From any day it {direction[1]} in {percent(detail['base_rate'])}. {p_value(detail['p'])} ({detail['test']}); "
        f"held from p < .05, failed at or below the base rate: {verdict['status']}.",
        *_occurrences(detail["occurrences"]),
    ]
    if need := detail.get("smallest_convincing_n"):
        lines.append(f"At this base rate it takes {need} of {need} to convince.")
    if detail["grid_cells"]:
        share = percent(detail["grid_significant"])
        lines.append(
            f"Of {detail['grid_cells']} other choices of quiet time, size and horizon {share} are significant."
        )
    return lines + _claimed_count(detail) + _proxies(detail)


def _occurrences(rows: list[list[Any]]) -> list[str]:
    texts = {1: "hits", 0: "misses", None: "not over"}
    found: dict[Any, list[str]] = {1: [], 0: [], None: []}
    for day, moved, hit, *_ in rows:
        found[hit].append(f"{day} ({signed(moved)})" if moved is not None else day)
    return [f"{texts[key].capitalize()}: {', '.join(days)}." for key, days in found.items() if days]


def _claimed_count(detail: dict[str, Any]) -> list[str]:
    lines = []
    if "n_at_publication" in detail:
        lines.append(f"Known at publication: {detail['k_at_publication']} of {detail['n_at_publication']}.")
    if "claimed_n" in detail:
        n, k = detail["claimed_n"], detail["k_of_claimed_n"]
        lines.append(f"The claim counts {n} cases; of the last {n} before it {k} were hits.")
    if "claimed_magnitude" in detail:
        lines.append(
            f"A move of {detail['claimed_magnitude']:g} % followed {detail['k_of_that_size']} of {detail['n']}."
        )
    return lines


def _proxies(detail: dict[str, Any]) -> list[str]:
    return [f"{other} stands in for {symbol}." for symbol, other in (detail.get("proxies") or {}).items()]


def _r(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.2f}"
