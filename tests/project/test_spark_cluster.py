"""The Spark cluster of the tests runs SQL on both workers and stops without a trace."""

import os
import socket
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from servers.spark_cluster import SparkClusterError, spark_cluster, spark_home

QUERY = "select sum(id) from range(0, 1000, 1, 2)"


def test_cluster_runs_sql_and_ends(tmp_path: Path) -> None:
    with spark_cluster(tmp_path) as cluster:
        assert cluster.environment() == {"CUSTOMER_TRENDS_SPARK_MASTER": cluster.master_url}
        run = subprocess.run(
            [spark_home() / "bin" / "spark-sql", "--master", cluster.master_url, "-e", QUERY],
            cwd=tmp_path,
            env=os.environ | {"SPARK_LOCAL_IP": "127.0.0.1"},
            capture_output=True,
            text=True,
        )
        assert run.stdout.split() == ["499500"], run.stderr
    for number in (1, 2):
        assert list((tmp_path / f"worker-{number}").glob("app-*")), "this worker did no work"
    address = urlsplit(cluster.master_url)
    with socket.socket() as probe:
        assert probe.connect_ex((address.hostname, address.port)) != 0


def test_missing_java_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(SparkClusterError, match="no bin/java"), spark_cluster(tmp_path):
        pass
    monkeypatch.delenv("JAVA_HOME")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SparkClusterError, match="needs Java"), spark_cluster(tmp_path):
        pass
