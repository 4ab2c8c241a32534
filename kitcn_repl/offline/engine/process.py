"""One Deno process: frames over its pipes, the time and memory it may use, and its end.

Everything here blocks, and runs in the thread of the query. What comes from the process is not trusted: frames are
bounded, reading and writing always end.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from kitcn_repl.offline.engine import deno
from kitcn_repl.offline.engine.limits import MEBIBYTE, Limits

if sys.platform == "linux":
    import resource

_HEADER = struct.Struct(">I")
LARGEST_FRAME = 4 * MEBIBYTE
_PIPE_SIZE = MEBIBYTE
_START_SECONDS = 30.0
_STDERR_BYTES = 65_536
_CPU_SECONDS_MORE = 10
_TICK = 0.05


class ProcessEnded(Exception):
    """The process is gone, or does not speak the protocol. `stderr` is the beginning of what it wrote there."""

    def __init__(self, reason: str, *, status: int | None = None, stderr: str = "") -> None:
        super().__init__(reason)
        self.status = status
        self.stderr = stderr

    @property
    def first_line(self) -> str:
        line = next((line for line in self.stderr.splitlines() if line.strip()), "")
        return "".join(filter(str.isprintable, line))[:200]

    @property
    def is_out_of_memory(self) -> bool:
        return "out of memory" in self.stderr or "OutOfMemory" in self.stderr


class TimeIsUp(Exception):
    """The process computed for longer than it may."""


class QueryProcess:
    """A started process. `boot` hands it the runtime; `receive` and `send` talk; `close` ends it, whatever it does.

    Raises OfflineSupportMissingError, DenoNotStartedError.
    """

    def __init__(self, limits: Limits, cache_dir: Path, command: Sequence[str] | None = None) -> None:
        self._limits = limits
        folder = deno.usable(cache_dir)
        command = command or deno.command(limits.heap_megabytes)
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=deno.environment(folder),
                cwd=folder,
                bufsize=0,
                start_new_session=True,
            )
        except OSError as error:
            raise deno.DenoNotStartedError(command[0], error) from error
        assert self._process.stdin is not None and self._process.stdout is not None
        self._stdin = self._process.stdin.fileno()
        self._stdout = self._process.stdout.fileno()
        for pipe in (self._stdin, self._stdout):
            os.set_blocking(pipe, False)
            if sys.platform == "linux":
                with contextlib.suppress(OSError):
                    fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_SIZE)
        self._received = bytearray()
        self._cpu_start = 0.0
        self._waited = 0.0
        self._is_counting = False
        self._is_booted = False
        self._is_ready = False
        self._booting = threading.Lock()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def boot(self) -> None:
        """Hand over the runtime, once. The process gets ready by itself while the caller does something else."""
        with self._booting:
            if not self._is_booted:
                self.send(deno.boot_frame())
                self._is_booted = True

    def wait_until_ready(self) -> None:
        """Boot, and wait for the first sign of life, once. Raises ProcessEnded."""
        if self._is_ready:
            return
        self.boot()
        letter, _ = self.receive()
        if letter != "R":
            raise ProcessEnded("did not start")
        self._is_ready = True

    def start_counting(self) -> None:
        """From here on, what the process uses counts against the limits."""
        self._cpu_start = self._cpu_time() or 0.0
        self._limit_resources()
        self._waited = 0.0
        self._is_counting = True

    def send(self, payload: bytes) -> None:
        """Write one frame. Raises ProcessEnded, or TimeIsUp for a process that does not read."""
        view = memoryview(_HEADER.pack(len(payload)) + payload)
        poll = select.poll()
        poll.register(self._stdin, select.POLLOUT)
        try:
            while view:
                try:
                    view = view[os.write(self._stdin, view) :]
                except BlockingIOError:
                    self._wait(poll)
        except BrokenPipeError:
            raise self._ended() from None

    def receive(self) -> tuple[str, bytes]:
        """The next frame: its letter and payload. Raises ProcessEnded, TimeIsUp."""
        poll = select.poll()
        poll.register(self._stdout, select.POLLIN)
        self._check_time()
        while (frame := self._next_frame()) is None:
            try:
                data = os.read(self._stdout, _PIPE_SIZE)
            except BlockingIOError:
                self._wait(poll)
                continue
            if not data:
                raise self._ended()
            self._received += data
        return frame

    def _next_frame(self) -> tuple[str, bytes] | None:
        buffer = self._received
        if len(buffer) < _HEADER.size:
            return None
        (length,) = _HEADER.unpack_from(buffer)
        if not 0 < length <= LARGEST_FRAME:
            raise ProcessEnded("malformed frame")
        end = _HEADER.size + length
        if len(buffer) < end:
            return None
        letter, payload = chr(buffer[_HEADER.size]), bytes(buffer[_HEADER.size + 1 : end])
        del buffer[:end]
        return letter, payload

    def _wait(self, poll: select.poll) -> None:
        """Wait a moment for the pipe, unless time is up."""
        before = time.monotonic()
        poll.poll(_TICK * 1000)
        self._waited += time.monotonic() - before
        self._check_time()

    def _check_time(self) -> None:
        if not self._is_counting:
            if self._waited > _START_SECONDS:
                raise ProcessEnded("did not start")
            return
        limit = self._limits.user_seconds
        used = self._cpu_time()
        # Without a clock of its own time, waiting for it is the best measure.
        allowed = limit * self._limits.wall_factor if used is not None else limit * 2
        if (used is not None and used - self._cpu_start > limit) or self._waited > allowed:
            raise TimeIsUp

    def _cpu_time(self) -> float | None:
        """Seconds that the process has computed, where the system tells of other processes."""
        if sys.platform != "linux":
            return None
        try:
            return time.clock_gettime((~self.pid << 3) | 2)  # clock_getcpuclockid(3)
        except OSError:
            return None

    def _limit_resources(self) -> None:
        """Bound what V8's heap limit does not: array buffers; and a process whose parent was killed."""
        if sys.platform != "linux":
            return
        with contextlib.suppress(OSError, ValueError):
            resource.prlimit(self.pid, resource.RLIMIT_CORE, (0, 0))
            cpu = int(self._cpu_start + self._limits.user_seconds) + _CPU_SECONDS_MORE
            resource.prlimit(self.pid, resource.RLIMIT_CPU, (cpu, cpu))
            used = self._data_size()
            if used is not None:
                data = used + self._limits.heap_megabytes * MEBIBYTE * 2
                resource.prlimit(self.pid, resource.RLIMIT_DATA, (data, data))

    def _data_size(self) -> int | None:
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmData:"):
                return int(line.split()[1]) * 1024
        return None

    def _ended(self) -> ProcessEnded:
        try:
            status = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        return ProcessEnded("ended", status=status, stderr=self._stderr())

    def _stderr(self) -> str:
        assert self._process.stderr is not None
        pipe = self._process.stderr.fileno()
        os.set_blocking(pipe, False)
        with contextlib.suppress(BlockingIOError):
            return os.read(pipe, _STDERR_BYTES).decode("utf-8", "replace")
        return ""

    def kill(self) -> None:
        """End the process now; may be called from another thread, and twice."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGKILL)

    def close(self) -> None:
        """End the process and give back its pipes."""
        self.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
