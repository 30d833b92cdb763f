"""`calledit prices` and `calledit prices import`, from the command line to the database and back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import main_group
from db.price_needs import known_prices
from db.store import open_store
from scrapers.prices.settings import PriceSettings, PriceSettingsError, load_price_settings
from tests.price_providers import Exchange, Served, price, serving


@pytest.fixture
def served() -> Iterator[Served]:
    yesterday = datetime.now(UTC).date() - timedelta(days=1)  # over for every asset, at any time of today
    with serving(Exchange(listed=yesterday - timedelta(days=39), today=yesterday)) as running:
        yield running


@pytest.fixture
def config(tmp_path: Path, served: Served) -> Path:
    path = tmp_path / "calledit.toml"
    urls = "\n".join(f'{name} = "{served.base_url}/{name}"' for name in ("binance", "coinbase", "fred", "stooq"))
    path.write_text(
        'allow_private = ["127.0.0.0/8"]\ndelay_s = 0\n'
        '[prices]\nstart = 2024-01-01\nproviders = ["binance", "coinbase", "fred", "stooq"]\n'
        f"[prices.base_urls]\n{urls}\n"
    )
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main_group, [str(argument) for argument in arguments])


def test_prices_are_loaded_once_and_then_only_looked_at(tmp_path: Path, config: Path, served: Served) -> None:
    database = tmp_path / "c.db"
    first = run("prices", "--db", database, "--config", config, "--asset", "ETH", "--json", "--quiet")
    assert first.exit_code == 0, first.output
    counts = json.loads(first.stdout)
    assert counts["changed"] == 3 * 40  # ETH, its benchmark BTC, and BTC's benchmark SPX
    second = run("prices", "--db", database, "--config", config, "--asset", "ETH", "--json", "--quiet")
    assert json.loads(second.stdout)["changed"] == 0
    known = known_prices(open_store(database))
    assert set(known) == {"BTC", "ETH", "SPX"}
    day, (close, provider) = next(iter(known["BTC"].closes.items()))
    assert (close, provider) == (price(day), "binance")


def test_contested_days_are_kept(tmp_path: Path, config: Path, served: Served) -> None:
    served.exchange.shift["coinbase"] = 1.03
    loaded = run("prices", "--db", tmp_path / "c.db", "--config", config, "--asset", "BTC", "--json", "--quiet")
    assert json.loads(loaded.stdout)["conflicts"] == 40
    rows = list(open_store(tmp_path / "c.db").table("price_conflicts").rows)
    assert len(rows) == 40 and {row["other_provider"] for row in rows} == {"coinbase"}


def test_no_provider_reached_is_one_line_and_exit_1(tmp_path: Path, config: Path, served: Served) -> None:
    served.exchange.answers = dict.fromkeys(("binance", "coinbase", "fred", "stooq"), (500, ""))
    failed = run("prices", "--db", tmp_path / "c.db", "--config", config)
    assert failed.exit_code == 1 and "no price provider gave anything" in failed.stderr


def test_an_unknown_asset_is_named(tmp_path: Path, config: Path) -> None:
    failed = run("prices", "--db", tmp_path / "c.db", "--config", config, "--asset", "NOPE")
    assert failed.exit_code == 1 and "no asset 'NOPE'" in failed.stderr


def test_files_are_imported_and_bad_rows_reported(tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    path.write_text(
        "symbol,date,open,high,low,close\nBTC-USD,2024-01-02,,,,2\nBTC-USD,2024-01-03,,,,x\nNOPE,2024-01-02,,,,1\n"
    )
    done = run("prices", "import", path, "--db", tmp_path / "c.db", "--json")
    assert done.exit_code == 0, done.output
    counts = json.loads(done.stdout)
    assert counts == {"rows": 1, "changed": 1, "rejected": 2, "unknown_symbols": {"NOPE": 1}}
    assert "prices.csv line 3: close 'x' is no number" in done.stderr
    again = run("prices", "import", path, "--db", tmp_path / "c.db", "--json")
    assert json.loads(again.stdout)["changed"] == 0
    [row] = open_store(tmp_path / "c.db").table("prices").rows
    assert (row["symbol"], row["day"], row["close"], row["provider"]) == ("BTC", "2024-01-02", 2.0, "file")


def test_a_day_that_stands_twice_is_one_price(tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    path.write_text("symbol,date,close\nBTC,2024-01-02,2\nBTC,2024-01-02,3\n")
    for changed in (1, 0):
        counts = json.loads(run("prices", "import", path, "--db", tmp_path / "c.db", "--json").stdout)
        assert (counts["rows"], counts["changed"], counts["rejected"]) == (1, changed, 1)


def test_a_file_without_a_price_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "notes.csv"
    path.write_text("nothing,here\n")
    failed = run("prices", "import", path, "--db", tmp_path / "c.db")
    assert failed.exit_code == 1 and "has no column 'symbol'" in failed.stderr


def test_settings_come_from_the_prices_table(tmp_path: Path, config: Path, served: Served) -> None:
    settings = load_price_settings(config)
    assert (settings.start, settings.cross_check) == (date(2024, 1, 1), True)
    assert settings.endpoints["fred"].base_url == f"{served.base_url}/fred"
    assert settings.endpoints["kraken"].base_url == "https://api.kraken.com"
    assert load_price_settings(tmp_path / "none.toml") == PriceSettings()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[prices]\ncolour = 1\n", "no key `colour`"),
        ('[prices]\nproviders = ["bourse"]\n', "no price provider 'bourse'"),
        ('[prices]\nstart = "soon"\n', "start must be a date"),
        ("[prices\n", "calledit.toml: "),
    ],
)
def test_wrong_settings_are_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "calledit.toml"
    path.write_text(text)
    with pytest.raises(PriceSettingsError, match=message):
        load_price_settings(path)
