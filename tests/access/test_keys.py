"""Keys in files: private, rotated, and made once however many processes start at the same time."""

import subprocess
import sys
from pathlib import Path

import pytest

from sipingtai.access.keys import NAMES, FileKeys, KeyTrouble


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


def test_keys_are_made_private_on_first_use(folder: Path) -> None:
    FileKeys(folder).ensure()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert sorted(path.name for path in folder.iterdir()) == sorted(f"{name}-000001.key" for name in NAMES)
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_a_key_is_the_same_for_every_reader_and_differs_by_name(folder: Path) -> None:
    first = FileKeys(folder)
    assert first.current("vault") == FileKeys(folder).current("vault")
    assert len({first.current(name).secret for name in NAMES}) == len(NAMES)


def test_a_rotated_key_is_current_and_the_old_one_still_reads(folder: Path) -> None:
    keys, other_process = FileKeys(folder), FileKeys(folder)
    old = keys.current("journal")
    assert other_process.current("journal") == old
    new = keys.rotate("journal")
    assert (old.id, new.id) == (1, 2)
    assert old.secret != new.secret
    assert keys.get("journal", 1) == old
    assert keys.every("journal") == (new, old)
    assert other_process.get("journal", 2) == new
    assert keys.current("vault").id == 1


def test_a_lost_key_is_named(folder: Path) -> None:
    with pytest.raises(KeyTrouble, match="找不到密钥 vault-000009，请从备份恢复"):
        FileKeys(folder).get("vault", 9)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_loosened_file_is_refused_with_what_to_do(folder: Path, mode: int) -> None:
    FileKeys(folder).ensure()
    path = folder / "vault-000001.key"
    path.chmod(mode)
    with pytest.raises(KeyTrouble, match=rf"权限为 {mode:o}.*chmod 600"):
        FileKeys(folder).current("vault")


def test_a_loosened_folder_is_refused_even_while_running(folder: Path) -> None:
    keys = FileKeys(folder)
    keys.ensure()
    folder.chmod(0o755)
    with pytest.raises(KeyTrouble, match="chmod 700"):
        keys.current("vault")


@pytest.mark.parametrize("content", ["", "zz", "00" * 31, "00" * 33])
def test_a_damaged_key_is_refused_and_not_replaced(folder: Path, content: str) -> None:
    FileKeys(folder).ensure()
    path = folder / "vault-000001.key"
    path.write_text(content)
    with pytest.raises(KeyTrouble, match="已损坏"):
        FileKeys(folder).current("vault")
    assert path.read_text() == content


def test_a_link_to_elsewhere_is_no_key(folder: Path, tmp_path: Path) -> None:
    FileKeys(folder).ensure()
    path = folder / "vault-000001.key"
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(KeyTrouble, match="无法读取密钥文件"):
        FileKeys(folder).current("vault")


def test_secrets_do_not_appear_in_messages(folder: Path) -> None:
    key = FileKeys(folder).current("vault")
    assert key.secret.hex() not in repr(key)
    assert repr(key.secret) not in repr(key)


def test_processes_that_start_together_agree_on_one_key(folder: Path) -> None:
    code = (
        "import sys, pathlib\nfrom sipingtai.access.keys import FileKeys\nsys.stdin.readline()\n"
        "print(FileKeys(pathlib.Path(sys.argv[1])).current('journal').secret.hex())"
    )
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("\n")
        racer.stdin.flush()
    answers = {racer.communicate(timeout=60)[0] for racer in racers}
    assert len(answers) == 1
    assert [path.name for path in folder.iterdir()] == ["journal-000001.key"]
