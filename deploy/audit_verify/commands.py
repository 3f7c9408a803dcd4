"""The commands. Each returns its exit code."""

import asyncio
import json
from argparse import Namespace
from collections.abc import Callable

from .checks import check_consistency, check_inclusion
from .evidence import prove_consistency, prove_inclusion
from .findings import Code, Finding, Unreadable
from .material import Material, keys_in, note_in, read
from .memory import keep, recall
from .sources import material, trail_of
from .trail import Trail
from .verdict import Verdict, unproven, valid


def verify(options: Namespace) -> int:
    """Checks a whole trail."""
    found = material(options)
    trail = trail_of(options, found)
    for file in options.witness:
        trail.remember(note_in(file), file.name)
    return _say(options, _judged(trail, found))


def witness(options: Namespace) -> int:
    """Checks a whole trail, also against what was remembered, and remembers its newest state."""
    found = material(options)
    trail = trail_of(options, found)
    before = recall(trail, options.state)
    verdict = _judged(trail, found)
    if not verdict.tampered:
        keep(trail, options.state, before)
    return _say(options, verdict)


def inclusion(options: Namespace) -> int:
    """Writes the proof of an entry, once the trail is found to be whole."""
    found = material(options)
    trail = trail_of(options, found)
    return _prove(options, found, trail, lambda: _entry_proof(options.sequence, found, trail))


def consistency(options: Namespace) -> int:
    """Writes the proof between two sizes, once the trail is found to be whole."""
    found = material(options)
    trail = trail_of(options, found)
    return _prove(options, found, trail, lambda: prove_consistency(trail, options.old, options.new))


def check(options: Namespace) -> int:
    """Checks a proof that somebody gave."""
    judge = check_inclusion if options.command == "check-inclusion" else check_consistency
    said = judge(read(options.proof), keys_in(options.keys))
    if isinstance(said, Finding):
        print(json.dumps(said.as_json()) if options.json else f"{said.code.words}: {said.text}")
        return said.code
    print(json.dumps(valid(said)) if options.json else f"valid: {said}")
    return Code.VALID


def tail(options: Namespace) -> int:
    """Follows the topics."""
    from .follow import follow  # not above: it needs a Kafka client

    if not options.bootstrap:
        raise Unreadable("name the broker with --bootstrap")
    return asyncio.run(follow(options))


COMMANDS: dict[str, Callable[[Namespace], int]] = {
    "verify": verify,
    "witness": witness,
    "inclusion": inclusion,
    "consistency": consistency,
    "check-inclusion": check,
    "check-consistency": check,
    "tail": tail,
}


def _judged(trail: Trail, found: Material) -> Verdict:
    return Verdict(trail, trail.judge(), unproven(trail, own_keys=found.own_keys))


def _say(options: Namespace, verdict: Verdict) -> int:
    print(verdict.as_json() if options.json else verdict.as_text())
    return verdict.code


def _prove(
    options: Namespace, found: Material, trail: Trail, proof: Callable[[], dict[str, object]]
) -> int:
    verdict = _judged(trail, found)
    if verdict.tampered:
        return _say(options, verdict)
    print(json.dumps(proof(), ensure_ascii=False, indent=2))
    return 0


def _entry_proof(sequence: int, found: Material, trail: Trail) -> dict[str, object]:
    entry = next(
        (r.entry for r in found.sealed if r.number == sequence and r.is_of(trail.tenant)), ""
    )
    return prove_inclusion(trail, entry, sequence)
