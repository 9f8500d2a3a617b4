"""Compile the SQL of all models that the marts need, for several sets of variables.

Run as a program of its own, because dbt keeps state: folder for dbt's artefacts, file for the
result, then one set of variables as JSON per argument.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

# Tests are left out.
SELECTED = ["--select", "+path:models/marts,resource_type:model", "--indirect-selection", "empty"]


def compile_all(folder: Path, variable_sets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Parse the project and load the seeds once, then compile it for each set of variables.

    Parameters
    ----------
    folder
        Folder for dbt's artefacts and the warehouse of the seeds, ``world.duckdb``.
    variable_sets
        Variables of each compilation.

    Returns
    -------
    list of dict
        For each set the steps in order: the relation, how it is materialised, its SQL.
    """
    os.environ.update(
        CUSTOMER_TRENDS_WAREHOUSE=str(folder / "world.duckdb"),
        DBT_TARGET_PATH=str(folder / "target"),
        DBT_LOG_PATH=str(folder / "logs"),
        DO_NOT_TRACK="1",
    )
    from dbt.cli.main import dbtRunner

    def invoke(runner: Any, command: list[str], variables: dict[str, Any]) -> Any:
        common = ["--quiet", "--target", "duckdb", "--vars", json.dumps(variables)]
        done = runner.invoke([*command, *common])
        if not done.success:
            raise SystemExit(f"dbt {command[0]} failed: {done.exception or done.result}")
        return done.result

    runner = dbtRunner()
    manifest = invoke(runner, ["parse"], variable_sets[0])
    runner = dbtRunner(manifest=manifest)
    invoke(runner, ["seed"], variable_sets[0])
    compiled = []
    for variables in variable_sets:
        result = invoke(runner, ["compile", *SELECTED], variables)
        nodes = {run.node.unique_id: run.node for run in result.results}
        compiled.append(
            {
                "marts": [
                    {"name": node.name, "key": node.config.meta["grain"]}
                    for node in nodes.values()
                    if node.name.startswith("mart_")
                ],
                "steps": [describe(nodes[name]) for name in sort_nodes(nodes)],
            }
        )
    return compiled


def describe(node: Any) -> dict[str, str]:
    """Describe how a relation is made."""
    return {
        "name": node.name,
        "schema": node.schema,
        "relation": node.relation_name,
        "materialized": node.config.materialized,
        "sql": node.compiled_code,
    }


def sort_nodes(nodes: dict[str, Any]) -> list[str]:
    """Sort nodes so that each comes after those it reads."""
    done: dict[str, None] = {}

    def visit(name: str) -> None:
        if name in done or name not in nodes:
            return
        for parent in sorted(nodes[name].depends_on.nodes):
            visit(parent)
        done[name] = None

    for name in sorted(nodes):
        visit(name)
    return list(done)


if __name__ == "__main__":
    result = compile_all(Path(sys.argv[1]), [json.loads(text) for text in sys.argv[3:]])
    Path(sys.argv[2]).write_text(json.dumps(result), encoding="utf-8")
