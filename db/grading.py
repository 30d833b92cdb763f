"""What grading needs, as columns: current claims with their clocks, and the prices."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlite_utils import Database

from db.prices import price_columns
from markets.assets import registry
from outcomes.closes import CLOSE_COLUMNS
from outcomes.market import Market
from outcomes.prices import PriceMatrix
from outcomes.references import REFERENCES, Reference

Columns = dict[str, list[Any]]

# A call's clock is the earliest publication in its cluster; a day-precision date counts as 12:00 UTC of the next
# day, so that nothing published in the evening is graded on a close it could have seen.
_CLOCK = """
select {columns}, documents.cluster_id,
  case coalesce(clusters.first_precision, documents.published_precision)
    when 'instant' then unixepoch(coalesce(clusters.first_published, documents.published))
    when 'day' then unixepoch(date(coalesce(clusters.first_published, documents.published)), '+36 hours')
  end as clock,
  case documents.published_precision
    when 'instant' then unixepoch(documents.published)
    when 'day' then unixepoch(date(documents.published), '+36 hours')
  end as published
from current_{table} as claims
join documents on documents.id = claims.document_id
left join clusters on clusters.id = documents.cluster_id
order by claims.id
"""

CALL_COLUMNS = (
    "id", "speaker_id", "asset", "stance", "target", "target_high", "target_percent", "horizon_start",
    "horizon_end", "horizon_kernel", "conditional", "condition_asset", "condition_side", "condition_level",
    "modality", "hedged", "verified", "rewritten", "rejected",
)  # fmt: skip


def call_columns(db: Database) -> Columns:
    """Every current call as equally long columns, with its cluster and clock (seconds UTC or None)."""
    columns = claim_columns(db, "calls", CALL_COLUMNS)
    columns["horizon_kernel"] = [json.loads(kernel) if kernel else None for kernel in columns["horizon_kernel"]]
    return columns


def close_columns(db: Database) -> Columns:
    """Every current closing statement as equally long columns, with its clock."""
    return claim_columns(db, "closes", CLOSE_COLUMNS)


def claim_columns(db: Database, table: str, names: Sequence[str]) -> Columns:
    """The named columns of a claim table's current rows; `id` comes as `claim_id`, its cluster and times beside.

    `clock` is the earliest publication in the cluster, `published` that of the document itself (seconds UTC or None).
    """
    sql = _CLOCK.format(table=table, columns=", ".join(f'claims."{name}"' for name in names))
    keys = [*("claim_id" if name == "id" else name for name in names), "cluster_id", "clock", "published"]
    rows = db.execute(sql).fetchall()
    return dict(zip(keys, map(list, zip(*rows, strict=True)), strict=True)) if rows else {key: [] for key in keys}


def load_market(db: Database, as_of: date | None = None) -> Market:
    """All stored prices, packed for grading."""
    prices, assets = price_columns(db), registry()
    matrix = PriceMatrix.from_bars(
        prices.symbols, prices.symbol, prices.day, prices.close, prices.high, prices.low, assets=assets
    )  # fmt: skip
    return Market(matrix, assets, as_of)


def reference_speakers(db: Database) -> dict[Reference, int]:
    """Speaker ids of the three reference callers, made on first use."""
    with db.atomic():
        for name in REFERENCES:
            known = "select 1 from speakers where name = ? and kind = 'reference'"
            db.execute(
                f"insert into speakers (name, kind) select ?, 'reference' where not exists ({known})", [name] * 2
            )
    rows = db.execute("select name, id from speakers where kind = 'reference'").fetchall()
    return {name: number for name, number in rows if name in REFERENCES}


def unnamed_speakers(db: Database) -> frozenset[int]:
    """Speaker ids of voices that are nobody in particular ("analysts", "some traders")."""
    return frozenset(row[0] for row in db.execute("select id from speakers where kind = 'group'"))
