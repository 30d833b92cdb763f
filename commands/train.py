"""calledit train: learn how calls and correlations are read, from our own corpus and from your annotated documents."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.common import UserError, json_option, result, say
from commands.stance_model import chosen_stance_model

if TYPE_CHECKING:
    from nlp.gold import Annotated

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--gold", type=FOLDER, help="Also learn from train_*.jsonl and train_*_gold.jsonl in this folder.")
@click.option("--texts", type=FOLDER, help="Also learn from the shipped labels, over the texts in this folder.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Write the weights here instead.")
@click.option(
    "--stance-model",
    metavar="PATH_OR_HUB_ID",
    help="Train nothing; fit how much this model's word on a stance weighs beside ours, and keep that.",
)
@click.option(
    "--encoder", is_flag=True, help="Train only the adapter of the installed encoder; needs torch and --gold."
)
@click.option("--sentfin", type=FILE, help="With --encoder: learn from the headlines of SEntFiN's CSV first.")
@click.option("--seed", type=int, default=0, help="With --encoder: where its random numbers start.", show_default=True)
@json_option
def train(
    gold: Path | None,
    texts: Path | None,
    out: Path | None,
    stance_model: str | None,
    encoder: bool,
    sentfin: Path | None,
    seed: int,
    as_json: bool,
) -> None:
    """Train the models of calls and correlations; the same documents always give the same weights.

    Prints what cross-validation found: each document judged by models that never saw it.
    """  # fmt: skip
    if encoder and stance_model:
        raise click.UsageError("--encoder and --stance-model are two different things to train: name one")
    if not encoder and (sentfin or seed):
        raise click.UsageError("--sentfin and --seed go with --encoder")
    try:
        import sklearn  # noqa: F401
    except ImportError as error:
        raise UserError("training needs scikit-learn: pip install 'calledit[train]'") from error
    from nlp.train import train_calls, weights_folder
    from nlp.train_card import save_card
    from nlp.train_carry import train_carry
    from nlp.train_correlations import learn

    started = time.monotonic()
    careful = given(gold)
    documents = [*careful, *gather(texts)]
    if len(documents) < 20:
        raise UserError("nothing to learn from: give annotated documents with --gold DIR")
    if stance_model:
        result(*weighed(stance_model, documents, as_json))
        return
    if encoder:
        result(*adapted(careful, documents[len(careful) :], sentfin, out, seed, as_json))
        return
    folder = out or weights_folder()
    train_carry(documents, folder)
    trained = train_calls(documents, frozenset(d.document.id for d in careful))
    trained.write(folder)
    learn(gold, texts, folder)
    save_card(trained, documents, folder)
    seconds = time.monotonic() - started
    result(
        {"documents": len(documents), "seconds": round(seconds, 1), "held_out": trained.quality},
        as_json,
        f"learned from {len(documents)} documents in {seconds:.0f} s; weights in {folder}\n{trained.table()}",
    )


def adapted(
    careful: list[Annotated], others: list[Annotated], sentfin: Path | None, out: Path | None, seed: int, as_json: bool
) -> tuple[dict[str, Any], bool, str]:
    """Train the encoder's adapter on `others`, judged on `careful`; what to print of it. Raises UserError."""
    try:
        import torch
    except ImportError as error:
        raise UserError("training the encoder needs torch: pip install 'calledit[torch]'") from error
    from nlp.models.encoder_files import EncoderError
    from nlp.models.encoder_fit import learn_encoder
    from nlp.models.encoder_train import Plan
    from nlp.train import weights_folder

    if not careful:
        raise UserError("the encoder is judged on documents it did not learn from: give them with --gold DIR")
    torch.set_num_threads(1)  # the same numbers at every run, and no slower on few cores
    folder = out or weights_folder().parent / "models" / "encoder_weights"
    try:
        learned = learn_encoder(careful, others, sentfin, folder, Plan(seed=seed), say)
    except EncoderError as error:
        raise UserError(str(error)) from error
    table = learned.table()
    return {"folder": str(folder), "held_out": table}, as_json, f"the adapter is in {folder}\n{table}"


def weighed(stance_model: str, documents: list[Annotated], as_json: bool) -> tuple[dict[str, Any], bool, str]:
    """Fit and keep the blend of a stance model; what to print of it. Raises UserError."""
    from nlp.models.classifier_fit import keep_blend, learn_blend

    choice = chosen_stance_model(stance_model, every=True)
    blend = learn_blend(choice, documents) if choice else None
    if choice is None or blend is None:
        raise UserError("too few labelled calls to weigh a model: give annotated documents with --gold DIR")
    path = keep_blend(choice.model, blend)
    line = (
        f"{choice.name}: weight {blend.weight:.2f} at temperature {blend.temperature:g}, on {blend.examples} calls; "
        f"stances right {blend.accuracy_linear:.3f} before, {blend.accuracy:.3f} with it; kept in {path}"
    )
    return asdict(blend), as_json, line


def given(gold: Path | None) -> list[Annotated]:
    """The annotated documents of a folder: train_NAME.jsonl with train_NAME_gold.jsonl. Raises UserError."""
    from nlp.gold import gold_pairs, load_gold

    pairs = list(gold_pairs(gold, "train_")) if gold else []
    if gold and not pairs:
        raise UserError(f"{gold} holds no train_*.jsonl with train_*_gold.jsonl beside it")
    return [annotated for pair in pairs for annotated in load_gold(*pair)]


def gather(texts: Path | None) -> list[Annotated]:
    """What calledit brings itself: its own corpus, and its labels over the texts where they are."""
    from nlp.gold import load_labels, own_corpus

    return own_corpus("train") + (load_labels(texts) if texts else [])
