"""Track records: per speaker, at every horizon, with what can and cannot be said about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from outcomes.arrays import Bools, Floats, Ints
from outcomes.blocks import HELD, NO_REASON, REASONS, Block, Codes
from outcomes.call_table import CallTable
from outcomes.effective import effective_n, return_correlations
from outcomes.horizons import GRID, HEADLINE
from outcomes.market import Market, by_value
from outcomes.permutation import Rotations, edges
from outcomes.repeats import heads
from outcomes.shrinkage import calls_needed, detection_power, false_discovery, shrink, wilson
from outcomes.skill_scores import scores
from outcomes.verdicts import RULE_VERSION

RANKED_FROM = 10  # effective calls
TESTED_FROM = 5  # effective calls: no test tells fewer from chance
SCORED_FROM = 30  # effective calls, for Pesaran-Timmermann, Brier and calibration

RecordStatus = Literal["ranked", "unranked", "untestable", "reference"]


@dataclass(frozen=True, slots=True)
class SpeakerRecord:
    """One row of table `speaker_records`; None where it cannot be said."""

    speaker_id: int
    horizon: int
    asset: str  # "" for all together
    status: RecordStatus
    rank: int | None
    calls: int
    n: int
    n_effective: float | None = None
    hits: float | None = None
    hit_rate: float | None = None
    base_rate: float | None = None
    skill: float | None = None
    wilson_low: float | None = None
    wilson_high: float | None = None
    p_value: float | None = None
    q_value: float | None = None
    posterior_skill: float | None = None
    posterior_low: float | None = None
    posterior_high: float | None = None
    mean_return: float | None = None
    n_needed: float | None = None
    bullish_share: float | None = None
    coverage: float | None = None
    ungraded: dict[str, int] = field(default_factory=dict)
    unverified: int = 0
    extra: dict[str, Any] = field(default_factory=dict)
    rule_version: str = RULE_VERSION


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """The `direction` verdicts of all calls at every horizon of the grid [calls × horizons]."""

    horizons: tuple[int, ...]
    row: Ints  # per call, of the price matrix
    entry: Ints
    status: Codes
    reason: Codes
    value: Floats  # signed change
    base_rate: Floats


def collect(portions: Iterable[tuple[Block, ...]], count: int) -> Outcomes:
    """Gather the direction verdicts of `count` calls from graded portions, in any order."""
    shape = (count, len(GRID))
    row, entry = np.full(count, -1, dtype=np.int64), np.full(count, -1, dtype=np.int64)
    status, reason = np.zeros(shape, dtype=np.int8), np.zeros(shape, dtype=np.int8)
    value, base = np.full(shape, np.nan), np.full(shape, np.nan)
    for block in (b for blocks in portions for b in blocks if b.measure == "direction" and len(b)):
        k = GRID.index(int(block.horizon[0]))
        row[block.call], entry[block.call] = block.row, block.entry
        status[block.call, k], reason[block.call, k] = block.status, block.reason
        value[block.call, k], base[block.call, k] = block.value, block.base_rate
    return Outcomes(GRID, row, entry, status, reason, value, base)


def speaker_records(
    calls: CallTable,
    outcomes: Outcomes,
    market: Market,
    references: frozenset[int] = frozenset(),
    groups: frozenset[int] = frozenset(),
    primary: int = HEADLINE,
) -> list[SpeakerRecord]:
    """Records of every resolved speaker at every horizon, and by asset at the primary one.

    `references` are the reference speakers' ids; `groups` those of voices that are nobody in particular
    ("analysts"), who have a record but are not compared with anyone.
    Only folded calls count (repeats.heads), and of these only verified ones that were graded; the others show in
    `calls`, `unverified` and `ungraded`.
    """
    counted = np.flatnonzero((calls.speaker_id >= 0) & calls.asserted & ~calls.rejected)
    folded = counted[_folded(calls.take(counted))]
    verified = _any_verified(calls, counted)[folded]
    records: list[SpeakerRecord] = []
    for horizon in outcomes.horizons:
        grader = _Grader(calls, outcomes, market, horizon, references, references | groups)
        records += grader.records(folded, verified, by_asset=False)
        if horizon == primary:
            records += grader.records(folded, verified, by_asset=True)
    return records


def _folded(counted: CallTable) -> Ints:
    head = heads(counted)
    return np.flatnonzero(head == np.arange(len(head)))


def _any_verified(calls: CallTable, counted: Ints) -> Bools:
    """Per call of the whole table: whether it or any repeat of it was extracted with enough confidence."""
    head = counted[heads(calls.take(counted))]
    verified = np.zeros(len(calls), dtype=np.bool_)
    np.logical_or.at(verified, head, calls.verified[counted])
    return verified


@dataclass(frozen=True, slots=True)
class _Draft:
    """A record before it is compared with the others."""

    record: SpeakerRecord
    variance: float = np.inf  # of its skill
    compared: bool = True


class _Grader:
    """One horizon: measures each speaker alone, then all together (prior, false discovery rate, ranks)."""

    def __init__(
        self, calls: CallTable, outcomes: Outcomes, market: Market, horizon: int,
        references: frozenset[int], apart: frozenset[int],
    ) -> None:  # fmt: skip
        self.calls, self.outcomes, self.market, self.horizon = calls, outcomes, market, horizon
        self.references, self.apart = references, apart
        self.k = outcomes.horizons.index(horizon)
        self.rotations = Rotations(edges(market, horizon), horizon)
        self.correlations = return_correlations(market.prices)

    def records(self, folded: Ints, verified: Bools, by_asset: bool) -> list[SpeakerRecord]:
        """One record per speaker, or per asset and speaker; those of one asset are compared with each other."""
        families = by_value(self.calls.asset[folded]) if by_asset else [(-1, np.arange(len(folded)))]
        named = [(self.calls.symbols[asset] if by_asset else "", of) for asset, of in families]
        records: list[SpeakerRecord] = []
        for asset, family in sorted(named, key=lambda pair: pair[0]):
            groups = by_value(self.calls.speaker_id[folded[family]])
            drafts = [self._draft(s, asset, folded[family[of]], verified[family[of]]) for s, of in groups]
            records += _compared(drafts)
        return records

    def _draft(self, speaker: int, asset: str, index: Ints, verified: Bools) -> _Draft:
        reason = self.outcomes.reason[index, self.k]
        graded = reason == NO_REASON
        counted = index[graded & verified]
        record = SpeakerRecord(
            speaker_id=speaker,
            horizon=self.horizon,
            asset=asset,
            status="reference" if speaker in self.references else "unranked",
            rank=None,
            calls=len(index),
            n=len(counted),
            coverage=float(graded.mean()),
            ungraded=_reasons(reason[~graded]),
            unverified=int((graded & ~verified).sum()),
        )
        return self._measured(record, counted) if len(counted) else _Draft(record)

    def _measured(self, record: SpeakerRecord, index: Ints) -> _Draft:
        stance = self.calls.stance[index]
        row, entry = self.outcomes.row[index], self.outcomes.entry[index]
        hit = (self.outcomes.status[index, self.k] == HELD).astype(np.float64)
        base = self.outcomes.base_rate[index, self.k]
        n_effective = effective_n(row, entry, stance, self.horizon, self.correlations)
        rate, expected = float(hit.mean()), float(base.mean())
        low, high = wilson(rate, n_effective)
        bulls, bears = int((stance > 0).sum()), int((stance < 0).sum())
        testable = bulls > 0 and bears > 0
        test = self.rotations.test(row, entry, stance) if testable and n_effective >= TESTED_FROM else None
        returns = index[(stance != 0) & ~self.market.prices.by_level[row]]
        signed = self.outcomes.value[returns, self.k]
        measured = replace(
            record,
            status=record.status if record.status == "reference" or testable else "untestable",
            n_effective=n_effective,
            hits=float(hit.sum()),
            hit_rate=rate,
            base_rate=expected,
            skill=rate - expected,
            wilson_low=low,
            wilson_high=high,
            p_value=test.p if test else None,
            mean_return=float(signed.mean()) if len(signed) else None,
            n_needed=calls_needed(rate, expected),
            bullish_share=bulls / (bulls + bears) if bulls + bears else None,
            extra=_power(expected, n_effective) | (_test_facts(test) if test else {}),
        )
        if n_effective >= SCORED_FROM:
            measured = replace(
                measured, extra=measured.extra | scores(stance, hit, base, self.calls.hedged[index], n_effective)
            )
        variance = float(max((base * (1 - base)).mean(), 1e-4)) / n_effective
        return _Draft(measured, variance, record.speaker_id not in self.apart)


def _power(base: float, n_effective: float) -> dict[str, Any]:
    """Chance that so many effective calls would tell a caller ten points above the base rate from chance."""
    better = min(base + 0.1, 0.99)
    if not 0 < base < better:
        return {}
    sd = (base * (1 - base) / n_effective) ** 0.5
    return {"power_at_10_points": round(detection_power(better, base, sd, 0.05), 6)}


def _test_facts(test: Any) -> dict[str, Any]:
    facts = {"rotations": test.rotations, "rotation_sd": round(test.sd, 6)}
    return facts | ({"p_from_normal_tail": True} if test.floored else {})


def _reasons(reasons: Codes) -> dict[str, int]:
    return dict(sorted(Counter(REASONS[code] for code in reasons.tolist()).items()))


def _compared(drafts: list[_Draft]) -> Iterator[SpeakerRecord]:
    """Add what needs the other speakers: the shrunken skill, q over the testable family, and the rank.

    The family is everyone who could be ranked: two-sided, with 10 effective calls. Reference speakers and groups
    take no part in the prior or the family.
    """
    records = [d.record for d in drafts]
    skill = np.array([np.nan if r.skill is None else r.skill for r in records])
    judged = np.isfinite(skill)
    variance = np.where(judged, np.array([d.variance for d in drafts]), 1.0)
    compared = np.array([d.compared for d in drafts], dtype=np.bool_) & judged
    family = np.array([_rankable(r) for r in records], dtype=np.bool_) & compared
    fitted = np.array([r.status != "untestable" for r in records], dtype=np.bool_) & compared
    posterior = shrink(np.where(judged, skill, 0.0), variance, fitted.astype(np.float64))
    q = np.full(len(records), np.nan)
    q[family] = false_discovery(np.array([r.p_value for r in records], dtype=np.float64)[family])
    rank = _ranks(family, posterior.low, skill / np.sqrt(variance))
    for i, record in enumerate(records):
        if not judged[i]:
            yield record
            continue
        yield replace(
            record,
            status="ranked" if i in rank else record.status,
            rank=rank.get(i),
            q_value=float(q[i]) if family[i] else None,
            posterior_skill=float(posterior.mean[i]),
            posterior_low=float(posterior.low[i]),
            posterior_high=float(posterior.high[i]),
        )


def _ranks(family: Bools, low: Floats, distance: Floats) -> dict[int, int]:
    """Places by the lower tail; where it ties (a prior sure of no skill), by the distance from no skill."""
    members = np.flatnonzero(family).tolist()
    order = sorted(members, key=lambda i: (-round(float(low[i]), 9), -round(float(distance[i]), 9), i))
    return {i: place for place, i in enumerate(order, start=1)}


def _rankable(record: SpeakerRecord) -> bool:
    enough = record.n_effective is not None and record.n_effective >= RANKED_FROM
    return enough and record.status != "untestable" and record.p_value is not None
