"""From the options of a command to what it works on."""

import asyncio
from argparse import Namespace

from .bundle import from_bundle
from .findings import Unreadable
from .material import Material, from_files, keys_in
from .trail import Trail


def material(options: Namespace) -> Material:
    """What the options name. Raises Unreadable, also where they name nothing or too much."""
    named = [n for n in ("bundle", "entries", "bootstrap") if getattr(options, n) is not None]
    if len(named) != 1:
        raise Unreadable("name one of --bundle, --entries and --bootstrap")
    if options.bundle:
        return from_bundle(options.bundle, options.keys)
    if not options.keys:
        raise Unreadable("name the keys to believe with --keys")
    if options.bootstrap:
        return asyncio.run(_from_broker(options))
    if not options.checkpoints:
        raise Unreadable("name the checkpoints beside the entries with --checkpoints")
    return from_files(options.entries, options.checkpoints, options.keys)


def trail_of(options: Namespace, found: Material) -> Trail:
    """The trail of the tenant named, or of the only one. Raises Unreadable where it is empty."""
    trail = Trail(options.tenant or found.tenant(), found.keys)
    trail.take(found.sealed, found.claims)
    trail.findings += found.findings
    if not (trail.size or trail.chain.broken or trail.checkpoints):
        raise Unreadable(f"there is no entry of {trail.tenant} here")
    return trail


async def _from_broker(options: Namespace) -> Material:
    # Here, and not above: files are checked where there is no Kafka client.
    from .broker import Topics

    if not options.tenant:
        raise Unreadable("name the tenant with --tenant: the topics hold the trails of all")
    keys = keys_in(options.keys)
    topics = (options.topic, options.checkpoints_topic)
    async with Topics.open(options.bootstrap, *topics, options.tenant) as opened:
        sealed, claims = await opened.read()
    return Material(sealed, claims, keys)
