"""Running a sequence classifier: its files found, an ONNX Runtime session or torch, batches of like length."""

from __future__ import annotations

import multiprocessing
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlp.models.classifier_labels import StanceModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LONGEST = 256  # tokens of one text; a sentence has thirty, what is longer is cut
BATCH_TOKENS = 4096  # texts times the length of the longest of them, in one batch
EIGHT_BIT = ("model_int8.onnx", "model_quantized.onnx", "model_uint8.onnx")
WHOLE = ("model.onnx",)
TORCH_FILES = ("model.safetensors", "model.safetensors.index.json", "pytorch_model.bin")
HUB_PATIENCE_S = 15.0
HUB_ID = re.compile(r"[\w-][\w.-]*(?:/[\w-][\w.-]*)?")

Batch = dict[str, "NDArray[np.int64]"]
Run = Callable[[Batch], "NDArray[np.float64]"]


@dataclass(frozen=True, slots=True)
class Classifier:
    """A classifier ready to run: its tokenizer, its labels in the order of its logits, and what runs it."""

    name: str
    labels: tuple[str, ...]
    tokenizer: Any
    longest: int
    run: Run

    def logits(self, texts: Sequence[str], pairs: Sequence[str] | None = None) -> NDArray[np.float64]:
        """The logits of each text (or of each text with its pair), shape (len(texts), labels), in their order."""
        import numpy as np

        result = np.zeros((len(texts), len(self.labels)))
        if not texts:
            return result
        cut = {"truncation": "only_first" if pairs else True, "max_length": self.longest}
        encoded = self.tokenizer(list(texts), list(pairs) if pairs else None, **cut)
        rows = [dict(zip(encoded, row, strict=True)) for row in zip(*encoded.values(), strict=True)]
        for numbers in by_length([len(row["input_ids"]) for row in rows]):
            result[numbers] = self.run(_padded([rows[n] for n in numbers], self.tokenizer.pad_token_id or 0))
        return result


def by_length(lengths: Sequence[int]) -> Iterator[list[int]]:
    """The numbers of the texts in batches of like length, short ones first, at most BATCH_TOKENS each."""
    batch: list[int] = []
    for number in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[number] > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch


def _padded(rows: Sequence[dict[str, list[int]]], pad: int) -> Batch:
    import numpy as np

    longest = max(len(row["input_ids"]) for row in rows)
    fill = {name: pad if name == "input_ids" else 0 for name in rows[0]}
    return {
        name: np.array([row[name] + [value] * (longest - len(row[name])) for row in rows], np.int64)
        for name, value in fill.items()
    }


def load_classifier(model: str, threads: int | None = None) -> Classifier:
    """The sequence classifier of a local folder, or of the model hub by its id. Raises StanceModelError.

    `threads` on a CPU: 0 for all cores; by default one in a worker process, whose neighbours have the other cores.
    """
    folder = model_folder(model)
    if not (folder / "config.json").is_file():
        raise StanceModelError(f"{model} holds no config.json: give the folder of a transformers classifier")
    os.environ.setdefault("TRANSFORMERS_NO_ADVISORY_WARNINGS", "1")  # it advises to install torch; ONNX needs none
    from transformers import AutoConfig, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    try:
        config = AutoConfig.from_pretrained(folder)
        tokenizer = AutoTokenizer.from_pretrained(folder)
    except Exception as error:  # whatever a broken folder makes transformers raise
        raise StanceModelError(f"{model} cannot be read: {_first_line(error)}") from error
    kinds = list(config.architectures or ())
    if kinds and not any(kind.endswith("ForSequenceClassification") for kind in kinds):
        raise StanceModelError(f"{model} is a {kinds[0]}, not a sequence classifier: give one trained on labels")
    labels = tuple(config.id2label[n] for n in sorted(config.id2label))
    places = getattr(config, "max_position_embeddings", None) or LONGEST
    longest = min(LONGEST, places - 2, tokenizer.model_max_length)  # RoBERTa keeps two places for itself
    if threads is None:
        threads = 1 if multiprocessing.parent_process() else 0
    return Classifier(model, labels, tokenizer, longest, _runner(folder, model, threads))


def model_folder(model: str) -> Path:
    """Where the files of a model are: the folder of this name, else what was fetched from the hub, else fetched now."""
    folder = Path(model).expanduser()
    if folder.is_dir():
        return folder
    if not HUB_ID.fullmatch(model):
        raise StanceModelError(f"{model}: there is no such folder; give the folder of a model, or its id on the hub")
    try:
        return _kept(model) or _fetched(model)
    except Exception as error:  # whatever the hub's client raises where there is no network or no such model
        raise StanceModelError(
            f"{model} is no folder here and could not be fetched from the model hub ({type(error).__name__}): "
            "check the name and the connection, or download the model and give its folder"
        ) from error


def _kept(model: str) -> Path | None:
    """The folder of a model fetched before: the hub is asked once, and never again."""
    from huggingface_hub import try_to_load_from_cache

    config = try_to_load_from_cache(model, "config.json")
    folder = Path(config).parent if isinstance(config, str) else None
    return folder if folder and (onnx_file(folder) or _torch_file(folder)) else None


def _fetched(model: str) -> Path:
    """The files that reading and running a model takes, fetched: one file of weights, not one of each format."""
    from huggingface_hub import HfApi, snapshot_download

    there = {file.rfilename for file in HfApi().model_info(model, timeout=HUB_PATIENCE_S).siblings or ()}
    wanted = [f"{place}{name}" for name in _onnx_names() for place in ("", "onnx/")]
    weights = next((name for name in (*wanted, *TORCH_FILES) if name in there), TORCH_FILES[0])
    parts = ["model-*.safetensors"] if weights.endswith(".index.json") else [f"{weights}_data", f"{weights}.data"]
    return Path(snapshot_download(model, allow_patterns=["*.json", "*.txt", "*.model", weights, *parts]))


def _torch_file(folder: Path) -> Path | None:
    return next((folder / name for name in TORCH_FILES if (folder / name).is_file()), None)


def _onnx_names() -> tuple[str, ...]:
    """Best first: eight bits on a CPU; on a GPU, which has no use for them, whole weights."""
    return (*WHOLE, *EIGHT_BIT) if "CUDAExecutionProvider" in _providers() else (*EIGHT_BIT, *WHOLE)


def _providers() -> list[str]:
    import onnxruntime

    there = onnxruntime.get_available_providers()
    return [name for name in ("CUDAExecutionProvider", "CPUExecutionProvider") if name in there]


def onnx_file(folder: Path) -> Path | None:
    """The ONNX file of a model, beside its weights or in a folder onnx/."""
    places = (folder / part / name for name in _onnx_names() for part in ("", "onnx"))
    return next((path for path in places if path.is_file()), None)


def _runner(folder: Path, model: str, threads: int) -> Run:
    path = onnx_file(folder)
    if path:
        return _onnx_runner(path, threads)
    if _torch_file(folder) is None:
        raise StanceModelError(f"{model} holds no weights: neither model.onnx nor model.safetensors is there")
    if find_spec("torch") is None:
        raise StanceModelError(
            f"{model} has no .onnx file and torch is not installed: pip install 'calledit[torch]', "
            "or export the model to ONNX"
        )
    return _torch_runner(folder, model, threads)


def _onnx_runner(path: Path, threads: int) -> Run:
    import numpy as np
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=_providers())
    except Exception as error:
        raise StanceModelError(f"{path} cannot be read by ONNX Runtime: {_first_line(error)}") from error
    wanted = [one.name for one in session.get_inputs()]
    outputs = [one.name for one in session.get_outputs()]
    logits = "logits" if "logits" in outputs else outputs[0]

    def run(batch: Batch) -> NDArray[np.float64]:
        feeds = {name: batch[name] if name in batch else np.zeros_like(batch["input_ids"]) for name in wanted}
        result: NDArray[np.float64] = session.run([logits], feeds)[0].astype(np.float64)
        return result

    return run


def _torch_runner(folder: Path, model: str, threads: int) -> Run:
    import torch
    from transformers import AutoModelForSequenceClassification

    if threads:
        torch.set_num_threads(threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        network, info = AutoModelForSequenceClassification.from_pretrained(
            folder, dtype=torch.float32, output_loading_info=True
        )
    except Exception as error:
        raise StanceModelError(f"{model} cannot be loaded: {_first_line(error)}") from error
    if info["missing_keys"]:
        raise StanceModelError(f"{model} is not trained to classify: its weights hold no {min(info['missing_keys'])}")
    network.to(device).eval()
    taken = signature(network.forward).parameters  # DistilBERT takes no token_type_ids, whatever its tokenizer gives

    def run(batch: Batch) -> NDArray[np.float64]:
        with torch.inference_mode():
            tensors = {name: torch.from_numpy(batch[name]).to(device) for name in batch if name in taken}
            result: NDArray[np.float64] = network(**tensors).logits.double().cpu().numpy()
        return result

    return run


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
