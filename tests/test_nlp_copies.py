"""Copies are recognised, other articles are not; clusters do not depend on order, batches or interruptions."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from bench.copies_set import labelled_documents, pair_scores
from db.clusters import cluster_pending
from db.documents import add_documents
from db.store import open_store
from nlp.anchors import names, strong_numbers
from nlp.copies import Signature, cluster_head, relation, signature
from nlp.drift import Attribution, drift
from scrapers.documents import Document

NOW = datetime(2032, 1, 1, tzinfo=UTC)


def article(text: str, **fields: object) -> Document:
    return Document(id=str(fields.pop("id", "d1")), kind="article", text=text, **fields)  # type: ignore[arg-type]


def test_numbers_keep_digits_whatever_the_scale_word() -> None:
    assert strong_numbers("worth $93,500") == strong_numbers("near 93.5K") == strong_numbers("93.5 cardinal") == {"935"}


def test_numbers_in_names_dates_and_years_are_no_anchors() -> None:
    assert strong_numbers("Russell 2000 on Dec. 12, 2031, day 14 May, Q3, 50-day") == frozenset()


def test_names_are_words_handles_and_tickers() -> None:
    found = names("But Ida Quell’s Bell & Ott fund, says @RiverDesk, sold MSTR and BTC for the Bank of Corran.")
    assert found == {"ida quell", "bell & ott", "@riverdesk", "mstr", "bank of corran"}


@pytest.mark.parametrize("held_out", [False, True])
def test_labelled_set(held_out: bool) -> None:
    recall, precision = pair_scores([d for d in labelled_documents() if d.held_out is held_out])
    assert recall >= 0.95
    assert precision >= 0.98


@given(st.text(max_size=400), st.text(max_size=40))
def test_any_text_has_a_signature_that_survives_json(text: str, title: str) -> None:
    own = signature(article(text, title=title))
    assert Signature.from_json(own.to_json()) == own
    assert relation(own, own) in ("copy", None)


def test_relation_is_symmetric() -> None:
    signatures = [signature(d.document) for d in labelled_documents()[:40]]
    assert all(relation(a, b) == relation(b, a) for a in signatures for b in signatures)


def test_an_article_does_not_copy_the_post_it_embeds() -> None:
    text = "Loading up on miners, hash price cannot stay this low through all of spring"
    post = Document(id="p", kind="post", text=text)
    assert relation(signature(post), signature(article(post.text + " So wrote a trader."))) is None


def test_short_posts_of_many_people_are_not_copies() -> None:
    a, b = (Document(id=i, kind="post", text="Bitcoin to the moon, who is with me?") for i in "ab")
    assert relation(signature(a), signature(b)) is None


SHORT = "Gold reaches $4,500 by June, says Ida Quell."
LONG = f"{SHORT} She keeps her metals in a shed behind the river house and never sells before the first frost."
DAY = datetime(2031, 5, 1, 9, tzinfo=UTC)


def kinds(db: Database, *documents: Document) -> list[str]:
    """How each document was settled, in order of their ids."""
    add_documents(db, documents, NOW)
    cluster_pending(db, NOW)
    return [row[0] for row in db.execute("select copy_kind from documents order by id")]


@pytest.mark.parametrize("text", [SHORT, LONG])
def test_a_text_met_twice_is_one_story_though_one_has_no_date(db: Database, text: str) -> None:
    dated, undated = article(text, id="b", published=DAY), article(text, id="a", fetched=NOW)
    assert kinds(db, undated, dated) == ["copy", "original"]
    assert db.execute("select first_published from clusters").fetchone()[0].startswith("2031-05-01")


def test_a_short_post_met_twice_is_one_only_from_the_same_account(db: Database) -> None:
    posts = [
        Document(id=name, kind="post", text=SHORT, handle=handle, published=moment)
        for name, handle, moment in (("a", "quell", DAY), ("b", "quell", None), ("c", "otter", DAY), ("d", None, None))
    ]
    assert kinds(db, *posts) == ["original", "copy", "original", "original"]


def test_the_same_words_years_apart_are_said_twice(db: Database) -> None:
    again = DAY.replace(year=2029)
    assert kinds(db, article(LONG, id="a", published=DAY), article(LONG, id="b", published=again)) == ["original"] * 2


def test_two_publishers_may_both_print_one_short_line(db: Database) -> None:
    both = (article(SHORT, id=name, publisher=name, published=DAY) for name in "ab")
    assert kinds(db, *both) == ["original", "original"]


def test_head_is_the_credited_publisher_else_the_earliest() -> None:
    early = signature(article("x", id="a", publisher="Mirror", published=datetime(2031, 1, 1, tzinfo=UTC)))
    late = signature(article("x", id="b", publisher="Coinlark", published=datetime(2031, 1, 2, tzinfo=UTC)))
    credit = "The put up Ether outlook appeared first on Coinlark."
    crediting = signature(article(credit, id="c", published=datetime(2031, 1, 3, tzinfo=UTC)))
    assert cluster_head([late, early]).document_id == "a"
    assert cluster_head([early, late, crediting]).document_id == "b"


def test_drift_tells_numbers_and_attributions_apart_from_scale_words() -> None:
    head = "The index gained about 380% in the year after, said Ida Quell. Volume came to $3.2 billion on the day."
    copy = "The index received about 390% in the year after, said Ora Finch. Volume came to $3.2 cardinal on the day."
    found = drift(head, copy, [Attribution(0, 60, "Ida Quell")], [Attribution(0, 60, "Ora Finch")])
    assert [(d.kind, d.head, d.copy) for d in found] == [
        ("number", "380%", "390%"), ("attribution", "Ida Quell", "Ora Finch"),
    ]  # fmt: skip


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return open_store(tmp_path / "copies.db")


def clusters(db: Database) -> list[tuple[str, str, str, str]]:
    sql = """select documents.id, cluster_id, copy_kind, head_document_id
             from documents left join clusters on clusters.id = cluster_id order by 1"""
    return [tuple(row) for row in db.execute(sql)]


def test_families_become_clusters_with_the_original_as_head(db: Database) -> None:
    labelled = labelled_documents()
    add_documents(db, [d.document for d in labelled], NOW)
    assert cluster_pending(db, NOW) == len(labelled)
    family = {d.document.id: d.family for d in labelled}
    rows = clusters(db)
    assert all(family[document] == family[head] for document, _, _, head in rows)
    assert len({cluster for _, cluster, _, _ in rows}) <= 33  # of 30 families
    kinds = {kind for _, _, kind, _ in rows}
    assert kinds == {"original", "copy", "rewrite", "same story"}


def test_killed_and_resumed_gives_the_same_clusters(db: Database, tmp_path: Path) -> None:
    documents = [d.document for d in labelled_documents()]
    add_documents(db, documents, NOW)
    cluster_pending(db, NOW)
    other = open_store(tmp_path / "killed.db")
    add_documents(other, documents, NOW)
    done = 0

    def die_half_way(count: int) -> None:
        nonlocal done
        done += count
        if done > 90:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cluster_pending(other, NOW, die_half_way, batch=7)
    assert cluster_pending(other, NOW, batch=13) > 0
    assert clusters(other) == clusters(db)
    assert cluster_pending(other, NOW) == 0


def test_order_of_arrival_does_not_change_what_belongs_together(db: Database, tmp_path: Path) -> None:
    documents = [d.document for d in labelled_documents() if d.family < "t04"]
    add_documents(db, documents, NOW)
    cluster_pending(db, NOW)
    other = open_store(tmp_path / "shuffled.db")
    random.Random(4).shuffle(documents)
    for document in documents:
        add_documents(other, [document], NOW)
        cluster_pending(other, NOW)
    without_ids = [(document, kind, head) for document, _, kind, head in clusters(db)]
    assert [(document, kind, head) for document, _, kind, head in clusters(other)] == without_ids
    assert other.table("clusters").count == db.table("clusters").count
