"""The house rules: imports point one way only, and the site's folder never becomes a package."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ORDER = ["markets", "scrapers", "nlp", "outcomes", "db", "commands"]


def imported_rooms(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("room", ORDER)
def test_a_room_imports_only_rooms_before_it(room):
    later = {*ORDER[ORDER.index(room) + 1 :], "cli", "demo", "tests"}
    if room == "commands":
        later = {"tests"}
    for path in sorted((ROOT / room).rglob("*.py")):
        wrong = imported_rooms(path) & later
        assert not wrong, f"{path.relative_to(ROOT)} imports {sorted(wrong)}: imports point {' <- '.join(ORDER)}"


def test_the_newsroom_uses_the_standard_library_only():
    import sys

    for path in sorted((ROOT / "demo").rglob("*.py")):
        foreign = imported_rooms(path) - set(sys.stdlib_module_names) - {"demo"}
        assert not foreign, f"{path.relative_to(ROOT)} imports {sorted(foreign)}"


def test_only_db_touches_sqlite():
    for room in ("markets", "scrapers", "nlp", "outcomes"):
        for path in sorted((ROOT / room).rglob("*.py")):
            assert not imported_rooms(path) & {"sqlite3", "sqlite_utils"}, path


def test_the_sites_folder_does_not_shadow_datasette():
    import datasette

    assert not (ROOT / "datasette" / "__init__.py").exists()
    assert datasette.__file__ is not None, "install datasette: only our folder of that name was found"


def test_plugins_hold_no_sql():
    for path in sorted((ROOT / "datasette" / "plugins").glob("*.py")):
        text = path.read_text(encoding="utf-8").casefold()
        assert "select " not in text, f"{path.name}: page queries live in db/pages.py"
