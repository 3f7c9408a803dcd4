"""A thousand lies, each refused with the right code and in the right place."""

import random
from pathlib import Path

import pytest

from tests.audit_verify.files import Run, Said, write
from tests.audit_verify.maker import Made, trail
from tests.audit_verify.mutations import MUTATIONS, Lie, Mutation, lie

ROUNDS = 1000 // len(MUTATIONS) + 1
TRAILS = 5


@pytest.fixture(scope="module")
def trails() -> list[Made]:
    chance = random.Random(38)
    return [trail(chance, chance.randint(30, 70)) for _ in range(TRAILS)]


def verdict(run: Run, shown: Lie, folder: Path) -> Said:
    files = write(shown.made, folder)
    if shown.raw is not None:
        files.entries.write_bytes(shown.raw)
    witness = folder / "witness.txt"
    witness.write_text(shown.witness or "")
    return run("verify", files.options, *(["--witness", str(witness)] if shown.witness else []))


def test_every_trail_is_accepted_as_it_was_made(
    trails: list[Made], run: Run, tmp_path: Path
) -> None:
    for made in trails:
        said = verdict(run, Lie(made, 0, 0, witness=made.checkpoints[-1]["note"]), tmp_path)
        assert (said["code"], said["entries"]) == (0, len(made.entries))
        assert said["findings"] == said["warnings"] == []


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_every_lie_is_refused(
    mutation: Mutation, trails: list[Made], run: Run, tmp_path: Path
) -> None:
    for turn in range(ROUNDS):
        chance = random.Random(f"{mutation.__name__}/{turn}")
        shown = lie(mutation, chance.choice(trails), chance)
        said = verdict(run, shown, tmp_path)
        assert (said["code"], said.get(shown.about)) == (shown.code, shown.number), (turn, said)
        assert str(shown.number) in said["message"]


def test_a_repeated_event_is_no_lie(trails: list[Made], run: Run, tmp_path: Path) -> None:
    chance = random.Random(3)
    for made in trails:
        at = sorted(chance.sample(range(1, len(made.entries)), 5), reverse=True)
        again = Made(made.signer, list(made.entries), made.checkpoints * 2)
        for place in at:
            again.entries[place:place] = made.entries[chance.randrange(place) : place]
        said = verdict(run, Lie(again, 0, 0), tmp_path)
        assert (said["code"], said["entries"]) == (0, len(made.entries)), said
