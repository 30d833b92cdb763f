"""Answers of LLMs, kept between runs in a file of their own: what was paid for once is not asked for again."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from db.documents import utc_text
from db.store import StoreError
from nlp.models.data_folder import data_folder

if TYPE_CHECKING:
    from nlp.models.llm import Answer

FILE = "llm-answers.db"
_TABLE = """
create table if not exists answers (
  key text primary key,          -- hash of model, prompt version and message, which holds the document's words
  model text not null,
  prompt_version text not null,
  answer text not null,          -- JSON: calls, correlations, figures
  input_tokens integer not null, output_tokens integer not null,
  at text not null
)
"""


class KeptAnswers:
    """The cache of nlp.models.llm, in an SQLite file. May be used from several threads and processes."""

    def __init__(self, path: Path) -> None:
        """Raises StoreError where the file cannot be written or is no SQLite database."""
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, timeout=30.0, check_same_thread=False, isolation_level=None)
            self._connection.execute(_TABLE)
        except (OSError, sqlite3.DatabaseError) as error:
            raise StoreError(f"{path}: {error}. Move it away, or name another folder in XDG_DATA_HOME.") from error

    def get(self, key: str) -> str | None:
        """The answer kept under a key, None where there is none."""
        with self._lock:
            row = self._connection.execute("select answer from answers where key = ?", [key]).fetchone()
        return None if row is None else str(row[0])

    def tokens(self, keys: Iterable[str]) -> int:
        """The tokens that the answers kept under these keys cost when they were asked for."""
        sum_of = "coalesce(sum(input_tokens + output_tokens), 0)"
        sql = f"select {sum_of} from answers where key in (select value from json_each(?))"
        with self._lock:
            return int(self._connection.execute(sql, [json.dumps(sorted(keys))]).fetchone()[0])

    def put(self, key: str, model: str, prompt_version: str, answer: Answer) -> None:
        """Keep an answer, in the place of an earlier one."""
        values = [key, model, prompt_version, answer.text, answer.input_tokens, answer.output_tokens]
        with self._lock:
            sql = "insert or replace into answers values (?, ?, ?, ?, ?, ?, ?)"
            self._connection.execute(sql, [*values, utc_text(datetime.now(UTC))])

    def close(self) -> None:
        self._connection.close()


def default_path() -> Path:
    """The file in the user's data folder."""
    return data_folder() / FILE
