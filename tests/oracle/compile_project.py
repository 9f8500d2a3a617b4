"""Compile the SQL of all models that the marts need, for several sets of variables.

Run as a program of its own, because dbt keeps state: folder for dbt's artefacts, file for the
result, then one set of variables as JSON per argument.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

SELECTED = "+path:models/marts,resource_type:model"
# The one model that knows the day to measure from; it is compiled with this one to be replaced.
CONTEXT = "int_run_context"
SOME_DAY = "1900-01-02"


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
        For each set the steps in order, and the SQL of the one that knows the day to measure from.
    """
    os.environ.update(
        CUSTOMER_TRENDS_WAREHOUSE=str(folder / "world.duckdb"),
        DBT_TARGET_PATH=str(folder / "target"),
        DBT_LOG_PATH=str(folder / "logs"),
        DO_NOT_TRACK="1",
    )
    from dbt.cli.main import dbtRunner

    manifest = invoke(dbtRunner(), ["parse"], variable_sets[0])
    runner = dbtRunner(manifest=manifest)
    invoke(runner, ["seed"], variable_sets[0])
    compiled = []
    for variables in variable_sets:
        steps = compile_nodes(runner, SELECTED, variables)
        (context,) = compile_nodes(runner, CONTEXT, variables | {"as_of_date": SOME_DAY})
        compiled.append({"steps": steps, "context": context["sql"]})
    return compiled


def invoke(runner: Any, command: list[str], variables: dict[str, Any]) -> Any:
    """Run dbt; one that fails ends the program."""
    common = ["--quiet", "--target", "duckdb", "--vars", json.dumps(variables)]
    done = runner.invoke([*command, *common])
    if not done.success:
        raise SystemExit(f"dbt {command[0]} failed: {done.exception or done.result}")
    return done.result


def compile_nodes(runner: Any, selected: str, variables: dict[str, Any]) -> list[dict[str, str]]:
    """Compile models without their tests; describes how each relation is made, in order."""
    options = ["--select", selected, "--indirect-selection", "empty"]
    result = invoke(runner, ["compile", *options], variables)
    nodes = {run.node.unique_id: run.node for run in result.results}
    return [describe(nodes[name]) for name in sort_nodes(nodes)]


def describe(node: Any) -> dict[str, str]:
    """Describe how a relation is made."""
    return {
        "name": node.name,
        "schema": node.schema,
        "key": node.config.meta.get("grain", ""),
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
