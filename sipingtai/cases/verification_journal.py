"""Whether a journal is what was once sealed: numbers, links, digests of texts and files, the fold of its changes."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from attrs import Factory, frozen

from sipingtai.access import seal
from sipingtai.access.file_store import FileStore
from sipingtai.access.keys import KeyProvider, KeyTrouble
from sipingtai.cases import encode
from sipingtai.cases.journal import JOURNAL, file_digest, sealed_form
from sipingtai.cases.verification_rows import Json, Stored, StoredFile, StoredStep, StoredText
from sipingtai.core.actions import Action
from sipingtai.core.posts import ActorKind

Found = Iterator[tuple[int | None, str]]  # step number, or None for the whole case; and what is wrong


@frozen
class Keyring:
    """The journal's keys, each fetched once."""

    provider: KeyProvider
    known: dict[int, bytes | None] = Factory(dict)

    def secret(self, key_id: int) -> bytes | None:
        """None where the key cannot be had."""
        if key_id not in self.known:
            try:
                self.known[key_id] = self.provider.get(JOURNAL, key_id).secret
            except KeyTrouble:
                self.known[key_id] = None
        return self.known[key_id]


def check_chain(steps: Sequence[StoredStep], case: int, count: int, keys: Keyring) -> Found:
    """Numbers without gaps up to the row's count, and every link as its step and the link before it make it."""
    numbers = [s.no for s in steps]
    if numbers != list(range(1, len(steps) + 1)):
        yield None, f"步骤编号不连续：{_shown(numbers)}，有步骤被删除或添加"
    if not steps:
        yield None, "没有任何步骤，日志已丢失"
    elif steps[-1].no != count:
        yield None, f"事件记为 {count} 步，日志到第 {steps[-1].no} 步为止，末尾有步骤被删除或添加"
    previous = seal.GENESIS
    for step in steps:
        secret = keys.secret(step.key_id)
        if secret is None:
            yield step.no, f"缺少封存这一步的日志密钥 journal-{step.key_id:06d}，请从备份恢复"
        elif seal.link(secret, previous, sealed_form(case, step, step.sealed)) != step.link:
            yield step.no, "封存值不符，这一步或它前面的步骤被改动"
        previous = step.link if len(step.link) == len(seal.GENESIS) else seal.GENESIS


def _shown(numbers: Sequence[int]) -> str:
    return "、".join(map(str, numbers[:12])) + ("……" if len(numbers) > 12 else "")


def fold(steps: Sequence[StoredStep]) -> dict[str, Any]:
    """What the changes of all steps add up to (I6); nothing where they were tampered with so that they do not."""
    state: dict[str, Any] = {}
    try:
        for step in steps:
            encode.fold(state, _object(step.body, "changes"))
    except (LookupError, TypeError):
        return {}
    return encode.sparse(state)


def check_contents(stored: Stored, files: FileStore) -> Found:
    """Every text and file that the journal speaks of is there and is the same, or was erased by law and says so."""
    erased = erased_steps(stored.steps)
    texts: defaultdict[int, list[StoredText]] = defaultdict(list)
    for text in stored.texts:
        texts[text.no].append(text)
    shown: defaultdict[int, list[StoredFile]] = defaultdict(list)
    for file in stored.files:
        shown[file.no].append(file)
    for step in stored.steps:
        no, body = step.no, step.body
        if no in texts or "texts" in body:
            for what in _check_texts(_object(body, "texts"), texts.pop(no, ()), no in erased):
                yield no, what
        if no in shown or "files" in body:
            for what in _check_files(_list(body, "files"), shown.pop(no, ()), no in erased, files):
                yield no, what
    for no in sorted({*texts, *shown}):
        yield no, "有文字或附件不属于任何步骤"


# A body that was tampered with may hold anything: what is not what it should be counts as not there.


def _object(body: Json, name: str) -> Json:
    found = body.get(name)
    return found if isinstance(found, dict) else {}


def _list(body: Json, name: str) -> list[Any]:
    found = body.get(name)
    return found if isinstance(found, list) else []


def erased_steps(steps: Sequence[StoredStep]) -> frozenset[int]:
    """The steps whose texts and files were erased by law, as later steps of the system say."""
    return frozenset(
        no
        for step in steps
        if step.action == Action.ANNOTATE.value and step.actor_kind == ActorKind.SYSTEM.value
        for no in _list(_object(step.body, "asked"), "members")
        if isinstance(no, int)
    )


def _check_texts(digests: Json, texts: Sequence[StoredText], erased: bool) -> Iterator[str]:
    left = dict(digests)
    for text in texts:
        digest = left.pop(text.name, None)
        if digest is None:
            yield f"多出一段文字（{text.name}），日志中没有"
        elif text.content is None and text.salt is None:
            if not erased:
                yield f"文字（{text.name}）被清空，日志中没有依法删除的记录"
        elif text.content is None or text.salt is None or len(text.salt) != seal.SALT_BYTES:
            yield f"文字（{text.name}）或其随机数缺失"
        elif seal.salted_digest(text.content, text.salt).hex() != digest:
            yield f"文字（{text.name}）被改动，与日志中的摘要不符"
    for name in left:
        yield f"文字（{name}）丢失"


def _check_files(digests: list[Any], found: Sequence[StoredFile], erased: bool, files: FileStore) -> Iterator[str]:
    left = list(digests)
    gone = 0
    for file in found:
        if not file.digest and file.salt is None:
            gone += 1
            if not erased:
                yield "附件被清空，日志中没有依法删除的记录"
        elif file.salt is None or len(file.salt) != seal.SALT_BYTES:
            yield "附件的随机数缺失"
        elif (digest := file_digest(file.digest, file.size, file.mime, file.name, salt=file.salt)) not in left:
            yield "附件被替换或多出，与日志中的摘要不符"
        else:
            left.remove(digest)
            yield from _check_stored(file.digest, files)
    if len(left) != gone:
        yield f"附件数目不符：日志中有 {len(digests)} 个，现有 {len(found)} 个"


def _sha256(content: BinaryIO) -> str:
    found = hashlib.sha256()
    while block := content.read(1 << 20):
        found.update(block)
    return found.hexdigest()


def _check_stored(digest: str, files: FileStore) -> Iterator[str]:
    try:
        with files.open(digest) as content:
            same = _sha256(content) == digest
    except (OSError, ValueError):
        yield f"附件 {digest[:12]} 的文件丢失或无法读取"
        return
    if not same:
        yield f"附件 {digest[:12]} 的文件内容被改动"
