"""Every test starts without calledit's environment variables, and leaves none behind."""

import os

import pytest


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    for name in [name for name in os.environ if name.startswith("CALLEDIT_")]:
        monkeypatch.delenv(name)
    yield
    for name in [name for name in os.environ if name.startswith("CALLEDIT_")]:
        del os.environ[name]
