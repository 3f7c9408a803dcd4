"""Kafka's jars: named and hashed in `kafka.lock.toml`, fetched once into a cache.

`python -m deploy.local.jars` writes the lock anew, for a change of the Kafka version.
"""

import fcntl
import hashlib
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jgo.maven import MavenContext

from deploy.local.server import Say, StartError, silent

LOCK = Path(__file__).with_name("kafka.lock.toml")
KAFKA = "org.apache.kafka:kafka_2.13:4.1.0"
# Kafka brings log4j but no binding to it, and without one it dies in silence.
BINDING = "org.apache.logging.log4j:log4j-slf4j-impl:2.24.3"
_DOWNLOADS = 8
_TIMEOUT_S = 60


@dataclass(frozen=True)
class Jar:
    """One jar by its Maven coordinate (group, artifact, version) and sha256."""

    group: str
    artifact: str
    version: str
    sha256: str

    def __str__(self) -> str:
        return f"{self.group}:{self.artifact}:{self.version}"


Download = Callable[[Jar, Path], Path]
"""Returns the jar's file in the given cache folder, downloaded when it is not there."""


def read_lock(lock: Path = LOCK) -> list[Jar]:
    """Read the jars of a lock file and check that they fit together."""
    jars = [Jar(**jar) for jar in tomllib.loads(lock.read_text())["jar"]]
    require_one_kafka(jars)
    return jars


def require_one_kafka(jars: Iterable[Jar]) -> None:
    """Refuse a mix of Kafka versions: the broker would die of a missing method.

    Raises:
        StartError: the set has no Kafka jar, or jars of several versions.
    """
    kafka = [jar for jar in jars if jar.group == "org.apache.kafka"]
    if len({jar.version for jar in kafka}) != 1:
        found = ", ".join(f"{jar.artifact} {jar.version}" for jar in kafka) or "none"
        raise StartError(
            f"All org.apache.kafka jars must have one version; found: {found}. "
            "Restore deploy/local/kafka.lock.toml, or run python -m deploy.local.jars."
        )


def fetch_all(jars: Sequence[Jar], cache: Path, say: Say = silent) -> list[Path]:
    """Return the files of `jars`, each with the hash that the lock names.

    Raises:
        StartError: a jar cannot be had, or is not the one that was locked.
    """
    with _alone_in(cache), ThreadPoolExecutor(_DOWNLOADS) as pool:
        missing = sum(not _place(jar, cache).exists() for jar in jars)
        if missing:
            say(f"fetching {missing} jars of Apache Kafka into {cache} (once, about 45 MB)")
        return list(pool.map(lambda jar: fetch(jar, cache), jars))


def maven(jar: Jar, cache: Path) -> Path:
    """Download one jar from Maven Central."""
    context = MavenContext(repo_cache=cache, timeout=_TIMEOUT_S)
    return context.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve()


def fetch(jar: Jar, cache: Path, download: Download = maven) -> Path:
    """Return one verified jar; what is broken or cut short is fetched a second time.

    Raises:
        StartError: it cannot be downloaded, or its hash is wrong twice.
    """
    problem = ""
    for _ in range(2):
        try:
            path = download(jar, cache)
        except (OSError, RuntimeError) as error:
            problem = f"cannot be downloaded ({error}). Check the network and start again."
            _place(jar, cache).unlink(missing_ok=True)
            continue
        if (actual := _sha256(path)) == jar.sha256:
            return path
        path.unlink()
        problem = (
            f"has sha256 {actual}, but kafka.lock.toml says {jar.sha256}. "
            "It was removed and is not run: find out which of the two was changed."
        )
    raise StartError(f"{jar} {problem}")


def _place(jar: Jar, cache: Path) -> Path:
    folder = cache.joinpath(*jar.group.split("."), jar.artifact, jar.version)
    return folder / f"{jar.artifact}-{jar.version}.jar"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _alone_in(cache: Path) -> Iterator[None]:
    """Keep two processes from filling the same cache at the same time."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _resolve(coordinate: str, cache: Path) -> Iterator[Jar]:
    context = MavenContext(repo_cache=cache, timeout=_TIMEOUT_S)
    roots, others = context.resolver.resolve([context.create_dependency(coordinate)])
    for found in [*roots, *(d for d in others if d.scope in ("compile", "runtime"))]:
        artifact = found.artifact
        yield Jar(
            artifact.groupId, artifact.artifactId, artifact.version, _sha256(artifact.resolve())
        )


def write_lock(cache: Path, lock: Path = LOCK) -> None:
    """Resolve Kafka, then the log binding, and write the jars of both.

    Two resolutions: in one, the binding pulls kafka-clients down to another version.
    """
    jars: dict[tuple[str, str], Jar] = {}
    for coordinate in (KAFKA, BINDING):
        for jar in _resolve(coordinate, cache):
            jars.setdefault((jar.group, jar.artifact), jar)
    require_one_kafka(jars.values())
    lines = ["# Written by python -m deploy.local.jars"]
    for key in sorted(jars):
        lines += ["", "[[jar]]", *(f'{k} = "{v}"' for k, v in vars(jars[key]).items())]
    lock.write_text("\n".join(lines) + "\n")
