"""Sessions: processes that run one command after the other."""

import json
import subprocess
from pathlib import Path
from threading import Lock

PROJECT = Path(__file__).resolve().parents[2]


class Session:
    """A process that runs one command after the other, so that Spark starts once for all."""

    def __init__(self, python: Path, environment: dict[str, str]) -> None:
        self.turn = Lock()
        self.process = subprocess.Popen(
            [str(python), str(Path(__file__).with_name("run_commands.py"))],
            cwd=PROJECT,
            env=environment | {"PYTHONPATH": str(PROJECT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(
        self, kind: str, arguments: list[str], environment: dict[str, str], given: str
    ) -> tuple[int, str]:
        """Run a command; gives its exit code and what it printed."""
        command = {"kind": kind, "arguments": arguments, "environment": environment, "given": given}
        with self.turn:
            assert self.process.stdin and self.process.stdout
            self.process.stdin.write(json.dumps(command) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        assert line, "the session has ended"
        code, printed = json.loads(line)
        return code, printed

    def stop(self) -> None:
        """End the process, whatever it does."""
        self.process.terminate()
        self.process.wait()
