"""`calledit extract --llm`: documents read by a language model as well."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from commands.common import UserError, say

if TYPE_CHECKING:
    from nlp.models.llm_reading import LlmReader

F = TypeVar("F", bound=Callable[..., Any])
BUDGET = 1_000_000  # tokens: some 300 articles


def llm_options(command: F) -> F:
    """Add --llm and --llm-budget."""
    budget = click.option(
        "--llm-budget",
        type=click.IntRange(0),
        default=BUDGET,
        show_default=True,
        metavar="TOKENS",
        help="With --llm: stop asking before more tokens than this are used; kept answers cost none.",
    )
    model = click.option(
        "--llm",
        "llm",
        metavar="MODEL",
        help="Also ask this model of the llm library (`llm models` lists them). Sends the texts to its provider.",
    )
    return model(budget(command))


def chosen_llm(model: str | None, budget: int) -> LlmReader | None:
    """The reader for a model's name or alias. Raises UserError where it cannot be used."""
    if not model:
        return None
    from db.llm_answers import KeptAnswers, default_path
    from db.store import StoreError
    from nlp.models.llm import Asker, open_model
    from nlp.models.llm_faults import LlmError
    from nlp.models.llm_reading import LlmReader
    from nlp.models.llm_spending import Spending

    try:
        return LlmReader(Asker(open_model(model), KeptAnswers(default_path()), Spending(budget)))
    except (LlmError, StoreError) as error:
        raise UserError(str(error)) from error


def report(reader: LlmReader) -> None:
    """Say what the model brought and what it left undone."""
    say(reader.summary())
    left = reader.left()
    if left:
        click.echo(f"calledit: {left}", err=True)
