from db.dictionary import descriptions, documented_tables
from db.store import open_store


def test_every_table_and_column_is_described(tmp_path):
    for table, columns in documented_tables(open_store(tmp_path / "a.db")).items():
        known = descriptions().get(table, {})
        missing = [name for name in ("_", *columns) if not known.get(name)]
        assert not missing, f"describe {missing} of {table} in db/columns.toml"


def test_nothing_is_described_that_does_not_exist(tmp_path):
    tables = documented_tables(open_store(tmp_path / "a.db"))
    assert set(descriptions()) == set(tables)
    for table, columns in tables.items():
        if table not in ("call_outcomes",):
            assert set(descriptions()[table]) - {"_"} <= set(columns), table


def test_opening_twice_applies_each_migration_once(tmp_path):
    open_store(tmp_path / "a.db").close()
    again = open_store(tmp_path / "a.db")
    names = [row[0] for row in again.execute("select name from _sqlite_migrations")]
    assert len(names) == len(set(names)) > 1
