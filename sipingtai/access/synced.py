"""Names that outlive a power cut (落盘): syncing a file keeps its content, syncing its folder keeps its name."""

import os
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """See the names in a folder safely on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
