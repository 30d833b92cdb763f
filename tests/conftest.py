"""Every test starts without calledit's environment variables and the data folder of the person who runs it."""

import os

import pytest


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch, tmp_path):
    for name in [name for name in os.environ if name.startswith("CALLEDIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    yield
    for name in [name for name in os.environ if name.startswith("CALLEDIT_")]:
        del os.environ[name]
