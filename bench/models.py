"""What models cost beside the default layers, in one run: sentences per CPU-second of one core.

usage: python -m bench.models [--sentences N] [--gold DIR [--name NAME]]

The default layers read our own corpus; a model of 4 layers x 256 with eight-bit weights in ONNX Runtime and one of
12 x 768 (the size of FinBERT) judge sentences of the same texts, through the code that `--stance-model` runs. Their
weights are random; the time they take is not. Needs torch and onnx to make them (pip install 'calledit[torch]' onnx);
without, they are left out. The encoder judges mentions by both of its runtimes, where it is installed
(CALLEDIT_ENCODER names its folder). With --gold, also what a model could buy: F1 of calls with models made
up from the labels to be right on so many stances.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from nlp.calls import find_calls
from nlp.claims import to_annotation
from nlp.evaluate import tally, total
from nlp.extract import extract, shipped_model
from nlp.gold import Annotated, gold_pairs, load_gold, own_corpus
from nlp.layers import Combination, start_up
from nlp.models.classifier_runtime import load_classifier
from nlp.models.encoder import ADAPTER, EncoderChoice
from nlp.models.encoder_files import MODEL, TOKENIZER, EncoderError, checked, kept_in
from nlp.models.encoder_run import Backend, load_encoder
from nlp.models.encoder_tokens import vocabulary
from nlp.opinions import Opinion, worth_asking
from nlp.reading import Reading, read
from nlp.stance import STANCES, shipped
from nlp.text import prepare
from nlp.train_stance import Example, examples
from scrapers.documents import Document

LABELS = ("bearish", "neutral", "bullish")
VOCABULARY = 30_522
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
BACKENDS: tuple[Backend, ...] = ("onnxruntime", "numpy")
SIZES = {"4 x 256": (4, 256, 4), "12 x 768": (12, 768, 12)}  # layers, width, attention heads


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=int, default=256, help="sentences that each model judges")
    parser.add_argument("--gold", type=Path, help="a folder of NAME.jsonl with NAME_gold.jsonl")
    parser.add_argument("--name", action="append", help="with --gold: only these files")
    options = parser.parse_args()
    wanted = options.sentences
    documents = [a.document for split in ("train", "test") for a in own_corpus(split)]
    base = default_layers(documents)
    asked(documents)
    encoder(documents, wanted)
    if options.gold:
        pairs = [p for p in gold_pairs(options.gold) if not options.name or p[0].stem in options.name]
        worth([annotated for pair in pairs for annotated in load_gold(*pair)])
    missing = [name for name in ("torch", "onnx") if find_spec(name) is None]
    if missing:
        print(f"models: skipped (pip install {' '.join(missing)})")
        return
    every = sentences(documents)
    chosen = every[:: max(1, len(every) // wanted)][:wanted]
    with tempfile.TemporaryDirectory() as folder:
        small, large = (made(Path(folder) / name, size, documents) for name, size in SIZES.items())
        judged("12 x 768, torch, 32 bits", large, chosen, base)
        for name, model in (("4 x 256", small), ("12 x 768", large)):
            whole = to_onnx(model)
            judged(f"{name}, ONNX Runtime, 32 bits", model, chosen, base)
            to_eight_bits(whole)
            judged(f"{name}, ONNX Runtime, 8 bits", model, chosen, base)


def default_layers(documents: Sequence[Document]) -> float:
    """Sentences per CPU-second of everything that reads by default, calls, patterns and figures included."""
    extract(documents[0])  # loads the weights
    seconds = cpu(lambda: [extract(document) for document in documents])
    count = len(sentences(documents))
    print(f"{'default layers':32} {count / seconds:9,.1f} sentences per CPU-second ({count} in {seconds:.2f} s)")
    return count / seconds


def asked(documents: Sequence[Document]) -> None:
    """How many clauses a stance model is asked about, for a hundred sentences."""
    total, unsure, every = 0, 0, 0
    for reading in map(read, documents):
        table = shipped().probabilities(reading.features)
        clauses = [(c.clause.start, c.clause.end) for c in reading.candidates]
        total += len(reading.prepared.sentences)
        unsure += len({clauses[n] for n in worth_asking(table)})
        every += len({clauses[n] for n in worth_asking(table, every=True)})
    some, most = 100 * unsure / total, 100 * every / total
    print(f"of 100 sentences a stance model is asked about {some:.0f}, with --stance-model-all about {most:.0f}")


def encoder(documents: Sequence[Document], wanted: int) -> None:
    """Mentions per CPU-second of the installed encoder by both runtimes, on one thread; its start-up and memory."""
    try:
        folder = checked(kept_in())
    except EncoderError as error:
        print(f"encoder: skipped ({error})")
        return
    words = vocabulary((folder / TOKENIZER).read_text(encoding="utf-8"))
    texts = [text for reading in map(read, documents) for text in words.marked(reading.prepared, reading.candidates)]
    chosen = texts[:: max(1, len(texts) // wanted)][:wanted]
    pieces = sum(len(text.pieces) for text in chosen) / len(chosen)
    adapter = Path(str(files("nlp").joinpath(ADAPTER)))
    by = {backend: load_encoder(folder / MODEL, adapter, backend) for backend in BACKENDS}
    for backend, one in by.items():
        with threadpool_limits(1):  # numpy's; a second thread waits for the first and burns its core all the same
            one.logits(chosen[:8])
            seconds = cpu(partial(one.logits, chosen))
        print(f"{f'encoder, {backend}':32} {len(chosen) / seconds:9,.1f} mentions per CPU-second"
              f" ({len(chosen)} of {pieces:.0f} word pieces in {seconds:.2f} s)")  # fmt: skip
    first, second = (one.logits(chosen) for one in by.values())
    same = int((first.argmax(1) == second.argmax(1)).sum())
    print(f"{'':32} both give {same} of {len(chosen)} mentions the same label;"
          f" their logits differ by {np.abs(first - second).max():.1g} at most")  # fmt: skip
    starting()


def starting() -> None:
    """CPU-seconds and memory of a new process until it has read a first document, without the encoder and with it."""
    for name, opinions in (("default layers", ()), *((f"encoder, {b}", (EncoderChoice(True, b),)) for b in BACKENDS)):
        start = start_up(Combination(name, opinions))
        memory = f", {start.memory_mb:.0f} MB" if start.memory_mb else ""
        print(f"{f'start-up with {name}':32} {start.cpu_s:9.2f} CPU-seconds{memory}")


@dataclass(frozen=True)
class MadeUp:
    """An opinion that knows the labels, and says the right stance as often as `share`, always as sure as that.

    Where people gave no stance it sides with the linear model as often.
    """

    examples: dict[str, Example]
    share: float
    every: bool
    name: str = "made up"
    layer: str = "transformers"
    whole: bool = False
    weight: float = 0.5
    calls: None = None

    def judge(self, reading: Reading, indices: Sequence[int]) -> NDArray[np.float64]:
        labels = self.examples[reading.document.id].labels
        table = shipped().probabilities([reading.features[n] for n in indices])
        places = zip((labels[n] for n in indices), table.argmax(1), strict=True)
        true = [int(best) if label == "none" else STANCES.index(label) for label, best in places]
        rng = np.random.default_rng([crc32(reading.document.id.encode()), round(100 * self.share)])
        said = [at if rng.random() < self.share else (at + int(rng.integers(1, 3))) % 3 for at in true]
        rows = np.full((len(said), 3), (1 - self.share) / 2)
        rows[np.arange(len(said)), said] = self.share
        return rows


def worth(documents: Sequence[Annotated]) -> None:
    """F1 of (asset, stance) with models right on so many stances, asked where stances are unclear and everywhere."""
    found = {e.gold.document.id: e for e in examples(documents)}
    print(f"call F1 of the default layers: {call_f1(found, ()):.3f}, on {len(found)} documents")
    for share in (0.6, 0.8, 0.95):
        some, most = (call_f1(found, (MadeUp(found, share, every),)) for every in (False, True))
        print(f"  with a model right on {share:.0%} of stances: {some:.3f}, with --stance-model-all {most:.3f}")


def call_f1(found: dict[str, Example], opinions: Sequence[Opinion]) -> float:
    tallies = []
    for example in found.values():
        rows = [to_annotation(call) for call in find_calls(example.reading, shipped_model(), opinions)]
        tallies.append(tally({"calls": example.gold.calls}, {"calls": rows}))
    return total(tallies).table()["call_stance"]["f1"]


def sentences(documents: Sequence[Document]) -> list[str]:
    prepared = (prepare(document.text, document.kind) for document in documents)
    return [one.sentence_text(n) for one in prepared for n in range(len(one.sentences))]


def cpu(work: Callable[[], object]) -> float:
    """CPU-seconds of this process, all its threads together."""
    start = time.process_time()
    work()
    return time.process_time() - start


def judged(name: str, model: Path, texts: Sequence[str], base: float) -> None:
    """One model over the texts on one thread, and how much dearer than the default layers it is."""
    classifier = load_classifier(str(model), threads=1)
    tokens = sum(map(len, classifier.tokenizer(list(texts))["input_ids"])) / len(texts)
    classifier.logits(texts[:8])
    seconds = cpu(lambda: classifier.logits(texts))
    rate = len(texts) / seconds
    print(f"{name:32} {rate:9,.1f} sentences per CPU-second ({len(texts)} of {tokens:.0f} tokens in {seconds:.2f} s),"
          f" {base / rate:,.1f} times the CPU of the default layers")  # fmt: skip


def made(folder: Path, size: tuple[int, int, int], documents: Sequence[Document]) -> Path:
    """A BERT of this size with random weights, and a vocabulary learned from the documents."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    layers, width, heads = size
    config = BertConfig(
        vocab_size=VOCABULARY, hidden_size=width, num_hidden_layers=layers, num_attention_heads=heads,
        intermediate_size=4 * width, id2label=dict(enumerate(LABELS)), label2id={n: i for i, n in enumerate(LABELS)},
    )  # fmt: skip
    torch.manual_seed(0)
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer([document.text for document in documents]).save_pretrained(folder)
    return folder


def tokenizer(texts: Sequence[str]) -> Any:
    """A WordPiece tokenizer over the words of the texts."""
    from tokenizers import BertWordPieceTokenizer
    from transformers import PreTrainedTokenizerFast

    learned = BertWordPieceTokenizer()
    learned.train_from_iterator(texts, vocab_size=VOCABULARY, show_progress=False)
    with tempfile.TemporaryDirectory() as folder:
        learned.save(f"{folder}/tokenizer.json")
        names = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), SPECIAL, strict=True))
        inputs = ["input_ids", "token_type_ids", "attention_mask"]
        file = f"{folder}/tokenizer.json"
        return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
            tokenizer_file=file, model_input_names=inputs, **names
        )


def to_onnx(model: Path) -> Path:
    """Write model.onnx beside the weights."""
    import torch
    from transformers import BertForSequenceClassification

    network = BertForSequenceClassification.from_pretrained(model, attn_implementation="eager")
    network.eval()  # type: ignore[no-untyped-call]
    names, path = ["input_ids", "attention_mask", "token_type_ids"], model / "model.onnx"
    axes = {name: {0: "batch", 1: "length"} for name in names} | {"logits": {0: "batch"}}
    example = tuple(torch.ones(2, 8, dtype=torch.long) for _ in names)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on how it will be exported in future versions of torch
        torch.onnx.export(
            network, example, str(path), dynamo=False, input_names=names, output_names=["logits"], dynamic_axes=axes
        )
    return path


def to_eight_bits(path: Path) -> None:
    """Write model_int8.onnx beside model.onnx; weights scaled channel by channel."""
    import logging

    from onnxruntime.quantization import QuantType, quantize_dynamic

    logging.disable(logging.WARNING)  # it advises to prepare the graph, which dynamic quantization does without
    quantize_dynamic(path, path.with_name("model_int8.onnx"), per_channel=True, weight_type=QuantType.QInt8)


if __name__ == "__main__":
    main()
