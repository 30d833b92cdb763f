"""One voice is one speaker across documents, and two people are never taken for one."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from db.speakers import resolve_speakers
from db.store import open_store
from nlp.speaker_names import organisation_key, read_name
from nlp.speakers import SpeakerIdentity, SpeakerMention, SpeakerMerge, resolve


def voices(*mentions: SpeakerMention, merges: tuple[SpeakerMerge, ...] = ()) -> list[SpeakerIdentity]:
    found = resolve(mentions, merges)
    return [found[mention.key] for mention in mentions]


def together(*mentions: SpeakerMention) -> bool:
    return len({identity.voice for identity in voices(*mentions)}) == 1


def named(name: str, organisation: str | None = None, handle: str | None = None, count: int = 1) -> SpeakerMention:
    return SpeakerMention(name, organisation, handle, "Coinlark", count)


def test_short_first_name_possessive_house_and_handle_are_one_person() -> None:
    found = voices(
        named("Tom Lee", count=5), named("Fundstrat’s Thomas Lee"), named("Thomas Lee", "Fundstrat"),
        named("@fundstrat"),
    )  # fmt: skip
    assert len({identity.voice for identity in found}) == 1
    assert (found[0].name, found[0].kind, found[0].organisation) == ("Tom Lee", "person", "Fundstrat")


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (named("Ida Quell"), named("Ida Quell", "Quillon Data")),
        (named("Ida Quell", "Osterby Capital"), named("Ida Quell", "Quillon Data")),
        (named("Dr Ida Quell"), named("Ida Quell")),
        (named("Ida Quell's"), named("Ida Quell")),
        (named("Quell", "Quillon Data"), named("Ida Quell", "Quillon Data")),
        (named("Ida Quell of Quillon Data"), named("Quell", "Quillon Data Inc.")),
        (named("JPMorgan"), named("J.P. Morgan")),
        (named("JP Morgan Chase & Co."), named("JPMorgan")),
        (named("The Copper Letter"), named("Copper Letter")),
        (named("@RiverDesk"), named("@riverdesk")),
        (named("Ida Quell", handle="riverdesk"), named("@riverdesk")),
        (named("analysts"), named("unnamed")),
    ],
)
def test_same_voice(a: SpeakerMention, b: SpeakerMention) -> None:
    if a.name in ("analysts",):
        assert [identity.kind for identity in voices(a, b)] == ["group", "group"]
    else:
        assert together(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (named("Dan Miller", "Osterby Capital"), named("Daniel Miller", "Marlow & Finch")),
        (named("John Smith", "Osterby Capital"), named("John Smith", "Sable Asset Management")),
        (named("Ed Varga", "Osterby Capital"), named("Edward Varga", "Quillon Data")),
        (named("Ida Quell", "Osterby Capital"), named("Otto Quell", "Osterby Capital")),
        (named("Quell"), named("Ida Quell")),
        (named("Osterby Capital"), named("Osterby Research")),
        (named("Anna J. Stone"), named("Anna K. Stone")),
        (named("Ida Quell"), named("Quillon Data")),
        (named("Polar Air"), named("@polarair")),
    ],
)
def test_different_voices(a: SpeakerMention, b: SpeakerMention) -> None:
    assert not together(a, b)


def test_a_name_without_a_house_stays_alone_where_two_people_bear_it() -> None:
    found = voices(named("John Smith", "Osterby Capital"), named("John Smith", "Quillon Data"), named("John Smith"))
    assert len({identity.voice for identity in found}) == 3


def test_a_surname_joins_nobody_where_two_of_the_house_bear_it() -> None:
    found = voices(
        named("Ida Quell", "Quillon Data"), named("Otto Quell", "Quillon Data"), named("Quell", "Quillon Data")
    )
    assert len({identity.voice for identity in found}) == 3


def test_a_handle_printed_with_two_names_is_nobody_s() -> None:
    found = voices(named("Ida Quell", handle="desk"), named("Otto Varga", handle="desk"), named("@desk"))
    assert len({identity.voice for identity in found}) == 3


def test_own_views_of_two_publishers_stay_apart() -> None:
    found = voices(SpeakerMention("", publisher="Coinlark"), SpeakerMention("", publisher="Blockgull"))
    assert [(identity.name, identity.kind) for identity in found] == [("Coinlark", "outlet"), ("Blockgull", "outlet")]


@pytest.mark.parametrize(
    ("printed", "kind"),
    [
        ("Ida Quell", "person"), ("Juno van der Halvorsen", "person"), ("Osterby Capital", "organisation"),
        ("JPMorgan", "organisation"), ("The Copper Letter", "organisation"), ("@riverdesk", "handle"),
        ("some traders", "organisation"), ("traders", "group"), ("Bank of America", "organisation"),
        ("Rook", "organisation"),
        ("RogueMacro", "organisation"), ("UBS Wealth", "organisation"),
    ],
)  # fmt: skip
def test_kinds_of_voices(printed: str, kind: str) -> None:
    assert read_name(printed).kind == kind


def test_legal_forms_do_not_make_another_house() -> None:
    assert organisation_key("Fellwood Inc.") == organisation_key("Fellwood") != organisation_key("Fellwood Securities")


def test_people_can_say_who_is_who() -> None:
    rook, quell = named("Rook"), named("Ida Quell")
    assert len({i.voice for i in voices(rook, quell, merges=(SpeakerMerge("merge", "Rook", "Ida Quell"),))}) == 1
    renamed = voices(quell, merges=(SpeakerMerge("rename", "Ida Quell", "Ida Quell-Marsh"),))
    assert renamed[0].name == "Ida Quell-Marsh"
    tom, thomas = named("Tom Lee"), named("Thomas Lee")
    assert together(tom, thomas)
    assert len({i.voice for i in voices(tom, thomas, merges=(SpeakerMerge("split", "Thomas Lee", "Thomas Lee"),))}) == 2


names = st.sampled_from(["Tom Lee", "Thomas Lee", "Ida Quell", "Quell", "@fundstrat", "JP Morgan", "JPMorgan", ""])
mentions = st.builds(
    SpeakerMention, st.one_of(names, st.text(max_size=12)), st.sampled_from([None, "Fundstrat", "Osterby"]),
    st.sampled_from([None, "fundstrat"]), st.just("Coinlark"), st.integers(1, 9),
)  # fmt: skip


@given(st.lists(mentions, max_size=8, unique_by=lambda m: m.key), st.randoms(use_true_random=False))
def test_order_does_not_matter_and_nothing_raises(found: list[SpeakerMention], chance: random.Random) -> None:
    shuffled = list(found)
    chance.shuffle(shuffled)
    assert resolve(found) == resolve(shuffled)
    assert resolve(found).keys() == {m.key for m in found}


@pytest.fixture
def db(tmp_path: Path) -> Database:
    db = open_store(tmp_path / "speakers.db")
    db.execute("insert into documents (id, kind, text, publisher) values ('d1', 'article', 'x', 'Coinlark')")
    rows = [
        ("c1", "Tom Lee", None, None),
        ("c2", "Thomas Lee", "Fundstrat", None),
        ("c3", "", None, None),
        ("c4", "Rook", None, None),
    ]
    for claim, speaker, organisation, handle in rows:
        db.execute(
            'insert into calls (id, document_id, start, "end", quote, speaker, organisation, handle, voice, confidence,'
            " layer, extractor_version, asset, stance)"
            " values (?, 'd1', 0, 1, 'x', ?, ?, ?, 'quoted', 1, 'rules', '1', 'BTC', 'bullish')",
            [claim, speaker, organisation, handle],
        )
    db.conn.commit()
    return db


def speakers_of(db: Database) -> dict[str, int]:
    return dict(db.execute("select id, speaker_id from calls").fetchall())


def test_claims_lead_to_speakers_whose_ids_stay(db: Database) -> None:
    assert resolve_speakers(db) == 3
    first = speakers_of(db)
    assert first["c1"] == first["c2"] and len(set(first.values())) == 3 and None not in first.values()
    assert resolve_speakers(db) == 3
    assert speakers_of(db) == first
    assert db.execute("select name, kind from speakers where id = ?", [first["c3"]]).fetchone() == (
        "Coinlark",
        "outlet",
    )


def test_merges_are_honoured_and_can_be_undone(db: Database) -> None:
    resolve_speakers(db)
    before = speakers_of(db)
    db.execute("insert into speaker_merges (action, name, into_name, made_at) values ('merge', 'Rook', 'Tom Lee', '')")
    db.conn.commit()
    assert resolve_speakers(db) == 2
    assert speakers_of(db)["c4"] == before["c1"]
    db.execute("delete from speaker_merges")
    db.conn.commit()
    assert resolve_speakers(db) == 3
    assert speakers_of(db)["c1"] == before["c1"] != speakers_of(db)["c4"]
