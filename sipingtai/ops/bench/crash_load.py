"""The people of the crash bench: one process each. They report, upload, move, and write down what was acknowledged.

They behave as a good client should: a report keeps its key until there is an answer; a move that got none is looked up
in the journal before it is made again, and says which version it saw. What they may meet is an acknowledgement, no
answer at all, a 503 that says when to come back, or, in a move, a conflict; anything else is a fault. What was
acknowledged goes into the ledger (账本) before the next step is taken, what else was met into the file beside it: one
JSON object a line.
"""

import http.client
import io
import json
import random
import sys
import time
import uuid
from email.message import Message
from pathlib import Path
from typing import Any

from attrs import define, frozen
from PIL import Image

API = "/api/v1"
TIMEOUT = 30  # seconds without an answer
PAUSE = 0.2  # before trying again; Retry-After asks for more, and a crowd does not listen
CATEGORY = "17002"
Json = dict[str, Any]


@frozen
class Answer:
    """What the server said; `text` where it was no JSON."""

    status: int
    body: Json
    text: str
    headers: Message


@define
class Person:
    """One load process: a reporter and the people who handle what was reported."""

    port: int
    tokens: dict[str, str]
    units: dict[str, int]  # where the moves send the matter
    cookie: str
    ledger: Path
    stop: Path  # when this file is there, the matter in hand is the last
    chance: random.Random

    def work(self) -> None:
        while not self.stop.exists():
            self._matter()
            self._desk()

    def _matter(self) -> None:
        files = [self._upload() for _ in range(self.chance.choice((0, 1, 1)))]
        number = self._report(files)
        version = self._move(number, "intake", "accept", 1, {})
        version = self._move(number, "dispatcher", "dispatch", version, {"to": self.units["dispatch"]})
        version = self._move(number, "platform", "forward", version, {"to": self.units["forward"]})
        version = self._move(number, "office", "sign", version, {})
        for _ in range(self.chance.randrange(4)):
            version = self._move(number, "office", "progress", version, {})

    def _report(self, files: list[str]) -> str:
        """Until it is acknowledged, always under the same key; now and then once more after that."""
        key, again = str(uuid.uuid4()), self.chance.random() < 0.2
        body = {"channel": "hotline", "text": f"会溪桥头的路灯不亮了。{key}", "category": CATEGORY, "files": files}
        numbers: list[str] = []
        while len(numbers) < 1 + again:
            found = self._ask("POST", "/cases", "intake", body, {"Idempotency-Key": key})
            if found is not None and found.status in (200, 201):
                numbers.append(found.body["number"])
                self._note("report", key=key, number=numbers[-1], files=len(files))
            elif found is not None:
                self._fault("report", found)
            else:
                time.sleep(PAUSE)
        return numbers[0]

    def _upload(self) -> str:
        picture = io.BytesIO()
        noise = Image.frombytes("RGB", (320, 240), self.chance.randbytes(320 * 240 * 3))
        noise.resize((960, 720)).save(picture, "JPEG", quality=90)
        edge = uuid.uuid4().hex
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="现场.jpg"\r\n\r\n'.encode()
        body = head + picture.getvalue() + f"\r\n--{edge}--\r\n".encode()
        while True:
            found = self._ask(
                "POST", "/files", "intake", body, {"Content-Type": f"multipart/form-data; boundary={edge}"}
            )
            if found is not None and found.status == 201:
                self._note("upload", id=found.body["id"])
                return str(found.body["id"])
            if found is not None:
                self._fault("upload", found)
            time.sleep(PAUSE)

    def _move(self, number: str, part: str, action: str, seen: int, body: Json) -> int:
        """Until it is acknowledged, or the journal shows it; returns the version after it."""
        mark = f"{action} {uuid.uuid4()}"
        while True:
            found = self._ask(
                "POST", f"/cases/{number}/{action}", part, body | {"seen": seen, "text": mark, "reason": mark}, {}
            )
            if found is not None and found.status == 200:
                self._note("move", number=number, action=action, mark=mark, acknowledged=True)
                return int(found.body["version"])
            if found is not None and found.status != 409:
                self._fault("move", found)
            if (version := self._made(number, part, mark, seen)) > seen:
                self._note("move", number=number, action=action, mark=mark, acknowledged=False)
                return version
            time.sleep(PAUSE)

    def _made(self, number: str, part: str, mark: str, seen: int) -> int:
        """The version after the move with this mark, or the one seen where it has not happened."""
        while True:
            found = self._ask("GET", f"/cases/{number}/journal?after={seen}", part, None, {})
            if found is not None and found.status == 200:
                steps = found.body["steps"]
                made = any(t["content"] == mark for step in steps for t in step["texts"].values())
                return int(steps[-1]["no"]) if made else seen
            if found is not None:
                self._fault("journal", found)
            time.sleep(PAUSE)

    def _desk(self) -> None:
        """Somebody signed in looks at the desk: the page, or the calm one that loads itself again."""
        found = self._call("GET", "/", None, {"Cookie": self.cookie})
        calm = found is not None and found.status == 503 and "系统正在恢复" in found.text and "refresh" in found.text
        if found is not None and found.status != 200 and not calm:
            self._fault("desk", found)

    def _ask(
        self, method: str, path: str, part: str, body: Json | bytes | None, headers: dict[str, str]
    ) -> Answer | None:
        """An answer to be judged; None where there was none, or a 503 as it should be."""
        sent = headers | {"Authorization": f"Bearer {self.tokens[part]}"}
        if isinstance(body, dict):
            body, sent["Content-Type"] = json.dumps(body).encode(), "application/json"
        found = self._call(method, API + path, body, sent)
        if found is None or found.status != 503:
            return found
        kind, detail = found.headers.get("Content-Type", ""), str(found.body.get("detail", ""))
        if kind != "application/problem+json" or not found.headers.get("Retry-After") or "稍后再试" not in detail:
            self._fault("503", found)
        self._tell("503")
        return None

    def _call(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer | None:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        try:
            line.request(method, path, body, headers)
            response = line.getresponse()
            text = response.read().decode()
            found = json.loads(text) if "json" in response.headers.get("Content-Type", "") else {}
            return Answer(response.status, found, text, response.headers)
        except TimeoutError:
            self._tell("timeout", path=path.partition("?")[0])
            return None
        except (OSError, http.client.HTTPException):
            return None
        finally:
            line.close()

    def _fault(self, where: str, found: Answer) -> None:
        self._tell("fault", where=where, status=found.status, told=found.text[:300])

    def _note(self, what: str, **more: Any) -> None:
        _write(self.ledger, {"what": what, **more})

    def _tell(self, what: str, **more: Any) -> None:
        _write(beside(self.ledger), {"what": what, **more})


def beside(ledger: Path) -> Path:
    """Where whatever was no acknowledgement is written down."""
    return ledger.with_suffix(".met")


def _write(path: Path, note: Json) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(note, ensure_ascii=False) + "\n")


def main() -> None:
    """`python -m sipingtai.ops.bench.crash_load` with what it needs as JSON on standard input."""
    told = json.load(sys.stdin)
    Person(
        port=told["port"],
        tokens=told["tokens"],
        units=told["units"],
        cookie=told["cookie"],
        ledger=Path(told["ledger"]),
        stop=Path(told["stop"]),
        chance=random.Random(told["seed"]),  # noqa: S311
    ).work()


if __name__ == "__main__":
    main()
