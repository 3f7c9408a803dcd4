"""`tail`: entries as they come, each checked, and the newest checkpoint remembered."""

import asyncio
import json
from argparse import Namespace
from collections.abc import Hashable, Iterable, Sequence

from .broker import Topics
from .findings import OF_SOURCES, Code, Finding
from .material import keys_in
from .memory import keep, recall
from .records import Sealed
from .trail import Trail

_SHOWN = ("time", "source", "action", "outcome")


async def follow(options: Namespace) -> int:
    """The code of the first thing found, or of the end, which comes with `--watch` only then."""
    trail = Trail(options.tenant, keys_in(options.keys))
    before = recall(trail, options.state)
    topics = (options.topic, options.checkpoints_topic)
    told: dict[Hashable, Finding] = {}
    async with Topics.open(options.bootstrap, *topics, options.tenant) as opened:
        while True:
            _show(trail.take(*await opened.read()))
            findings = trail.judge()
            if findings and not _of_sources(findings):
                _tell(findings[:1])
                return findings[0].code
            now = {_identity(finding): finding for finding in findings}
            _tell(finding for known, finding in now.items() if known not in told)
            _take_back(finding for known, finding in told.items() if known not in now)
            told = now
            if keep(trail, options.state, before):
                before = trail.newest
                print(f"remembered: {before.size if before else 0} entries", flush=True)
            if options.watch is None:
                return findings[0].code if findings else Code.VALID
            await asyncio.sleep(options.watch)


def _of_sources(findings: Sequence[Finding]) -> bool:
    return all(finding.code in OF_SOURCES for finding in findings)


def _identity(finding: Finding) -> Hashable:
    """What makes it the same as before. Numbers used again are a run, which may grow.

    It is known by its first entry, and that has one source.
    """
    return finding.number if finding.code is Code.NUMBER_AGAIN else finding


def _show(new: Sequence[Sealed]) -> None:
    for sealed in new:
        fields = json.loads(sealed.entry)
        said = " ".join(str(fields.get(name, "-")) for name in _SHOWN)
        print(f"{sealed.number} {said}", flush=True)


def _tell(findings: Iterable[Finding]) -> None:
    for finding in findings:
        print(f"{finding.code.words}: {finding.text}", flush=True)


def _take_back(findings: Iterable[Finding]) -> None:
    """A note that came late is missing no more; what is then still missing was told anew.

    Of all that can be found only a gap can end so.
    """
    for finding in findings:
        if finding.code is Code.SOURCE_GAP:
            print(f"no longer so: {finding.text}", flush=True)
