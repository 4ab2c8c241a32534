"""Programs that are killed while they write, at every instant that can matter, and disks that are full.

`killed_everywhere` runs a `Writing` again and again in a forked process, and kills it (SIGKILL) before its first system
call, before its second one, and so on, until it gets through: between two system calls nothing outside the process can
change. `full_everywhere` lets no file grow beyond 0 bytes, one byte, and so on. Each time whoever comes next must find
what was there before or what was to be written, no file that does not belong there, and be able to write.

It runs in a process of its own, `python -m tests.support.killing`, since only one without threads can be forked.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import resource
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from kitcn_repl.errors import KitcnError

ROOT = Path(__file__).parents[2]
_TRACE_ME, _SYSTEM_CALL, _SET_OPTIONS = 0, 24, 0x4200
_MARK_CALLS, _END_WITH_US = 1, 0x100000
_REFUSED = 3


@dataclass(frozen=True)
class Writing:
    """`prepare` what is there before, `act`, and the `state` as whoever comes next finds it, part by part; each part
    is written for itself. To act twice is the same as once. `forgives`: what cannot be written is done without.
    `is_database`: it is written in pages, not bytes."""

    prepare: Callable[[Path], None]
    act: Callable[[Path], object]
    state: Callable[[Path], Mapping[str, object]]
    forgives: bool = False
    is_database: bool = False


@dataclass(frozen=True)
class Report:
    """`times` is how often it was killed, or how many sizes of disk were tried."""

    times: int
    problems: list[str]


def killed_everywhere(writing: str, folder: Path, *, stride: int = 1) -> Report:
    """`writing` is of the form `module:NAME`; with `stride` n, before every nth call."""
    return _run("kill", writing, folder, stride)


def full_everywhere(writing: str, folder: Path, *, stride: int = 1) -> Report:
    """With `stride` n, sizes in steps of n bytes."""
    return _run("fill", writing, folder, stride)


def can_trace() -> bool:
    """Whether this machine lets a process stop another at its system calls."""
    return sys.platform == "linux" and _run("probe", "", Path(), 1).times == 1


def _run(what: str, writing: str, folder: Path, stride: int) -> Report:
    path = os.pathsep.join((str(ROOT), str(ROOT / "tui")))
    process = subprocess.run(
        [sys.executable, "-m", __name__, what, writing, str(folder), str(stride)],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert process.returncode == 0, process.stderr
    return Report(**json.loads(process.stdout.splitlines()[-1]))


def main() -> None:
    what, name, folder, stride = sys.argv[1:]
    if what == "probe":
        print(json.dumps({"times": int(_killed_before(0, lambda: None)), "problems": []}))
        return
    module, _, attribute = name.partition(":")
    trial = _Trial(getattr(importlib.import_module(module), attribute), Path(folder))
    times, problems = (trial.kill if what == "kill" else trial.fill)(int(stride))
    print(json.dumps({"times": times, "problems": problems}))


class _Trial:
    def __init__(self, writing: Writing, folder: Path) -> None:
        self._writing = writing
        self._folders = (folder / str(number) for number in count())
        healthy = self._prepared()
        self._before = writing.state(healthy)
        untouched = _files(healthy)
        self._act(healthy)
        self._after = writing.state(healthy)
        assert self._after != self._before, "the writing changes nothing"
        self._act(healthy)
        assert writing.state(healthy) == self._after, "to act twice is something else than once"
        self._files = untouched | _files(healthy)

    def kill(self, stride: int) -> tuple[int, list[str]]:
        problems: list[str] = []
        for times in count():
            folder = self._prepared()
            if not _killed_before(times * stride, lambda folder=folder: self._writing.act(folder)):  # type: ignore[misc]
                return times, problems
            problems += [f"killed before call {times * stride}: {one}" for one in self._found(folder)]
        raise AssertionError

    def fill(self, stride: int) -> tuple[int, list[str]]:
        problems: list[str] = []
        for times in count():
            folder, size = self._prepared(), times * stride
            code, said = _in_child(lambda folder=folder, size=size: self._limited(folder, size))  # type: ignore[misc]
            where = f"no file beyond {size} bytes: "
            written = self._writing.state(folder) == self._after
            if code not in (0, _REFUSED) or "\n" in said.strip():
                problems.append(f"{where}ended with {code}: {said}")
            elif code == 0 and not written and not self._writing.forgives:
                problems.append(f"{where}nothing was said")
            if left := _files(folder) - self._files:
                problems.append(f"{where}left behind: {sorted(left)}")
            problems += [where + one for one in self._found(folder)]
            if code == 0 and written:
                return times, problems
        raise AssertionError

    def _prepared(self) -> Path:
        folder = next(self._folders)
        folder.mkdir(parents=True)
        self._writing.prepare(folder)
        return folder

    def _act(self, folder: Path) -> None:
        code, said = _in_child(lambda: self._writing.act(folder))
        assert code == 0, said

    def _limited(self, folder: Path, size: int) -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
        self._writing.act(folder)

    def _found(self, folder: Path) -> Iterator[str]:
        """What is wrong with what the next one finds, and with what that one then does."""
        try:
            found = self._writing.state(folder)
            for part, value in found.items():
                if value not in (self._before[part], self._after[part]):
                    yield f"{part} is {value!r}, neither {self._before[part]!r} nor {self._after[part]!r}"
            code, said = _in_child(lambda: self._writing.act(folder))
            if code:
                yield f"the next one cannot write: {said}"
            elif (then := self._writing.state(folder)) != self._after:
                yield f"the next one wrote {then!r} instead of {self._after!r}"
            if left := _files(folder) - self._files:
                yield f"left behind by the one killed: {sorted(left)}"
        except Exception as error:
            yield f"it cannot be read: {error!r}"


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def _in_child(act: Callable[[], object]) -> tuple[int, str]:
    """The exit code and what was said, in a forked process."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os._exit(_outcome(act, writer))
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read().decode()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said


def _outcome(act: Callable[[], object], said: int) -> int:
    try:
        act()
    except KitcnError as error:
        os.write(said, error.message.encode())
        return _REFUSED
    except BaseException:
        os.write(said, traceback.format_exc()[-4000:].encode())
        return 1
    return 0


def _killed_before(number: int, act: Callable[[], object]) -> bool:
    """Run `act` in a forked process until it is about to make its system call `number`, from 0, and kill it there.
    False if it does not get that far."""
    trace = ctypes.CDLL(None, use_errno=True).ptrace
    trace.argtypes, trace.restype = [ctypes.c_long] * 4, ctypes.c_long
    child = os.fork()
    if child == 0:
        if trace(_TRACE_ME, 0, 0, 0):
            os._exit(1)
        os.kill(os.getpid(), signal.SIGSTOP)
        try:
            act()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    trace(_SET_OPTIONS, child, 0, _MARK_CALLS | _END_WITH_US)
    made, is_inside = 0, False
    while not (os.WIFEXITED(status) or os.WIFSIGNALED(status)):
        trace(_SYSTEM_CALL, child, 0, 0)
        _, status = os.waitpid(child, 0)
        if os.WIFSTOPPED(status) and os.WSTOPSIG(status) == signal.SIGTRAP | 0x80:
            is_inside = not is_inside
            if is_inside and made == number:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                return True
            made += is_inside
    return False


if __name__ == "__main__":
    main()
