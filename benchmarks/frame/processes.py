"""A process from its start to its end: seconds, processor time, and the peak memory of it and its children."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.frame.turns import Sample

_EVERY = 10
"""Milliseconds between looks at the memory of a process and its children."""


class FailedError(Exception):
    """A measured process failed, or did something else than its benchmark is about."""


@dataclass(frozen=True, slots=True)
class Finished:
    """`memory` is the sum of each process's own peak, in MB: no less than what they took together."""

    seconds: float
    cpu: float
    memory: float | None
    stdout: bytes
    stderr: bytes

    @property
    def sample(self) -> Sample:
        return Sample(self.seconds, self.memory)

    @property
    def told(self) -> Any:
        """The last line of JSON that it printed; others may say goodbye afterwards. Raises FailedError."""
        for line in reversed(self.stdout.splitlines()):
            with suppress(ValueError):
                return json.loads(line)
        raise FailedError(f"no JSON was printed, but {self.stdout[-500:]!r}")


def finish(
    command: Sequence[str], environment: Mapping[str, str], folder: Path, stdin: bytes = b"", *, check: bool = True
) -> Finished:
    """Run to the end. Raises FailedError with what the process said, if it fails."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        given.write(stdin)
        given.seek(0)
        began = time.perf_counter()
        process = subprocess.Popen(command, stdin=given, stdout=output, stderr=errors, cwd=folder, env=environment)
        memory = _watch(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        stdout, stderr = output.read(), errors.read()
    if check and process.returncode != 0:
        said = stderr.decode(errors="replace")[-2000:]
        raise FailedError(f"{' '.join(command[:4])} ... ended with {process.returncode}:\n{said}")
    if memory is None:
        unit = 1 if sys.platform == "darwin" else 1024
        memory = usage.ru_maxrss * unit / 1e6
    return Finished(seconds, usage.ru_utime + usage.ru_stime, memory, stdout, stderr)


def _watch(pid: int) -> float | None:
    """Returns at the process's end, at once. None where this system does not tell a running process's memory.

    `ru_maxrss` alone would not do: it counts what the parent had when it forked, and leaves the children out.
    """
    if not Path("/proc/self/status").exists() or not hasattr(os, "pidfd_open"):
        return None
    peaks: dict[int, float] = {}
    handle = os.pidfd_open(pid)
    try:
        end = select.poll()
        end.register(handle, select.POLLIN)
        while True:
            note_peaks(pid, peaks)
            if end.poll(_EVERY):
                return sum(peaks.values())
    finally:
        os.close(handle)


def note_peaks(pid: int, peaks: dict[int, float]) -> None:
    """Enter the peak so far (MB) of the process and of each that descends from it."""
    try:
        with open(f"/proc/{pid}/status", "rb") as status:  # noqa: PTH123 - in a loop beside what is measured
            found = [line for line in status if line.startswith(b"VmHWM")]
        if found:
            peaks[pid] = max(peaks.get(pid, 0.0), int(found[0].split()[1]) * 1024 / 1e6)
        for task in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208
            with open(f"/proc/{pid}/task/{task}/children", "rb") as children:  # noqa: PTH123
                for child in children.read().split():
                    note_peaks(int(child), peaks)
    except (FileNotFoundError, ProcessLookupError):
        pass  # It ended just now.
