"""Training the encoder's adapter (LoRA, Hu et al. 2021) and head. Needs torch (extra `torch`); nothing else does.

First on SEntFiN (Sinha et al. 2022, MIT), whose headlines teach who is hurt and who is helped, through a head of its
own; then on the labelled candidates of our own documents, through the head that is kept.
"""

from __future__ import annotations

import csv
import math
import random
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlp.models.encoder import CLASSES
from nlp.models.encoder_files import MODEL, TOKENIZER, checked, kept_in
from nlp.models.encoder_run import FAR, HEADS, WIDTH, dense_layers, merged, shapes
from nlp.models.encoder_tokens import (
    ARTICLE,
    ORIGINS,
    OWN_VIEW,
    ROLES,
    TARGET,
    TARGET_END,
    Marked,
    Vocabulary,
    vocabulary,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RANK, SCALE = 8, 2.0
BATCH, DROPOUT, WARM_UP = 32, 0.1, 0.06
NONE_KEPT = 0.2  # of the candidates that are no call: nine in ten are none, and each costs as much as a call
SENTFIN = ("neutral", "positive", "negative")
DECISION = re.compile(r"""['"](.+?)['"]: ['"](neutral|positive|negative)['"]""")  # names hold quotes: 'Moody's'
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast to learn; chosen on annotated documents that the adapter did not learn from."""

    first_epochs: int = 1
    first_rate: float = 1e-3
    epochs: int = 1
    rate: float = 7e-4
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Labelled:
    """A marked text with the number of its class."""

    text: Marked
    label: int


def sentfin_rows(path: Path, words: Vocabulary) -> list[Labelled]:
    """The entities of each headline of SEntFiN's CSV (Title; Decisions: {'entity': 'positive', ...})."""
    found = []
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for entity, label in DECISION.findall(row["Decisions"]):
                start = row["Title"].lower().find(entity.lower())
                if start >= 0:
                    text = _headline(row["Title"], start, start + len(entity), words)
                    found.append(Labelled(text, SENTFIN.index(label)))
    return found


def _headline(title: str, start: int, end: int, words: Vocabulary) -> Marked:
    opening, closing = words.ends
    signs = [words.sign(n) for n in (ARTICLE, ORIGINS["explicit"], ROLES["title"], OWN_VIEW)]
    before = [opening, *signs, *words.pieces(title[:start])]
    target = [words.sign(TARGET), *words.pieces(title[start:end]), words.sign(TARGET_END)]
    first = [*before, *target, *words.pieces(title[end:]), closing]
    return Marked((*first, closing), len(first), ((len(before), len(before) + len(target)),))


def thinned(rows: Sequence[Labelled], seed: int) -> list[Labelled]:
    """All calls, and a share NONE_KEPT of the rest; the bias of the head makes up for it afterwards."""
    chance = random.Random(seed)
    return [row for row in rows if row.label or chance.random() < NONE_KEPT]


def train_adapter(
    first: Sequence[Labelled], own: Sequence[Labelled], plan: Plan = Plan(), say: Say = print
) -> dict[str, NDArray[np.float16]]:
    """The adapter's arrays: NAME.A and NAME.B of each dense layer, head.weight and head.bias, in half precision.

    The same rows, plan and versions of torch give the same numbers. Raises EncoderError where no encoder is installed.
    """
    import numpy as np
    import torch
    from safetensors.numpy import load_file

    torch.manual_seed(plan.seed)
    network = Network(merged(load_file(checked(kept_in()) / MODEL), {}))
    _learn(network, first, plan.first_epochs, plan.first_rate, plan.seed, say, head=network.first_head)
    _learn(network, thinned(own, plan.seed), plan.epochs, plan.rate, plan.seed, say, head=network.head)
    arrays = {f"{name}.A": a.detach().numpy().T for name, a in network.down.items()}
    arrays |= {f"{name}.B": b.detach().numpy().T * SCALE for name, b in network.up.items()}
    bias = network.head.bias.detach().numpy().copy()
    bias[CLASSES.index("none")] += math.log(1 / NONE_KEPT)
    arrays |= {"head.weight": network.head.weight.detach().numpy().T, "head.bias": bias}
    return {name: array.astype(np.float16) for name, array in arrays.items()}


class Network:
    """The encoder with an adapter at each dense layer, in torch, over the same weights and names as encoder_run."""

    def __init__(self, weights: dict[str, NDArray[np.float32]]) -> None:
        import torch

        self.weights = {name: torch.from_numpy(array) for name, array in weights.items()}
        self.down, self.up = {}, {}
        for name in dense_layers():
            wide, narrow = shapes()[f"{name}.weight"]
            self.down[name] = (torch.randn(wide, RANK) / math.sqrt(wide)).requires_grad_()
            self.up[name] = torch.zeros(RANK, narrow).requires_grad_()
        self.head = torch.nn.Linear(2 * WIDTH, len(CLASSES))
        self.first_head = torch.nn.Linear(2 * WIDTH, len(SENTFIN))

    def parameters(self, head: Any) -> list[Any]:
        return [*self.down.values(), *self.up.values(), *head.parameters()]

    def logits(self, texts: Sequence[Marked], head: Any) -> Any:
        """Forward as in encoder_run, with dropout before the head."""
        import torch

        pieces, types, there, clause, target = _tensors(texts)
        w = self.weights
        x = w["embeddings.word_embeddings.weight"][pieces] + w["embeddings.token_type_embeddings.weight"][types]
        x = self._norm(x + w["embeddings.position_embeddings.weight"][: pieces.shape[1]], "embeddings.LayerNorm")
        mask = ((1 - there) * FAR)[:, None, None, :]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            for number in range(len(dense_layers()) // 6):
                x = self._layer(x, f"encoder.layer.{number}", mask)
        pooled = [(x.float() * m[..., None]).sum(1) / m.sum(1, keepdim=True).clamp(min=1) for m in (clause, target)]
        return head(torch.nn.functional.dropout(torch.cat(pooled, 1), DROPOUT))

    def _layer(self, x: Any, at: str, mask: Any) -> Any:
        import torch

        size = (*x.shape[:2], HEADS, WIDTH // HEADS)
        parts = [self._dense(x, f"{at}.attention.self.{part}") for part in ("query", "key", "value")]
        query, key, value = (part.reshape(size).transpose(1, 2) for part in parts)
        seen = torch.nn.functional.scaled_dot_product_attention(query, key, value, mask.to(query.dtype))
        seen = self._dense(seen.transpose(1, 2).reshape(x.shape), f"{at}.attention.output.dense")
        x = self._norm(x + seen, f"{at}.attention.output.LayerNorm")
        wide = torch.nn.functional.gelu(self._dense(x, f"{at}.intermediate.dense"))
        return self._norm(x + self._dense(wide, f"{at}.output.dense"), f"{at}.output.LayerNorm")

    def _dense(self, x: Any, name: str) -> Any:
        adapted = (x @ self.down[name]) @ self.up[name] * SCALE
        return x @ self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"] + adapted

    def _norm(self, x: Any, name: str) -> Any:
        import torch

        weight, bias = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        return torch.nn.functional.layer_norm(x.float(), (WIDTH,), weight, bias, 1e-12)


def _tensors(texts: Sequence[Marked]) -> tuple[Any, ...]:
    import torch

    size = (len(texts), max(len(text.pieces) for text in texts))
    pieces, types = torch.zeros(size, dtype=torch.long), torch.zeros(size, dtype=torch.long)
    there, clause, target = torch.zeros(size), torch.zeros(size), torch.zeros(size)
    for row, text in enumerate(texts):
        pieces[row, : len(text.pieces)] = torch.tensor(text.pieces)
        types[row, text.clause_end : len(text.pieces)] = 1
        there[row, : len(text.pieces)] = 1
        clause[row, : text.clause_end] = 1
        for start, end in text.spans:
            target[row, start:end] = 1
    return pieces, types, there, clause, target


def _learn(
    network: Network, rows: Sequence[Labelled], epochs: int, rate: float, seed: int, say: Say, *, head: Any
) -> None:
    """AdamW over batches of like length, with a short warm-up and a linear decay."""
    import torch

    if not rows:
        return
    parameters = network.parameters(head)
    optimizer = torch.optim.AdamW(parameters, rate, weight_decay=0.01)
    steps, step, loss_sum = epochs * math.ceil(len(rows) / BATCH), 0, 0.0
    for batch in (b for epoch in range(epochs) for b in batches(rows, seed + epoch)):
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1.0, (step + 1) / (WARM_UP * steps)) * max(0.02, 1 - step / steps)
        labels = torch.tensor([row.label for row in batch])
        loss = torch.nn.functional.cross_entropy(network.logits([row.text for row in batch], head), labels)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        step, loss_sum = step + 1, loss_sum + loss.item()
        if step % 100 == 0:
            say(f"step {step} of {steps}: loss {loss_sum / 100:.3f}")
            loss_sum = 0.0


def batches(rows: Sequence[Labelled], seed: int) -> Iterator[list[Labelled]]:
    """All rows once, in random batches whose texts are about as long as each other."""
    chance = random.Random(seed)
    order = list(range(len(rows)))
    chance.shuffle(order)
    found: list[list[int]] = []
    for first in range(0, len(order), BATCH * 20):
        part = sorted(order[first : first + BATCH * 20], key=lambda n: len(rows[n].text.pieces))
        found += [part[at : at + BATCH] for at in range(0, len(part), BATCH)]
    chance.shuffle(found)
    yield from ([rows[n] for n in numbers] for numbers in found)


def installed_vocabulary() -> Vocabulary:
    """The tokenizer of the installed encoder. Raises EncoderError where there is none."""
    return vocabulary((checked(kept_in()) / TOKENIZER).read_text(encoding="utf-8"))


def write_arrays(arrays: dict[str, NDArray[np.float16]], path: Path) -> None:
    """An npz whose bytes depend on the numbers alone, not on the clock."""
    import io

    import numpy as np

    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(arrays):
            out = io.BytesIO()
            np.lib.format.write_array(out, np.ascontiguousarray(arrays[name]), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), out.getvalue())
