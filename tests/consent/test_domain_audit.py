"""The chain, the tree and what is kept out of them, decided without a store."""

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from libs.common import clock, merkle
from services.consent.domain.audit import chain, withheld
from services.consent.domain.audit.again import put_on_record
from services.consent.domain.audit.entry import Entry
from services.consent.domain.audit.identity import Kept, identity, sealed
from services.consent.domain.audit.notary import Notary, verifier_key
from services.consent.domain.audit.numbers import MOST_GAPS, Numbers
from tests.consent.given import NOON
from tests.consent.trails import KEYS, mth, noted, numbers

LEAVES = st.integers(0, 70).map(lambda n: [merkle.leaf(b"%d" % i) for i in range(n)])
SOURCES = ("gateway", "matcher")
ARRIVALS = st.lists(st.tuples(st.sampled_from(SOURCES), st.integers(1, 12)), max_size=40)


@given(LEAVES, st.data())
def test_the_tree_is_that_of_the_standard(leaves: list[bytes], data: st.DataObject) -> None:
    assert merkle.root(leaves) == mth(leaves)
    cut = data.draw(st.integers(0, len(leaves)))
    grown = merkle.Range().adding(leaves[:cut]).adding(leaves[cut:])
    assert (grown.size, grown.root) == (len(leaves), mth(leaves))
    assert len(grown.peaks) == len(leaves).bit_count()


@given(st.integers(1, 70), st.data())
def test_proofs_agree_with_another_library(size: int, data: st.DataObject) -> None:
    other = InmemoryTree(algorithm="sha256")
    for i in range(size):
        other.append_entry(b"%d" % i)
    leaves = [merkle.leaf(b"%d" % i) for i in range(size)]
    assert merkle.root(leaves) == other.get_root()
    place = data.draw(st.integers(0, size - 1))
    theirs = other.prove_inclusion(place + 1, size).serialize()["path"][1:]
    assert [step.hex() for step in merkle.inclusion(leaves, place)] == theirs
    earlier = data.draw(st.integers(1, size))
    assert consistent(leaves, earlier, merkle.consistency(leaves, earlier))


@given(st.integers(1, 70), st.integers(1, 20), st.data())
def test_proofs_are_the_same_of_leaves_that_come_in_portions(
    size: int, portion: int, data: st.DataObject
) -> None:
    leaves = [merkle.leaf(b"%d" % i) for i in range(size)]

    def folded(parts: list[range]) -> list[bytes]:
        made = merkle.Parts(parts)
        for first in range(0, size, portion):
            made.add(leaves[first : first + portion])
        return made.roots()

    place = data.draw(st.integers(0, size - 1))
    assert folded(merkle.inclusion_parts(size, place)) == merkle.inclusion(leaves, place)
    parts = merkle.consistency_parts(size, place + 1)
    assert folded(parts) == merkle.consistency(leaves, place + 1)


def consistent(leaves: list[bytes], earlier: int, path: list[bytes]) -> bool:
    """RFC 9162, 2.1.4.2, over both roots."""
    if earlier == len(leaves):
        return path == []
    steps = [mth(leaves[:earlier]), *path] if earlier & (earlier - 1) == 0 else list(path)
    number, last = earlier - 1, len(leaves) - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if number & 1 or number == last:
            first, second = merkle.node(step, first), merkle.node(step, second)
            while number and not number & 1:
                number, last = number >> 1, last >> 1
        else:
            second = merkle.node(second, step)
        number, last = number >> 1, last >> 1
    return (first, second, last) == (mth(leaves[:earlier]), mth(leaves), 0)


def test_there_is_no_proof_of_what_is_not_there() -> None:
    leaves = [merkle.leaf(b"x")]
    for place in (-1, 1):
        with pytest.raises(ValueError, match="no such leaf"):
            merkle.inclusion(leaves, place)
    for size in (0, 2):
        with pytest.raises(ValueError, match="never had that size"):
            merkle.consistency(leaves, size)


@given(ARRIVALS, st.integers(1, 40))
def test_however_notes_come_each_is_one_entry_and_the_chain_holds(
    arrivals: list[tuple[str, int]], step: int
) -> None:
    notes = [noted(seq, source=source) for source, seq in arrivals]
    head, entries = chain.Head(), list[Entry]()
    for first in range(0, len(notes), step):
        sealing = chain.seal(head, notes[first : first + step], {}, NOON)
        head, entries = sealing.head, [*entries, *sealing.entries]
    read = [json.loads(entry.text) for entry in entries]
    prev = "0" * 64
    for sequence, (entry, told) in enumerate(zip(entries, read, strict=True), 1):
        assert told.keys() == KEYS
        assert (told["sequence"], told["prev"]) == (sequence, prev)
        assert rfc8785.dumps(told).decode() == entry.text
        prev = entry.hash
        assert prev == hashlib.sha256(b"\0" + entry.text.encode()).hexdigest()
    assert (head.size, head.hash) == (len(entries), prev)
    assert head.tree.root == mth([bytes.fromhex(entry.hash) for entry in entries])
    for source in SOURCES:
        own = [seq for s, seq in arrivals if s == source]
        assert numbers(read, source) == list(dict.fromkeys(own))
        had = head.numbers(source)
        assert had.last == max(own, default=0)
        whole = set(range(1, had.last + 1))
        assert {n for one, other in had.gaps for n in range(one, other + 1)} == whole - set(own)


def test_a_note_that_is_late_is_sealed_where_it_comes_and_is_no_longer_missing() -> None:
    begun = chain.seal(chain.Head(), [noted(1), noted(5), noted(9)], {}, NOON)
    assert (begun.missing, begun.late) == (3 + 3, 0)
    signed = begun.head.checkpointed()
    late = chain.seal(signed, [noted(3), noted(9), noted(3), noted(8)], {}, NOON)
    assert [entry.noted.source_seq for entry in late.entries] == [3, 8]
    assert (late.missing, late.late) == (0, 2)
    assert [entry.sequence for entry in late.entries] == [4, 5]
    assert late.head.numbers("gateway").gaps == ((2, 2), (4, 4), (6, 7))
    again = chain.seal(late.head, [noted(3), noted(8), noted(1)], {}, NOON)
    assert (again.entries, again.head) == ((), late.head)


def test_another_note_with_a_number_that_was_had_is_sealed_and_told() -> None:
    """As of a service that was set back to number 2, and counts on from there."""
    old = [noted(n, note_id=f"old-{n}") for n in range(1, 6)]
    new = [noted(n, note_id=f"new-{n}") for n in range(3, 8)]
    head = chain.seal(chain.Head(), old, {}, NOON).head
    kept = [Kept(Entry.of(one, n, "", None).text, one.note_id) for n, one in enumerate(old, 1)]
    others = {identity(one) for one in [*old, *new]} - sealed([*old, *new], kept)
    sealing = chain.seal(head, [new[0], *old, *new, *new], {}, NOON, others)
    assert [entry.noted.note_id for entry in sealing.entries] == [one.note_id for one in new]
    assert [entry.noted.source_seq for entry in sealing.again] == [3, 4, 5]
    assert [entry.noted.source_seq for entry in sealing.begun] == [3]
    assert (sealing.missing, sealing.late) == (0, 0)
    (note,) = put_on_record(sealing)
    assert (note.action, note.object, note.outcome) == ("audit.number_again", "gateway", "failed")
    assert note.facts == {"source_seq": 3, "last": 7, "sequence": 6}


def test_each_time_that_numbers_begin_again_is_told_once() -> None:
    head = chain.seal(chain.Head(), [noted(n) for n in range(1, 10)], {}, NOON).head

    def begun(head: chain.Head, *seqs: int) -> tuple[chain.Head, list[int]]:
        again = [noted(n, action="x.again") for n in seqs]
        sealing = chain.seal(head, again, {}, NOON, [identity(one) for one in again])
        return sealing.head, [entry.noted.source_seq for entry in sealing.begun]

    head, first = begun(head, 4, 5)
    head, second = begun(head, 6, 7)
    head, third = begun(head, 3, 4, 9)
    assert (first, second, third) == ([4], [], [3, 9])
    head, new = begun(head, 10)
    assert (new, begun(head, 10)[1]) == ([], [10])


def test_what_is_noted_of_it_never_makes_another_note() -> None:
    head = chain.seal(chain.Head(), [noted(1), noted(2)], {}, NOON).head
    one = noted(2, action="audit.number_again", actor="service:consent")
    sealing = chain.seal(head, [one], {}, NOON, [identity(one)])
    assert len(sealing.begun) == 1
    assert list(put_on_record(sealing)) == []


def test_two_notes_of_one_number_in_one_batch() -> None:
    one, other = noted(1, note_id="a"), noted(1, note_id="b")
    sealing = chain.seal(chain.Head(), [one, other, one, other], {}, NOON)
    assert [entry.noted.note_id for entry in sealing.entries] == ["a", "b"]
    assert len(sealing.again) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"action": "session.ended"},
        {"actor": "user:usr_2"},
        {"outcome": "failed"},
        {"object": "o-2"},
        {"reason": "other"},
        {"person": None},
        {"facts": {"n": 2}},
        {"facts": {}},
        {"facts": {"n": 1, "m": 1}},
    ],
)
def test_notes_without_ids_are_known_by_what_they_say(change: dict[str, Any]) -> None:
    """Those of before have none; what was withheld of them cannot be compared."""
    said: dict[str, Any] = {"person": "s", "object": "o", "reason": "r", "facts": {"n": 1}}
    one, other = noted(1, **said), noted(1, **(said | change))
    kept = [Kept(Entry.of(one, 1, "", "per_1").text)]
    assert sealed([one], kept) == {identity(one)}
    assert sealed([other, noted(2, **said)], kept) == set()
    later = one.model_copy(update={"at": NOON + timedelta(seconds=1)})
    assert sealed([later], kept) == set()


def test_what_was_withheld_of_a_note_is_no_difference() -> None:
    one = noted(1, object="+12125550123", facts={"to": "a@example.com", "n": 1})
    kept = [Kept(Entry.of(one, 1, "", None).text)]
    assert sealed([one], kept) == {identity(one)}


def test_ids_tell_notes_apart_that_say_the_same() -> None:
    one, other = noted(1, person="s", note_id="a"), noted(1, person="t", note_id="b")
    kept = [Kept(Entry.of(one, 1, "", "per_1").text, "a")]
    assert sealed([one, other], kept) == {identity(one)}
    assert sealed([noted(1, person="s")], kept) == {identity(noted(1, person="s"))}


def test_what_is_remembered_as_missing_is_bounded() -> None:
    """However far a service jumps, and however often, the lowest is forgotten first."""
    far = chain.seal(chain.Head(), [noted(2**52)], {}, NOON).head.numbers("gateway")
    assert far.gaps == ((1, 2**52 - 1),)
    middle = far.having(2**51)
    assert middle.gaps == ((1, 2**51 - 1), (2**51 + 1, 2**52 - 1))
    known = Numbers()
    for number in range(2, 2 * MOST_GAPS + 4, 2):
        known = known.having(number)
    assert len(known.gaps) == MOST_GAPS
    assert known.has(1)
    assert not known.has(3)
    for number in range(2 * MOST_GAPS + 4, 4 * MOST_GAPS, 3):
        known = known.having(number)
        assert len(known.gaps) <= MOST_GAPS


def test_missing_notes_are_counted() -> None:
    sealing = chain.seal(chain.Head(), [noted(2), noted(3), noted(7)], {}, NOON)
    assert sealing.missing == 1 + 3
    again = chain.seal(sealing.head, [noted(7)], {}, NOON)
    assert (again.entries, again.missing, again.head) == ((), 0, sealing.head)


def test_a_checkpoint_is_wanted_after_a_hundred_entries_or_a_minute() -> None:
    minute = timedelta(seconds=60)
    few = chain.seal(chain.Head(), [noted(1)], {}, NOON).head
    more = chain.seal(few, [noted(2)], {}, NOON + minute / 2).head
    assert not chain.Head().wants_checkpoint(NOON)
    assert not more.wants_checkpoint(NOON + minute - timedelta(seconds=1))
    assert more.wants_checkpoint(NOON + minute)
    many = chain.seal(few, [noted(n) for n in range(2, 101)], {}, NOON).head
    assert many.wants_checkpoint(NOON)
    assert not many.checkpointed().wants_checkpoint(NOON + minute)


@pytest.mark.parametrize(
    "value",
    [
        "+12125550123",
        "(212) 555-0123",
        "call 050 123 4567 now",
        "٠٥٠١٢٣٤٥٦٧",
        "a.b@example.com",
        "Ann <ann@example.org>",
        "calls/0/12125550123",
        "0664/123456",
        "+49 30/12 34 56",
        "050\u2013123\u20134567",
        "ann@localhost",
        "ann\uff20example.org",
        12125550123,
        501234567,
    ],
)
def test_what_looks_like_a_number_or_an_address_is_withheld(value: str | int) -> None:
    assert withheld.facts({"told": value, "n": 3}) == ({"told": "[withheld]", "n": 3}, 1)


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-22",
        "2026-11-22T17:27:10.123456Z",
        "calls.v1/0/12345678",
        "ingest.dead.v1/0/123456789012",
        "GET /v1/calls/{call_id}",
        "v1.12.3",
        "no_consent",
        "+1202",
        "5b0c7e1fa2d94a6c8e3f1d2b4a596877",
        "00000000-0000-4000-8000-0000000000ab",
        12_345_678,
        True,
    ],
)
def test_codes_counts_and_dates_are_kept(value: str | int | bool) -> None:
    assert withheld.facts({"told": value}) == ({"told": value}, 0)


@pytest.mark.parametrize(
    ("action", "name", "kept"),
    [
        ("privacy.ready", "bytes", True),
        ("retention.swept", "documents", True),
        ("audit.read", "up_to", True),
        ("import.finished", "rows", True),
        ("privacy.ready", "kind", False),
        ("privacy.delivered", "bytes", False),
        ("privacy.scanned", "read", False),
        ("session.signed_in", "documents", False),
    ],
)
def test_what_we_count_is_kept_however_much_it_is(action: str, name: str, kept: bool) -> None:
    """By action and name, and only as a number: 3 GB have the digits of a telephone number."""
    one = noted(1, action=action, facts={name: 3_012_125_550})
    entry = Entry.of(one, 1, "", None)
    assert json.loads(entry.text)["facts"] == {name: 3_012_125_550 if kept else "[withheld]"}
    assert entry.withheld == (0 if kept else 1)
    as_text = Entry.of(noted(1, action=action, facts={name: "3012125550"}), 1, "", None)
    assert as_text.withheld == 1
    beyond = Entry.of(noted(1, action=action, facts={name: 2**53}), 1, "", None)
    assert beyond.withheld == 1


def test_what_counts_is_on_the_page_of_what_is_noted() -> None:
    rows = {
        cells[1].strip(" `"): cells[4]
        for line in Path("docs/audit.md").read_text().splitlines()
        if len(cells := line.split("|")) > 5
    }
    for action, names in withheld.COUNTS.items():
        assert [name for name in names if name not in rows[action]] == [], action


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_time_as_we_write_it_is_never_withheld(at: datetime) -> None:
    told: dict[str, withheld.Value] = {"oldest": clock.rfc3339(at), "newest": at.isoformat()}
    assert withheld.facts(told) == (told, 0)


def test_objects_and_reasons_are_looked_at_too() -> None:
    told = noted(1, object="+12125550123", reason="a@example.com", facts={"to": "a@example.com"})
    (entry,) = chain.seal(chain.Head(), [told], {}, NOON).entries
    assert entry.withheld == 3
    assert "example.com" not in entry.text
    assert "5550123" not in entry.text


def test_a_verifier_key_is_that_of_the_published_example() -> None:
    """The key of the Go checksum database, as its documents give it."""
    name, number, coded = (
        "sum.golang.org",
        "033de0ae",
        "Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
    )
    public = base64.b64decode(coded)[1:]
    assert verifier_key(name, public) == f"{name}+{number}+{coded}"


def test_each_agency_has_a_name_of_its_own() -> None:
    assert Notary("audit.example", list).name("agencyaaa") == "audit.example/agencyaaa"
