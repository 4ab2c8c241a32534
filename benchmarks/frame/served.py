"""The demo, served on loopback, for the command lines that are compared."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.frame.bench import Bench, Pair
from benchmarks.frame.ours import environment
from benchmarks.frame.processes import FailedError, Finished, finish
from benchmarks.frame.rivals import CannotRunError
from benchmarks.frame.turns import Sample


@dataclass(frozen=True)
class Demo:
    """Where `kitcn serve --demo` answers, and a project folder to ask it from."""

    bench: Bench
    project: Path
    variables: dict[str, str]

    def compare(self, *arguments: str, turns: int = 9, is_same: bool = True) -> Pair:
        """`kitcn` and the genuine command line with the same arguments, in turns; their output must be the same."""
        outputs: dict[str, bytes] = {}

        def ran(name: str, command: list[str], variables: dict[str, str]) -> Sample:
            done: Finished = finish(command, {**variables, **self.variables}, self.project)
            outputs[name] = done.stdout
            return done.sample

        ours = self.bench.ours
        contenders = {"kitcn": lambda: ran("kitcn", ours.kitcn(*arguments), ours.environment())}
        try:
            genuine = self.bench.rivals.convex(*arguments)
        except CannotRunError as error:
            self.bench.missing.append(f"convex {arguments[0]}: {error}")
        else:
            contenders["npm convex"] = lambda: ran("npm convex", genuine, environment(ours.home))
        pair = self.bench.compare(contenders, turns)
        if is_same and len({*outputs.values()}) > 1:
            raise FailedError(f"the answers to {' '.join(arguments)} differ: {outputs!r}")
        return pair


@contextmanager
def served_demo(bench: Bench) -> Iterator[Demo]:
    """Ends the server at the end."""
    project = bench.folder / "served"
    project.mkdir(exist_ok=True)
    (project / "package.json").write_text('{"name": "nothing", "dependencies": {"convex": "*"}}\n')
    command = bench.ours.kitcn("serve", "--demo")
    with subprocess.Popen(
        command, cwd=project, env=bench.ours.environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout is not None
        try:
            url, key = server.stdout.readline().strip(), server.stdout.readline().strip()
            if not key:
                raise FailedError("kitcn serve --demo did not start")
            yield Demo(bench, project, {"CONVEX_SELF_HOSTED_URL": url, "CONVEX_SELF_HOSTED_ADMIN_KEY": key})
        finally:
            server.terminate()
