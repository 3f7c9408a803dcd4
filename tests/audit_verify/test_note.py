"""Signed notes and checkpoints, as C2SP writes them."""

import base64

import pytest

from deploy.audit_verify.checkpoint import Claim, open_note
from deploy.audit_verify.note import Key, Unsigned, keys_of, signed_text
from tests.audit_verify.maker import ORIGIN, Signer, signed

# The example in the documentation of Go's package golang.org/x/mod/sumdb/note.
KNOWN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
SIGNED = (
    f"{TEXT}\n— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_a_note_that_others_signed() -> None:
    assert signed_text(SIGNED, [Key.parse(KNOWN)]) == TEXT


@pytest.mark.parametrize(
    "note",
    [
        SIGNED.replace("answer", "Answer"),
        SIGNED.replace("PeterNeumann", "EnochRoot"),
        SIGNED.replace("x08g", "x08h"),
        SIGNED.replace("— ", "- "),
        SIGNED.replace("—", "—\t"),
        SIGNED.removesuffix("\n"),
        SIGNED + "\n",
        SIGNED + "— other no*base64\n",
        SIGNED + "— other AAAA\n",
        SIGNED.replace("\n\n", "\n"),
        SIGNED + SIGNED.rpartition("\n\n")[2] * 64,
        TEXT,
        "",
        "\ud800" + SIGNED,
    ],
)
def test_what_is_no_note_of_a_known_key(note: str) -> None:
    with pytest.raises(Unsigned):
        signed_text(note, [Key.parse(KNOWN)])


def test_signatures_of_strangers_are_passed_over() -> None:
    stranger = Signer("witness.example")
    assert signed_text(SIGNED + stranger.line(TEXT), [Key.parse(KNOWN)]) == TEXT
    with pytest.raises(Unsigned, match="none of the known keys"):
        signed_text(SIGNED, [Key.parse(stranger.verifier)])


def test_a_known_key_that_denies_it_outweighs_one_that_does_not() -> None:
    one, two = Signer("one.example"), Signer("two.example")
    keys = keys_of([one.verifier, "", "# rotated in May", two.verifier])
    assert signed_text(f"{TEXT}\n{one.line(TEXT)}{two.line(TEXT)}", keys) == TEXT
    with pytest.raises(Unsigned, match=r"two\.example is not over this text"):
        signed_text(f"{TEXT}\n{one.line(TEXT)}{two.line('other')}", keys)


@pytest.mark.parametrize(
    "line",
    [
        "PeterNeumann",
        KNOWN.replace("c74f", "c74e"),
        KNOWN.replace("Peter", "peter"),
        KNOWN.replace("+ARpc", "+BBpc"),
        KNOWN[:-4],
        "+c74f20a3" + KNOWN[21:],
        KNOWN.replace("c74f20a3", "zzzzzzzz"),
    ],
)
def test_what_is_no_key(line: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the reader names the file
        Key.parse(line)


@pytest.mark.parametrize(
    "text",
    [
        f"{ORIGIN}\n5\n",
        f"{ORIGIN}\n05\nROOT\n",
        f"{ORIGIN}\n-5\nROOT\n",
        f"{ORIGIN}\n٥\nROOT\n",
        f"{ORIGIN}\n5\nAAAA\n",
        f"{ORIGIN}\n5\nno base64\n",
        "\n5\nROOT\n",
        f"{ORIGIN}\n5\nROOT\n\nextension\n",
    ],
)
def test_what_is_no_checkpoint_though_it_is_signed(text: str) -> None:
    signer = Signer()
    whole = text.replace("ROOT", base64.b64encode(bytes(32)).decode())
    with pytest.raises(Unsigned):
        open_note(f"{whole}\n{signer.line(whole)}", [Key.parse(signer.verifier)])


def test_an_extension_line_is_passed_over() -> None:
    signer = Signer()
    text = f"{ORIGIN}\n5\n{base64.b64encode(bytes(32)).decode()}\nmore\n"
    found = open_note(f"{text}\n{signer.line(text)}", [Key.parse(signer.verifier)])
    assert (found.origin, found.size, found.root, found.tenant) == (
        ORIGIN,
        5,
        bytes(32),
        "t1aaaaaa",
    )


def test_a_root_may_stand_beside_its_note_in_base64_or_in_hex() -> None:
    signer = Signer()
    line, keys = signed(signer, 5, bytes(32)), [Key.parse(signer.verifier)]
    for root in (line["root"], bytes(32).hex()):
        assert Claim("here", line["note"], "t1aaaaaa", 5, root).signed(keys).size == 5


def test_a_known_key_says_nothing_about_the_trail_of_another() -> None:
    own, other = Signer(), Signer("elsewhere.example/t2bbbbbb")
    keys = [Key.parse(signer.verifier) for signer in (own, other)]
    text = f"{ORIGIN}\n5\n{base64.b64encode(bytes(32)).decode()}\n"
    with pytest.raises(Unsigned, match="none of the known keys"):
        open_note(f"{text}\n{other.line(text)}", keys)
    assert open_note(f"{text}\n{own.line(text)}{other.line(text)}", keys).size == 5
