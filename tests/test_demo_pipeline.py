"""`calledit demo` from end to end: what a newcomer's first run must find, and must not fall for."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from demo.material import articles, key, outlets, posts
from demo.prices import history
from demo.score import report, scores

ROOT = Path(__file__).parents[1]
ADDRESS = {a.id: f"https://{outlets()[a.outlet].domain}{a.path}" for a in articles()}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of one run."""
    database = tmp_path_factory.mktemp("demo") / "demo.db"
    command = [sys.executable, str(ROOT / "cli.py"), "--db", str(database), "--quiet", "demo", "--no-serve"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)
    assert run.returncode == 0, run.stderr
    return database


@pytest.fixture
def database(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as connection:
        yield connection


def test_every_document_is_collected_once(database: sqlite3.Connection) -> None:
    found = dict(database.execute("select kind, count(*) from documents where parent_id is null group by kind"))
    assert found["article"] == len(articles())
    assert len(posts()) >= found["post"] >= len(posts()) - 10  # some are met first where an article embeds them
    assert database.execute("select count(*) from documents where published is null").fetchone() == (0,)


def test_every_copy_is_set_beside_its_original_and_nothing_else(database: sqlite3.Connection) -> None:
    sql = "select canonical_url, cluster_id, copy_kind from documents where kind = 'article'"
    found = {url: (cluster, kind) for url, cluster, kind in database.execute(sql)}
    for row in key()["copies"]:
        copy, original = found[ADDRESS[row["document"]]], found[ADDRESS[row["of"]]]
        assert copy[0] == original[0], row
        assert (copy[1], original[1]) in {("copy", "original"), ("rewrite", "original")}
    copied = {ADDRESS[row["document"]] for row in key()["copies"]}
    clusters = [cluster for url, (cluster, _) in found.items() if url not in copied]
    assert len(set(clusters)) == len(clusters)


def test_prices_come_from_the_newsroom(database: sqlite3.Connection) -> None:
    stored = dict(database.execute("select symbol, count(*) from prices group by symbol"))
    for symbol in ("BTC", "ETH", "SOL", "XRP", "SPX", "NDX", "RUT", "GOLD", "WTI", "DXY", "US10Y"):
        assert stored[symbol] == len(history()[symbol])


def test_the_true_correlation_holds(database: sqlite3.Connection) -> None:
    statuses = verdicts(database, ("NDX", "BTC"))
    assert statuses.count("held") >= 2
    assert "failed" not in statuses


def test_the_false_correlation_does_not(database: sqlite3.Connection) -> None:
    statuses = verdicts(database, ("GOLD", "BTC"))
    assert statuses.count("failed") >= 2
    assert "held" not in statuses


def verdicts(database: sqlite3.Connection, pair: tuple[str, str]) -> list[str]:
    """What became of the claims that two series move together."""
    sql = """select status from verdicts join correlations on correlations.id = claim_id
             where current = 1 and superseded_at is null and measure = 'correlation' and relation = 'positive'
               and driver_event is null and ((driver = ? and response = ?) or (response = ? and driver = ?))
               and status != 'ungradable'"""
    return [status for (status,) in database.execute(sql, [*pair, *pair])]


def test_the_wrong_figure_is_contradicted(database: sqlite3.Connection) -> None:
    sql = """select status from verdicts join figures on figures.id = claim_id
             where verdicts.current = 1 and superseded_at is null and text = '380%' and asset = 'BTC'"""
    statuses = [status for (status,) in database.execute(sql)]
    assert "failed" in statuses
    assert "held" not in statuses


def test_a_position_closed_early_ends_its_call(database: sqlite3.Connection) -> None:
    sql = """select closes.quote from verdicts join current_closes as closes on closes.id = detail ->> '$.closed_by'
             where current = 1 and measure = 'until_reversal' and reason = 'closed by the speaker'"""
    assert any("tugboats" in quote or "closed my long in gold" in quote for (quote,) in database.execute(sql))


def test_more_of_the_calls_are_found_than_turned_round_or_missed(path: Path) -> None:
    rows = list(scores(path))
    counts = {result: sum(row.result == result for row in rows) for result in ("found", "turned round", "missed")}
    assert counts["found"] > len(rows) / 2, report(rows)
    assert counts["turned round"] < counts["found"] / 3, report(rows)


def test_at_least_six_analysts_reach_fifteen_effective_calls(database: sqlite3.Connection) -> None:
    planned = {analyst["name"] for analyst in key()["analysts"].values()}
    sql = """
        select speakers.name from speaker_records join speakers on speakers.id = speaker_id
        where basis = 'all' and horizon = 30 and asset = '' and n_effective >= 15
    """
    assert len(planned & {row[0] for row in database.execute(sql)}) >= 6
