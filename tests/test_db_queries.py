from inspect import signature

import pytest

from db.dictionary import documented_tables
from db.queries import options, queries
from db.store import open_store
from outcomes.sql import FUNCTIONS, at_least_by_chance, calls_to_tell, wilson_high, wilson_low


@pytest.fixture(scope="module")
def db(tmp_path_factory):
    database = open_store(tmp_path_factory.mktemp("queries") / "a.db")
    for function in FUNCTIONS:
        database.conn.create_function(function.__name__, len(signature(function).parameters), function)
    return database


def test_there_are_enough_and_none_is_named_like_a_table(db):
    assert len(queries()) >= 15
    assert not set(queries()) & set(documented_tables(db))


@pytest.mark.parametrize("name", list(queries()))
def test_a_question_runs_blank_and_with_its_examples(db, name):
    query = queries()[name]
    assert query.title.endswith(("?", "prices")) and query.about
    for values in ({p.name: "" for p in query.parameters}, {p.name: p.example for p in query.parameters}):
        db.execute(query.sql, values).fetchall()
    assert set(options(db, query)) == {p.name for p in query.parameters if p.options}


@pytest.mark.parametrize("name", list(queries()))
def test_numbers_are_cast_because_parameters_arrive_as_text(name):
    sql = queries()[name].sql
    for parameter in ("days", "least"):
        assert sql.count(f":{parameter}") == sql.count(f"cast(coalesce(nullif(:{parameter}")


def test_shares_and_chances():
    assert (wilson_low(13, 20), wilson_high(13, 20)) == pytest.approx((0.4329, 0.8188), abs=1e-4)
    assert at_least_by_chance(3, 3, 0.5) == pytest.approx(0.125)
    assert calls_to_tell(0.6, 0.5) == pytest.approx(194, abs=1)
    assert wilson_low(0, 0) is at_least_by_chance(1, None, 0.5) is None
