"""Load from processes of its own (压测): each keeps one connection, does one batch at a time, and all begin together.

The measured server must not wait for a busy caller: a call is written as bytes beforehand and its answer read without
parsing more than it takes to find its end.
"""

import json
import multiprocessing
import socket
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnContext, SpawnProcess
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from attrs import frozen

Job = TypeVar("Job")
Found = TypeVar("Found")
READY_SECONDS = 30
_SPAWN: SpawnContext = multiprocessing.get_context("spawn")  # inherits neither connections nor locks


@frozen
class Answer:
    """A status and a body as they came."""

    status: int
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Caller:
    """One kept connection to the web server of this machine."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.passed = 0  # bytes, both ways

    def call(self, request: bytes) -> Answer:
        """Send one prepared request and wait for the whole answer. Raises ConnectionError when the server hangs up."""
        self._socket.sendall(request)
        found = b""
        while (end := found.find(b"\r\n\r\n")) < 0:
            found += self._more()
        head = found[:end].lower()
        length = int(head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0] or 0)
        while len(found) < end + 4 + length:
            found += self._more()
        self.passed += len(request) + len(found)
        return Answer(int(head[9:12]), found[end + 4 :])

    def _more(self) -> bytes:
        found = self._socket.recv(65536)
        if not found:
            raise ConnectionError("the server closed the connection")
        return found


def calling(port: int) -> Callable[[Sequence[bytes]], list[tuple[int, float]]]:
    """Open one connection; returns what sends a batch and tells status and seconds of each."""
    caller = Caller(port)

    def call(batch: Sequence[bytes]) -> list[tuple[int, float]]:
        found = []
        for one in batch:
            begun = time.perf_counter()
            status = caller.call(one).status
            found.append((status, time.perf_counter() - begun))
        return found

    return call


def request(method: str, path: str, token: str, body: Any = None, *, key: str = "") -> bytes:
    """One call of the program face as bytes; `key` is its Idempotency-Key."""
    content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
    head = [f"{method} /api/v1{path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {token}"]
    if content:
        head.append("Content-Type: application/json")
    if content or method == "POST":
        head.append(f"Content-Length: {len(content)}")
    if key:
        head.append(f"Idempotency-Key: {key}")
    return "\r\n".join([*head, "", ""]).encode() + content


@frozen
class Done(Generic[Found]):
    """One batch of all processes."""

    seconds: float  # from the first that began to the last that ended
    found: list[Found]  # what each process answered


class Crew(Generic[Job, Found]):
    """Processes that wait for jobs. `open_up(*arguments)` runs once in each and returns what does a job.

    with Crew(calling, (port,), count=4) as crew:
        done = crew.do([[request, …], …])  # one job a process
    """

    def __init__(self, open_up: Callable[..., Callable[[Job], Found]], arguments: tuple[Any, ...], count: int) -> None:
        self._pipes: list[Connection] = []
        self._processes: list[SpawnProcess] = []
        for _ in range(count):
            ours, theirs = _SPAWN.Pipe()
            process = _SPAWN.Process(target=_work, args=(theirs, open_up, arguments), daemon=True)
            process.start()
            theirs.close()
            self._pipes.append(ours)
            self._processes.append(process)

    def __enter__(self) -> Self:
        for pipe in self._pipes:
            if not pipe.poll(READY_SECONDS):
                raise TimeoutError("a load process did not start")
            pipe.recv()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for process in self._processes:
            process.terminate()
            process.join()

    @property
    def count(self) -> int:
        return len(self._processes)

    @property
    def pids(self) -> list[int]:
        return [process.pid or 0 for process in self._processes]

    def do(self, jobs: Sequence[Job]) -> Done[Found]:
        """Have each process do its job, all at once. Raises what one of them raised."""
        for pipe, job in zip(self._pipes, jobs, strict=True):
            pipe.send(job)
        for pipe in self._pipes:
            pipe.recv()  # has it in hand
        for pipe in self._pipes:
            pipe.send(None)
        told = [pipe.recv() for pipe in self._pipes]
        for _, _, _, error in told:
            if error is not None:
                raise error
        return Done(max(t[1] for t in told) - min(t[0] for t in told), [t[2] for t in told])


def _work(pipe: Connection, open_up: Callable[..., Callable[[Any], Any]], arguments: tuple[Any, ...]) -> None:
    work = open_up(*arguments)
    pipe.send(None)
    while True:
        job = pipe.recv()
        pipe.send(None)
        pipe.recv()
        begun, found, error = time.monotonic(), None, None  # one clock for all processes of a machine
        try:
            found = work(job)
        except Exception as raised:
            error = raised
        pipe.send((begun, time.monotonic(), found, error))


def shares(whole: Sequence[Job], count: int) -> list[Sequence[Job]]:
    """The whole dealt out to so many processes, as evenly as it goes."""
    return [whole[start::count] for start in range(count)]
