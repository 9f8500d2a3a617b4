"""Start a Spark cluster of one master and two workers on loopback."""

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from servers.errors import tail
from servers.server_process import LOOPBACK, POLL_SECONDS, START_SECONDS, STOP_SECONDS, free_port

PROJECT = Path(__file__).resolve().parents[2]
WORKERS = 2
WORKER_CORES = 1
WORKER_MEMORY = "1g"
DAEMON_MEMORY = "256m"
MASTER_CLASS = "org.apache.spark.deploy.master.Master"
WORKER_CLASS = "org.apache.spark.deploy.worker.Worker"


class SparkClusterError(RuntimeError):
    """A Spark cluster cannot be started."""


@dataclass(frozen=True)
class SparkCluster:
    """
    A cluster whose workers are all registered.

    Attributes
    ----------
    master_url : str
        Address of the master, such as spark://127.0.0.1:7077.
    """

    master_url: str

    def environment(self) -> dict[str, str]:
        """
        Make the environment variables that profiles.example.yml reads.

        Returns
        -------
        dict
            Variables of the target ``spark``.
        """
        return {"CUSTOMER_TRENDS_SPARK_MASTER": self.master_url}


@contextmanager
def spark_cluster(folder: Path) -> Iterator[SparkCluster]:
    """
    Run one master and two workers, each of one core, until the block ends.

    Parameters
    ----------
    folder : Path
        Folder for logs and for what the workers write; made if it is absent.

    Yields
    ------
    SparkCluster
        The cluster, as soon as both workers are registered.

    Raises
    ------
    SparkClusterError
        If Java or Spark is missing, or the cluster does not start.
    """
    _require_java()
    program = spark_home() / "bin" / "spark-class"
    (folder / "conf").mkdir(parents=True, exist_ok=True)
    port, page_port = free_port(), free_port()
    url = f"spark://{LOOPBACK}:{port}"
    # A taken port must be an error: the master would silently take the next one. The port of its
    # REST service would be a fixed one.
    environment = os.environ | {
        "SPARK_LOCAL_IP": LOOPBACK,
        "SPARK_CONF_DIR": str(folder / "conf"),
        "SPARK_DAEMON_MEMORY": DAEMON_MEMORY,
        "SPARK_DAEMON_JAVA_OPTS": "-Dspark.port.maxRetries=0 -Dspark.master.rest.enabled=false",
    }
    master = [MASTER_CLASS, "--host", LOOPBACK, "--port", str(port), "--webui-port", str(page_port)]
    with ExitStack() as processes:
        log = folder / "master.log"
        process = processes.enter_context(_running([str(program), *master], environment, log))
        _wait_for_workers(0, page_port, {log: process})
        logs = {log: process}
        for number in range(1, WORKERS + 1):
            log = folder / f"worker-{number}.log"
            worker = [
                *(WORKER_CLASS, "--host", LOOPBACK, "--port", "0", "--webui-port", "0"),
                *("--cores", str(WORKER_CORES), "--memory", WORKER_MEMORY),
                *("--work-dir", str(folder / f"worker-{number}"), url),
            ]
            logs[log] = processes.enter_context(_running([str(program), *worker], environment, log))
        _wait_for_workers(WORKERS, page_port, logs)
        yield SparkCluster(url)


def _require_java() -> None:
    """Make sure that there is a Java to run Spark with."""
    home = os.environ.get("JAVA_HOME")
    if home and not (Path(home) / "bin" / "java").exists():
        raise SparkClusterError(f"JAVA_HOME is {home}, where there is no bin/java: correct it.")
    if not home and not shutil.which("java"):
        raise SparkClusterError("Spark needs Java 17 or later: install one or set JAVA_HOME.")


def spark_home() -> Path:
    """
    Find the programs of Spark: SPARK_HOME, or pyspark of this Python or of the project's.

    Returns
    -------
    Path
        Folder with the folder bin.

    Raises
    ------
    SparkClusterError
        If there is none.
    """
    home = os.environ.get("SPARK_HOME")
    if home:
        return Path(home)
    package = importlib.util.find_spec("pyspark")
    if package is not None and package.origin is not None:
        return Path(package.origin).parent
    for found in PROJECT.glob(".venv-spark/lib/python3*/site-packages/pyspark"):
        return found
    raise SparkClusterError(
        "Spark is missing: run `make setup-spark`, or set SPARK_HOME to the folder of one."
    )


@contextmanager
def _running(
    command: list[str], environment: dict[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process until the block ends, then stop it with all processes it started."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env=environment,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        _stop_group(process)


def _stop_group(process: subprocess.Popen[bytes]) -> None:
    """Stop a process and its group, kindly at first; a worker's executors are in its group."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
    process.wait()


def _wait_for_workers(
    count: int, page_port: int, processes: dict[Path, subprocess.Popen[bytes]]
) -> None:
    """Wait until the master's page says that so many workers are alive."""
    opener = build_opener(ProxyHandler({}))
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        for log, process in processes.items():
            if process.poll() is not None:
                raise SparkClusterError(
                    f"The process of {log.stem} ended with code {process.returncode}; fix what "
                    f"its log {log} says last:\n{tail(log)}"
                )
        try:
            with opener.open(f"http://{LOOPBACK}:{page_port}/json/", timeout=5) as page:
                workers = json.load(page)["workers"]
        except (URLError, OSError, ValueError):
            workers = None
        if workers is not None and sum(w["state"] == "ALIVE" for w in workers) >= count:
            return
        time.sleep(POLL_SECONDS)
    last = list(processes)[-1]
    raise SparkClusterError(
        f"The cluster was not complete within {START_SECONDS:.0f} seconds; its log {last} says "
        f"last:\n{tail(last)}"
    )
