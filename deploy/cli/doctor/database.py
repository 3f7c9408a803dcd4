"""MongoDB: whether it answers, as what, and in which version. No store is read."""

from datetime import timedelta

from deploy.cli.doctor import clocks
from deploy.cli.doctor.finding import Finding, fail, ok
from libs.common.mongo import Server, introduced

OLDEST = (6, 0)
"""What the tests run on."""


async def asked(url: str) -> tuple[Server, timedelta] | Finding:
    """What it says of itself, and how far its clock is from the one here."""
    try:
        server = await introduced(url)
        return server, abs(clocks.here() - server.now)
    except Exception as error:  # noqa: BLE001 - whatever it is, the server does not answer
        said = f"it cannot be asked ({type(error).__name__})"
        return fail("mongo", said, "Start it: ingest goes on without it, and all others wait.")


def findings(server: Server) -> list[Finding]:
    """Lines for the replica set and the version."""
    return [ok("mongo", "it answers"), _replica_set(server), _version(server)]


def _replica_set(server: Server) -> Finding:
    if server.replica_set is None:
        do = "Start it as a replica set, of one at least: there are no transactions without."
        return fail("replica set", "it is none", do)
    if not server.writable:
        do = "Name the replica set in MONGO_URL, and see whether it has elected a primary."
        return fail("replica set", f"{server.replica_set} has no primary here", do)
    return ok("replica set", f"{server.replica_set} takes writes")


def _version(server: Server) -> Finding:
    major, minor = (int(part) for part in server.version.split(".")[:2])
    if (major, minor) < OLDEST:
        return fail("mongo version", server.version, "Use 6.0 or later.")
    return ok("mongo version", server.version)
