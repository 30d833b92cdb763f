"""The options that have a transformers model judge stances, for every command that reads documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from commands.common import UserError, configured_table

if TYPE_CHECKING:
    from nlp.models.classifier import StanceModelChoice

F = TypeVar("F", bound=Callable[..., Any])
PATIENCE_S = 900.0  # for one chunk of documents: a large model on a CPU judges a few sentences a second


def stance_model_options(function: F) -> F:
    """Add --stance-model and --stance-model-all to a command under construction."""
    model = click.option(
        "--stance-model",
        metavar="PATH_OR_HUB_ID",
        help="Ask this transformers classifier where the stance of a call is unclear: a folder, or an id on the hub.",
    )
    every = click.option("--stance-model-all", is_flag=True, help="Ask it about every candidate for a call.")
    return model(every(function))


def chosen_stance_model(model: str | None, every: bool) -> StanceModelChoice | None:
    """The stance model of the options, else of calledit.toml, loaded once to be sure. Raises UserError."""
    from nlp.models.classifier import chosen
    from nlp.models.classifier_labels import StanceModelError
    from nlp.opinions import loaded

    try:
        choice = chosen(model, every, configured_table("stance_model"))
        if choice is None and every:
            raise UserError("--stance-model-all needs a model: name it with --stance-model PATH_OR_HUB_ID")
        if choice is not None:
            loaded(choice)
    except StanceModelError as error:
        raise UserError(str(error)) from error
    return choice
