"""One real Apache Kafka broker (KRaft, broker and controller in one JVM) from plain jars.

Starts, stops, is killed, paused and resumed on the same ports and the same data. Standard library only;
must not know streamimb.

    with KafkaServer() as server:
        server.bootstrap                     # "127.0.0.1:NNNNN", the same after every restart
        server.stop(); server.start()        # SIGTERM, clean restart
        server.kill9(); server.start()       # crash, log recovery
        server.pause(); server.resume()      # SIGSTOP / SIGCONT: there, but does not answer
"""

from __future__ import annotations

import atexit
import base64
import hashlib
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from types import TracebackType
from typing import Self

HERE = pathlib.Path(__file__).resolve().parent
JVM = [
    "-Xms96m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-XX:-UsePerfData",
    "-Djava.awt.headless=true", "-Djava.net.preferIPv4Stack=true",
]  # fmt: skip
READY = b"Kafka Server started"  # KafkaRaftServer says so when the broker is registered and caught up


class Unavailable(RuntimeError):
    """No Java, or no Maven and no jars in the cache."""


def jars(cache: str | None = None) -> pathlib.Path:
    """The jars from the cache, fetched once by Maven from pom.xml and checked against jars.sha256."""
    lock = HERE / "jars.sha256"  # `sha256sum *.jar` of one resolution; its own hash names the cache folder
    want = {name: digest for digest, name in (line.split() for line in lock.read_text().splitlines())}
    root = pathlib.Path(cache or os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    root = root / "streamimb"
    lib = root / ("kafka-" + hashlib.sha256(lock.read_bytes()).hexdigest()[:12])
    if not shutil.which("java"):
        raise Unavailable("no java (17 or later)")
    if lib.is_dir():
        return lib
    if not shutil.which("mvn"):
        raise Unavailable("no mvn, and no Kafka jars in the cache")
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root) as folder:
        command = [
            "mvn", "-q", "-B", "-f", str(HERE / "pom.xml"), "dependency:copy-dependencies",
            "-DincludeScope=runtime", f"-DoutputDirectory={folder}/lib",
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Unavailable("Maven could not fetch the broker: " + done.stdout[-800:])
        files = pathlib.Path(folder, "lib").iterdir()
        got = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
        if got != want:
            raise RuntimeError(
                f"jars differ from jars.sha256: {sorted(set(got.items()) ^ set(want.items()))[:4]}"
            )
        try:
            os.rename(f"{folder}/lib", lib)  # atomic: two test sessions may race
        except OSError:
            if not lib.is_dir():
                raise
    return lib


def free_ports(count: int) -> list[int]:
    """Ports below the ephemeral range.

    A client that reconnects to a downed port inside that range can be given the same port as its own
    source port, connects to itself, and the broker then cannot bind.
    """
    try:
        low = int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    except OSError:
        low = 32768
    found: list[int] = []
    entropy = random.SystemRandom()
    while len(found) < count:
        port = entropy.randrange(max(1024, low - 12000), low)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in found:
            found.append(port)
    return found


class KafkaServer:
    def __init__(self, data: pathlib.Path | None = None, extra: dict[str, str] | None = None) -> None:
        self.own = data is None
        self.dir = pathlib.Path(data or tempfile.mkdtemp(prefix="kafka-")).resolve()
        self.dir.mkdir(parents=True, exist_ok=True)
        self.log, self.props = self.dir / "server.log", self.dir / "server.properties"
        self.port, self.controller_port = free_ports(2)
        self.bootstrap = f"127.0.0.1:{self.port}"
        logging = f"-Dlog4j2.configurationFile={HERE / 'log4j2.properties'}"
        self.command = ["java", *JVM, logging, "-cp", str(jars().resolve() / "*")]
        text = (HERE / "server.properties.template").read_text()
        text += "".join(f"{key}={value}\n" for key, value in (extra or {}).items())
        places = {"@PORT@": self.port, "@CONTROLLER_PORT@": self.controller_port, "@DATA@": self.dir / "data"}
        for mark, value in places.items():
            text = text.replace(mark, str(value))
        self.props.write_text(text)
        self.process: subprocess.Popen[bytes] | None = None
        atexit.register(self.close)

    def format(self) -> None:
        if (self.dir / "data" / "meta.properties").exists():
            return
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").replace("-", "A", 1)
        command = [*self.command, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(self.props)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError("cannot format: " + done.stdout + done.stderr)

    def start(self, timeout_s: float = 60) -> Self:
        self.format()
        seen = self.log.stat().st_size if self.log.exists() else 0
        with open(self.log, "ab") as out:
            self.process = subprocess.Popen(
                [*self.command, "kafka.Kafka", str(self.props)],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            with open(self.log, "rb") as written:
                written.seek(seen)
                if READY in written.read():
                    return self
            if self.process.poll() is not None:
                raise RuntimeError(f"broker exited {self.process.returncode}: {self.tail()}")
            time.sleep(0.05)
        self.kill9()
        raise TimeoutError(f"broker not ready after {timeout_s} s: {self.tail()}")

    def tail(self, size: int = 2000) -> str:
        return self.log.read_bytes()[-size:].decode(errors="replace")

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self, timeout_s: float = 30) -> None:
        """SIGTERM: controlled shutdown; kill -9 after `timeout_s`."""
        if self.process is not None and self.process.poll() is None:
            self.resume()
            self.process.terminate()
            try:
                self.process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                self.kill9()

    def kill9(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def pause(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        if self.process is not None and self.running():
            self.process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        self.kill9()
        if self.own:
            shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
