"""Run commands one after the other in one process, so that an engine in it starts once.

Reads one command per line as JSON, ``{"kind", "arguments", "environment", "given"}``, and answers
each with a line of JSON: its exit code and what it printed. The kinds are ``customer-trends`` and
``dbt``, with their arguments, and ``python``, whose one argument is the code to run.
"""

import io
import json
import os
import sys
import traceback
from tempfile import TemporaryFile
from typing import Any


def run(kind: str, arguments: list[str]) -> None:
    """Run a command; it may end by SystemExit."""
    if kind == "customer-trends":
        from customer_trends.cli.main import main

        main(arguments)
    elif kind == "dbt":
        from dbt.cli.main import dbtRunner

        done = dbtRunner().invoke(arguments)
        if not done.success:
            sys.exit(f"dbt failed: {done.exception or done.result}")
    else:
        exec(compile(arguments[0], "<given>", "exec"), {"__name__": "__main__"})


def answer(command: dict[str, Any]) -> tuple[int, str]:
    """Run a command in its environment; gives its exit code and what it printed."""
    os.environ.clear()
    os.environ.update(command["environment"])
    sys.stdin = io.StringIO(command["given"])
    with TemporaryFile() as printed:
        os.dup2(printed.fileno(), 1)
        os.dup2(printed.fileno(), 2)
        code: object = 0
        try:
            run(command["kind"], command["arguments"])
        except SystemExit as stop:
            code = stop.code or 0
        except BaseException:
            code = traceback.format_exc()
        if not isinstance(code, int):
            print(code)
        sys.stdout.flush()
        sys.stderr.flush()
        printed.seek(0)
        text = printed.read().decode("utf-8", "replace")
    return (code if isinstance(code, int) else 1), text


if __name__ == "__main__":
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    for line in os.fdopen(os.dup(0), encoding="utf-8"):
        print(json.dumps(answer(json.loads(line))), file=answers, flush=True)
