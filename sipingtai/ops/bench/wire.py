"""A tap on the wire to the database (抓包计数): how many round trips, statements and bytes the web server needs.

It stands between both as a socket of its own and passes everything on as it comes. It takes time, so that nothing is
timed through it: it only counts. Understands just enough of PostgreSQL's protocol: a message is a letter and a length;
`Z` ends a round trip, `C` a statement.
"""

import shutil
import socket
import struct
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from attrs import evolve, frozen

_HEAD = struct.Struct("!cI")


@frozen(kw_only=True)
class Count:
    """What has gone over the wire."""

    round_trips: float = 0
    statements: float = 0  # BEGIN and COMMIT among them
    bytes: float = 0  # both ways

    def since(self, before: "Count") -> "Count":
        return Count(
            round_trips=self.round_trips - before.round_trips,
            statements=self.statements - before.statements,
            bytes=self.bytes - before.bytes,
        )


class Tap:
    """`with Tap(folder, target) as tap`: whoever connects to `folder` reaches the socket `target`, and is counted."""

    def __init__(self, folder: Path, target: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder, self._target = folder, str(target)
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(folder / target.name))
        self._listening.listen()
        self._lock = threading.Lock()
        self.count = Count()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._listening.close()
        shutil.rmtree(self._folder)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(self._target)
            threading.Thread(target=self._pass_on, args=(client, server, False), daemon=True).start()
            threading.Thread(target=self._pass_on, args=(server, client, True), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, answers: bool) -> None:
        rest = b""
        while received := _received(source):
            kinds: list[bytes] = []
            if answers:
                kinds, rest = _messages(rest + received)
            with self._lock:
                self.count = evolve(
                    self.count,
                    bytes=self.count.bytes + len(received),
                    round_trips=self.count.round_trips + kinds.count(b"Z"),
                    statements=self.count.statements + kinds.count(b"C"),
                )
            try:
                target.sendall(received)
            except OSError:
                break
        for end in (source, target):
            end.close()


def _received(source: socket.socket) -> bytes:
    try:
        return source.recv(65536)
    except OSError:
        return b""


def _messages(stream: bytes) -> tuple[list[bytes], bytes]:
    """The kinds of the whole messages at the beginning of the stream, and what is left of it."""
    kinds, at = [], 0
    while at + _HEAD.size <= len(stream):
        kind, length = _HEAD.unpack_from(stream, at)
        if at + 1 + length > len(stream):
            break
        kinds.append(kind)
        at += 1 + length
    return kinds, stream[at:]
