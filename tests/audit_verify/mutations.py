"""Ways to lie with a trail. Each changes a copy and says the code and the number that must come.

A number is that of the first entry affected, or the size of the checkpoint that lies.
"""

import base64
import copy
import json
import random
from collections.abc import Callable
from dataclasses import dataclass

from tests.audit_verify.files import lines
from tests.audit_verify.maker import Line, Made, Signer, leaf, sealed, signed, trail, written


@dataclass
class Lie:
    """What the verifier is shown, and what it must say."""

    made: Made
    code: int
    number: int
    about: str = "entry"
    raw: bytes | None = None
    witness: str | None = None


Mutation = Callable[[Made, random.Random], Lie]


def byte_in_entry(made: Made, chance: random.Random) -> Lie:
    """A character of the sealed text becomes another."""
    line, number = _any(made, chance)
    at = chance.randrange(len(line["entry"]))
    other = chance.choice([c for c in '0123456789abcxyz,:"{} ' if c != line["entry"][at]])
    line["entry"] = line["entry"][:at] + other + line["entry"][at + 1 :]
    return Lie(made, 2, number)


def byte_in_line(made: Made, chance: random.Random) -> Lie:
    """A byte anywhere in the record becomes any other, so that it says something else."""
    number = chance.randint(1, len(made.entries))
    raw = [lines([line]) for line in made.entries]
    while True:
        there = bytearray(raw[number - 1])
        there[chance.randrange(len(there) - 1)] = chance.randrange(256)
        if _means(bytes(there)) != made.entries[number - 1]:
            raw[number - 1] = bytes(there)
            return Lie(made, 2, number, raw=b"".join(raw))


def byte_in_hash(made: Made, chance: random.Random) -> Lie:
    line, number = _any(made, chance)
    at = chance.randrange(64)
    other = chance.choice([c for c in "0123456789abcdef" if c != line["hash"][at]])
    line["hash"] = line["hash"][:at] + other + line["hash"][at + 1 :]
    return Lie(made, 2, number)


def replaced(made: Made, chance: random.Random) -> Lie:
    """An entry is rewritten with its own right hash; those behind it are left."""
    number = chance.randint(1, len(made.entries) - 2)
    made.entries[number - 1] = sealed(made.fields(number) | {"outcome": "refused"})
    return Lie(made, 2, number)


def rewritten(made: Made, chance: random.Random) -> Lie:
    """All from an entry on is sealed anew, by somebody without the key."""
    number = chance.randint(1, len(made.entries))
    made.entries[number - 1] = sealed(made.fields(number) | {"outcome": "refused"})
    for later in range(number + 1, len(made.entries) + 1):
        before = made.entries[later - 2]["hash"]
        made.entries[later - 1] = sealed(made.fields(later) | {"prev": before})
    good = max((c["size"] for c in made.checkpoints if c["size"] < number), default=0)
    return Lie(made, 2, good + 1)


def not_canonical(made: Made, chance: random.Random) -> Lie:
    """The same fields in another text with its right hash: two texts for one fact."""
    number = chance.randint(1, len(made.entries))
    fields = made.fields(number)
    entry = chance.choice([json.dumps(fields), written(fields).replace("{", "{ ", 1)])
    made.entries[number - 1] |= {"entry": entry, "hash": _hash(entry)}
    return Lie(made, 2, number)


def swapped(made: Made, chance: random.Random) -> Lie:
    one, other = sorted(chance.sample(range(len(made.entries)), 2))
    made.entries[one], made.entries[other] = made.entries[other], made.entries[one]
    return Lie(made, 4, one + 1)


def dropped(made: Made, chance: random.Random) -> Lie:
    number = chance.randint(1, len(made.entries) - 1)
    several = chance.randint(number, min(number + 3, len(made.entries) - 1))
    del made.entries[number - 1 : several]
    return Lie(made, 3, number)


def inserted(made: Made, chance: random.Random) -> Lie:
    """A forged entry that holds on to the one before it, or to nothing, or is out of turn."""
    number = chance.randint(1, len(made.entries))
    fields = made.fields(number) | {"object": "msg_forged"}
    kind = chance.choice(["fits", "loose", "ahead"])
    if kind == "loose":
        fields["prev"] = _hash("another trail")
    if kind == "ahead":
        fields["sequence"] = number + chance.randint(1, 5)
    made.entries.insert(number - 1, sealed(fields))
    return Lie(made, 4, number)


def cut_tail(made: Made, chance: random.Random) -> Lie:
    """The end is gone, and every checkpoint of it; but one was kept elsewhere."""
    kept, witness = chance.randint(1, len(made.entries) - 1), made.checkpoints[-1]["note"]
    made.entries = made.entries[:kept]
    made.checkpoints = [c for c in made.checkpoints if c["size"] <= kept]
    return Lie(made, 6, kept + 1, witness=witness)


def cut_entries(made: Made, chance: random.Random) -> Lie:
    """The end is gone, its checkpoints are not."""
    kept = chance.randint(1, len(made.entries) - 1)
    made.entries = made.entries[:kept]
    return Lie(made, 6, kept + 1)


def forged_checkpoint(made: Made, chance: random.Random) -> Lie:
    """Another size or root under a signature that was made for the right one."""
    line = chance.choice(made.checkpoints)
    lied = chance.choice([{"size": line["size"] + 100}, {"root": _base64(chance.randbytes(32))}])
    origin, _, _, rest = line["note"].split("\n", 3)
    line |= lied
    line["note"] = f"{origin}\n{line['size']}\n{line['root']}\n{rest}"
    return Lie(made, 5, line["size"], "checkpoint")


def byte_in_signature(made: Made, chance: random.Random) -> Lie:
    line = chance.choice(made.checkpoints)
    text, _, last = line["note"].removesuffix("\n").rpartition(" ")
    broken = bytearray(base64.b64decode(last))
    broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
    line["note"] = f"{text} {_base64(bytes(broken))}\n"
    return Lie(made, 5, line["size"], "checkpoint")


def beside_the_note(made: Made, chance: random.Random) -> Lie:
    """The note is right, and what stands beside it for quick readers is not."""
    line = chance.choice(made.checkpoints)
    size = line["size"]
    lied = [{"size": size + 1}, {"root": _base64(chance.randbytes(32))}, {"tenant": "t2bbbbbb"}]
    line |= chance.choice(lied)
    return Lie(made, 5, line["size"], "checkpoint")


def other_key(made: Made, chance: random.Random) -> Lie:
    """Signed by somebody else, under his own key id or under the right one."""
    at = chance.randrange(len(made.checkpoints))
    line, thief = made.checkpoints[at], Signer(made.signer.name)
    number = chance.choice([None, made.signer.number])
    top = base64.b64decode(line["root"])
    made.checkpoints[at] = signed(thief, line["size"], top, number=number)
    return Lie(made, 5, line["size"], "checkpoint")


def second_root(made: Made, chance: random.Random) -> Lie:
    """The holder of the key signs another trail of a size that was signed before."""
    at = chance.randrange(len(made.checkpoints))
    size = made.checkpoints[at]["size"]
    made.checkpoints.insert(
        chance.choice([at, at + 1]), signed(made.signer, size, chance.randbytes(32))
    )
    return Lie(made, 7, size, "checkpoint")


def source_gap(made: Made, chance: random.Random) -> Lie:
    """A note was lost before it was sealed: the chain is right, a source counts on."""
    number = chance.randint(1, len(made.entries))
    return Lie(trail(chance, len(made.entries), skip=number), 8, number)


def number_again(made: Made, chance: random.Random) -> Lie:
    """A source was set back to an older copy, and gives numbers to other notes."""
    source = made.fields(chance.randint(1, len(made.entries)))["source"]
    first = chance.randint(1, made.counted(source))
    number = len(made.entries) + 1
    for counted in range(first, first + chance.randint(1, 3)):
        made.seal(source, counted)
    made.checkpoint()
    return Lie(made, 9, number)


MUTATIONS: list[Mutation] = [
    byte_in_entry,
    byte_in_line,
    byte_in_hash,
    replaced,
    rewritten,
    not_canonical,
    swapped,
    dropped,
    inserted,
    cut_tail,
    cut_entries,
    forged_checkpoint,
    byte_in_signature,
    beside_the_note,
    other_key,
    second_root,
    source_gap,
    number_again,
]


def lie(mutation: Mutation, made: Made, chance: random.Random) -> Lie:
    """A changed copy; the trail itself stays as it is."""
    return mutation(copy.deepcopy(made), chance)


def _any(made: Made, chance: random.Random) -> tuple[Line, int]:
    number = chance.randint(1, len(made.entries))
    return made.entries[number - 1], number


def _means(line: bytes) -> object:
    try:
        return json.loads(line)
    except ValueError:
        return None


def _hash(entry: str) -> str:
    return leaf(entry).hex()


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
