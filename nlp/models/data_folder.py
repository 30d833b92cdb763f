"""Where models and what belongs to them are kept between runs."""

from __future__ import annotations

from pathlib import Path


def data_folder() -> Path:
    """calledit's folder among the user's data, such as ~/.local/share/calledit."""
    from platformdirs import user_data_path

    return user_data_path("calledit", appauthor=False)
