"""Training: from annotated documents to the plain numbers in nlp/weights. Needs scikit-learn (extra `train`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from nlp.calibrate import Calibration
from nlp.gold import Annotated
from nlp.stance import StanceModel
from nlp.train_calibration import calibrate, fit_ranking, held_out_ranking, quality_of, ranked
from nlp.train_stance import examples, fit_stance, folds, held_out_stances
from nlp.trees import Forest, to_bytes


@dataclass(frozen=True, slots=True)
class Trained:
    """What training found, with the held-out quality it measured: precision, recall and F1 by kind of document."""

    stance: StanceModel
    ranking: Forest
    calibration: Calibration
    quality: dict[str, dict[str, float]]

    def write(self, folder: Path) -> None:
        """stance.npz, ranking.npz and calibration.json in `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "stance.npz").write_bytes(self.stance.to_bytes())
        (folder / "ranking.npz").write_bytes(to_bytes(self.ranking))
        (folder / "calibration.json").write_text(self.calibration.to_json(), encoding="utf-8")

    def table(self) -> str:
        """The held-out quality as lines of text."""
        lines = []
        for name, row in self.quality.items():
            numbers = (
                f"F1 {row['f1']:.3f} of {row['gold']:.0f}"
                if "f1" in row
                else f"share {row['share']:.3f} of {row['of']:.0f}"
            )
            lines.append(f"{name:24} {numbers}")
        return "\n".join(lines)


def train_calls(documents: Sequence[Annotated], judges: frozenset[str] = frozenset()) -> Trained:
    """Fit the stance model, the ranking forest and the calibration; the same documents give the same numbers.

    Thresholds, confidence and quality are judged on the held-out documents with the ids `judges` (on all where
    there are none): how often a call is right must be told from texts as they come, by the most careful labels.
    """
    found = examples(documents)
    fold = folds(len(found))
    tables = held_out_stances(found, fold)
    ranking = [ranked(e, t) for e, t in zip(found, tables, strict=True)]
    scores = held_out_ranking(ranking, fold)
    heard = [n for n, e in enumerate(found) if not judges or e.gold.document.id in judges]
    judged, chances = [ranking[n] for n in heard], [scores[n] for n in heard]
    calibration = calibrate(judged, chances)
    quality = quality_of(judged, chances, calibration)
    final = fit_stance(found)
    return Trained(final, fit_ranking(ranking), calibration, quality)


def weights_folder() -> Path:
    """nlp/weights."""
    return Path(str(files("nlp").joinpath("weights")))
