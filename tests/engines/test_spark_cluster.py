"""The Spark cluster of the tests starts and stops without a trace."""

import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from servers.spark_cluster import SparkClusterError, spark_cluster


def test_cluster_ends_without_a_trace(tmp_path: Path) -> None:
    with spark_cluster(tmp_path) as cluster:
        assert cluster.environment() == {"CUSTOMER_TRENDS_SPARK_MASTER": cluster.master_url}
        address = urlsplit(cluster.master_url)
        with socket.socket() as probe:
            assert probe.connect_ex((address.hostname, address.port)) == 0
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
