"""Asking an LLM, through the `llm` library: one message, one JSON object, with retries, a budget and a cache."""

from __future__ import annotations

import hashlib
import json
import math
import re
import time
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import Any, Protocol

from nlp.models.llm_faults import (
    FATAL,
    REFUSALS,
    LlmError,
    NoAnswerError,
    Started,
    StoppedError,
    described,
    pause,
    status_of,
)
from nlp.models.llm_schema import KINDS, answer_schema
from nlp.models.llm_spending import Spending

CHARACTERS_PER_TOKEN = 3.5  # for estimates before a request, and where a model does not say what it used
LEAST_ANSWER = 400  # tokens set aside for an answer
DEEPEST = 100  # brackets within brackets; an answer has 5, and its quotes may print a few

Rows = dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said, as JSON text, and the tokens it used (estimated where it does not say)."""

    text: str
    input_tokens: int = 0
    output_tokens: int = 0


class Answers(Protocol):
    """Answers kept between runs. `get` and `put` may be called from several threads."""

    def get(self, key: str) -> str | None: ...

    def put(self, key: str, model: str, prompt_version: str, answer: Answer) -> None: ...


@dataclass(frozen=True, slots=True)
class Patience:
    """`tries` for one message, `seconds` for each, and a pause that doubles between them."""

    tries: int = 3
    seconds: float = 180.0
    pause_s: float = 2.0


@cache
def rules() -> str:
    """The instructions, nlp/models/llm_prompt.md."""
    return files("nlp.models").joinpath("llm_prompt.md").read_text(encoding="utf-8")


@cache
def prompt_version() -> str:
    """8 hex digits that change with the instructions or the schema."""
    text = rules() + json.dumps(answer_schema())
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def open_model(name: str) -> Any:
    """The model of that name or alias, with its key. Raises LlmError where there is none."""
    try:
        import llm
    except ImportError as error:
        raise LlmError("--llm needs the extra `llm`: pip install 'calledit[llm]'") from error
    try:
        model = llm.get_model(name)
        if getattr(model, "needs_key", None):
            model.get_key()
    except llm.NeedsKeyException as error:
        raise LlmError(f"{name}: {error}") from error
    except llm.UnknownModelError as error:
        raise LlmError(f"{name}: the llm library knows no such model; `llm models` lists those it knows") from error
    return model


@dataclass(frozen=True, slots=True)
class Asker:
    """A model with its cache, budget and patience. May be used from several threads."""

    model: Any
    answers: Answers
    spending: Spending
    patience: Patience = Patience()

    @property
    def name(self) -> str:
        return str(self.model.model_id)

    def ask(self, message: str) -> Rows:
        """The rows the model lists for a message. Raises NoAnswerError; StoppedError where nothing more is asked."""
        key = answer_key(self.name, message)
        kept = self.answers.get(key)
        if kept is not None:
            self.spending.kept()
            return parsed(kept)
        answer = self._persistently(message)
        rows = parsed(answer.text)
        self.answers.put(key, self.name, prompt_version(), Answer(json.dumps(rows), *_used(answer)))
        return rows

    def _persistently(self, message: str) -> Answer:
        reason, fatal = "", False
        for attempt in range(self.patience.tries):
            try:
                answer = self._once(message)
                parsed(answer.text)
            except StoppedError:
                raise
            except Exception as error:  # a plugin of llm may raise anything
                status, reason = status_of(error), described(error)
                fatal = status in FATAL
                if status in REFUSALS:
                    break
                if attempt + 1 < self.patience.tries:
                    time.sleep(pause(error, attempt, self.patience.pause_s))
            else:
                self.spending.answered()
                return answer
        self.spending.failed(reason, fatal)
        raise NoAnswerError(reason)

    def _once(self, message: str) -> Answer:
        estimate = tokens_in(rules() + json.dumps(answer_schema()) + message)
        reserved = estimate + max(LEAST_ANSWER, tokens_in(message) // 2)
        self.spending.reserve(reserved)
        used = 0
        try:
            answer = Started(lambda: asked(self.model, message)).result(self.patience.seconds)
            used = sum(_used(answer)) or estimate + tokens_in(answer.text)
            return answer
        except TimeoutError:
            used = reserved  # it may be charged for all the same
            raise
        finally:
            self.spending.settle(reserved, used)


def _used(answer: Answer) -> tuple[int, int]:
    return answer.input_tokens, answer.output_tokens


def asked(model: Any, message: str) -> Answer:
    """One request. The schema goes into the instructions where the model takes none."""
    takes_schema = bool(getattr(model, "supports_schema", False))
    system = rules() if takes_schema else f"{rules()}\nThe JSON schema of the answer: {json.dumps(answer_schema())}"
    schema = answer_schema() if takes_schema else None
    response = model.prompt(message, system=system, schema=schema, stream=bool(getattr(model, "can_stream", False)))
    text = str(response.text())
    usage = response.usage()
    return Answer(text, usage.input or 0, usage.output or 0)


def answer_key(model: str, message: str) -> str:
    """The hash of model, version of the prompt and message; the message holds the document's words."""
    parts = "\n".join((model, prompt_version(), message))
    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()


def tokens_in(text: str) -> int:
    """A rough count of tokens."""
    return math.ceil(len(text) / CHARACTERS_PER_TOKEN)


# --- reading an answer ------------------------------------------------------------------------------------------


def parsed(text: str) -> Rows:
    """The lists of rows in an answer; words or marks around the JSON object are passed over.

    Raises ValueError where there is no such object.
    """
    start = text.find("{")
    if start < 0:
        raise ValueError("the answer holds no JSON object")
    try:
        found, _ = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the answer is broken JSON ({type(error).__name__})") from error
    if _nesting(text) > DEEPEST:
        raise ValueError("the answer is nested too deep")
    rows = {kind: found.get(kind, []) for kind in KINDS}
    wrong = next((kind for kind, value in rows.items() if not isinstance(value, list)), None)
    if not set(found) & set(KINDS) or wrong:
        raise ValueError(f"the answer has no list of {wrong or 'claims'}")
    return rows


def _nesting(text: str) -> int:
    """How deep the brackets of a text go."""
    depths = accumulate(1 if mark in "[{" else -1 for mark in re.findall(r"[\[\]{}]", text))
    return max(depths, default=0)
