"""What the page of an asset asks: its prices, who is bullish and bearish now, whose calls on it held up."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from db.pages import usual_basis

Row = dict[str, Any]

NOW_DAYS = 90  # a call counts as a view held now for so long


def asset(db: Database, symbol: str) -> Row | None:
    """The asset's own row."""
    return next(iter(db.query("select * from assets where symbol = ?", [symbol])), None)


def symbol_in_any_case(db: Database, symbol: str) -> str | None:
    """The symbol as the store spells it: BTC for btc."""
    row = db.execute("select symbol from assets where symbol = ? collate nocase", [symbol]).fetchone()
    return str(row[0]) if row else None


def assets(db: Database) -> list[Row]:
    """Every asset that a current call is about, most called first, with its newest close."""
    sql = """
        select assets.*, counts.calls,
          (select close from prices where prices.symbol = assets.symbol order by day desc limit 1) as close,
          (select day from prices where prices.symbol = assets.symbol order by day desc limit 1) as day
        from (
          select asset, count(*) as calls from calls indexed by calls_asset_current
          where superseded_at is null group by asset
        ) as counts join assets on assets.symbol = counts.asset order by calls desc, assets.symbol
    """
    return list(db.query(sql))


def newest_moment(db: Database) -> str:
    """The publication of the newest document, where "now" is on the site; "" where there is none."""
    return str(db.execute("select max(published) from documents").fetchone()[0] or "")


def views_now(db: Database, symbol: str, limit: int = 400) -> list[Row]:
    """The latest bullish or bearish call of each speaker in the 90 days before the newest document."""
    sql = """
        select calls.id, calls.stance, calls.quote, calls.target, calls.target_high, calls.target_percent,
          calls.speaker_id, coalesce(speakers.name, calls.speaker) as speaker, max(documents.published) as published,
          documents.publisher
        from documents indexed by documents_published
        cross join calls indexed by calls_document on calls.document_id = documents.id
        left join speakers on speakers.id = calls.speaker_id
        where documents.published >= date(?, ?) and calls.asset = ? and calls.superseded_at is null
          and calls.stance in ('bullish', 'bearish') and calls.modality = 'asserted'
          and not exists (select 1 from corrections where claim_id = calls.id)
        group by calls.speaker_id, coalesce(speakers.name, calls.speaker) order by documents.published desc limit ?
    """
    return list(db.query(sql, [newest_moment(db), f"-{NOW_DAYS} days", symbol, limit]))


def base_rates(db: Database, symbol: str) -> list[Row]:
    """At each horizon: how often the asset rose over windows of that many days, and the middle of its moves.

    Over the closes of the five years before its newest one, each window from one close to the last within it.
    """
    sql = """
        with recent as (
          select day, close from prices where symbol = :symbol
            and day >= (select date(max(day), '-5 years') from prices where symbol = :symbol)
        ), spans(days) as (values (7), (30), (90), (180), (365))
        select spans.days, count(*) as windows, avg(later.close > recent.close) as rose,
          avg(later.close / recent.close - 1) as mean_change, min(later.close / recent.close - 1) as worst,
          max(later.close / recent.close - 1) as best
        from spans cross join recent
        join prices as later on later.symbol = :symbol and later.day = date(recent.day, '+' || spans.days || ' days')
        where recent.close > 0 group by spans.days
    """
    return list(db.query(sql, {"symbol": symbol}))


def calls_on(db: Database, symbol: str, horizon: int, limit: int = 60) -> list[Row]:
    """The newest calls on the asset with their verdict at the horizon."""
    sql = f"""
        select calls.id as call_id, calls.quote, calls.stance, calls.target, calls.target_high, calls.target_percent,
          calls.speaker_id, coalesce(speakers.name, calls.speaker) as speaker, calls.asset, calls.verified,
          documents.id as document_id, documents.publisher, documents.published, documents.cluster_id,
          verdicts.status, verdicts.reason, verdicts.value, verdicts.base_rate, verdicts.entry_date,
          verdicts.entry_price, verdicts.exit_date, verdicts.exit_price
        from {_newest_first(db, symbol)}
        left join speakers on speakers.id = calls.speaker_id
        left join verdicts on verdicts.claim_id = calls.id and verdicts.current = 1
          and verdicts.measure = 'direction' and verdicts.horizon = :horizon
        where calls.asset = :symbol and calls.superseded_at is null
          and not exists (select 1 from corrections where claim_id = calls.id and field in ('reject', 'asset'))
        order by documents.published desc limit :limit
    """
    return list(db.query(sql, {"symbol": symbol, "horizon": horizon, "limit": limit}))


def _newest_first(db: Database, symbol: str) -> str:
    """An often called asset is found fastest by walking back from the newest document, a rare one by its index."""
    often = "documents indexed by documents_published cross join calls indexed by calls_document"
    rare = "calls indexed by calls_asset_current cross join documents"
    count = db.execute(
        "select count(*) from (select 1 from calls where asset = ? and superseded_at is null limit 1500)", [symbol]
    ).fetchone()[0]
    return (often if count >= 1500 else rare) + " on calls.document_id = documents.id"


def best_on(db: Database, symbol: str, limit: int = 8) -> list[Row]:
    """Records of analysts on this asset alone, at the primary horizon; over every reading where too few are sure."""
    sql = """
        select speakers.name, speaker_records.* from speaker_records join speakers on speakers.id = speaker_id
        where asset = ? and horizon = 30 and basis = ? and n > 0 and status != 'reference'
        order by posterior_low desc limit ?
    """
    return list(db.query(sql, [symbol, usual_basis(db, asset=symbol), limit]))


def closes(db: Database, symbol: str, first: str = "", last: str = "9999", most: int = 700) -> list[Row]:
    """Closes (day, close) from first to last day; every n-th, and the newest, where there are more than `most`."""
    sql = "select day, close from prices where symbol = ? and day between ? and ? order by day"
    rows = [{"day": found[0], "close": found[1]} for found in db.execute(sql, [symbol, first, last])]
    step = max(-(-len(rows) // most), 1)
    thinned = rows[::step]
    return thinned if not rows or thinned[-1] is rows[-1] else [*thinned, rows[-1]]
