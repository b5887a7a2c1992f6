"""A power cut, played: what was written and not yet brought to the disk is gone (`power_cut.c`)."""

import os
import random
import shutil
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_suffix(".c")
RECORD = struct.Struct("=qqq")
"""Size of the file, place, length: before a write."""


@dataclass(frozen=True, slots=True)
class Disk:
    """The files below a folder, for processes that are started with its environment."""

    root: Path
    undo: Path
    library: Path

    @classmethod
    def below(cls, root: Path, folder: Path) -> "Disk":
        """`folder`: for what is put aside. Raises OSError without a compiler, CalledProcessError."""
        compiler = shutil.which("cc") or shutil.which("gcc")
        if compiler is None:
            raise FileNotFoundError("a C compiler is needed to play a power cut")
        undo, library = folder / "undo", folder / "power_cut.so"
        undo.mkdir()
        undo.chmod(0o777)  # PostgreSQL runs as somebody else
        command = [compiler, "-O2", "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-ldl"]
        subprocess.run(command, check=True)  # noqa: S603 - our own source
        return cls(root, undo, library)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": str(self.library),
            "POWER_CUT_ROOT": f"{self.root}/",
            "POWER_CUT_UNDO": str(self.undo),
        }

    def lose(self, chance: random.Random) -> int:
        """What was not on the disk; how many writes. Of each file the first of them may have got there.

        All processes that write have to be dead.
        """
        files = {path.stat().st_ino: path for path in self.root.rglob("*") if path.is_file()}
        lost = 0
        for aside in self.undo.iterdir():
            path = files.get(int(aside.name))
            if path is not None:
                lost += _put_back(path, aside.read_bytes(), chance)
            aside.unlink()
        return lost


def _put_back(path: Path, kept: bytes, chance: random.Random) -> int:
    records, at = [], 0
    while at + RECORD.size <= len(kept):
        size, offset, length = RECORD.unpack_from(kept, at)
        at += RECORD.size + length
        # Of a record that was cut short the write has not begun.
        if at <= len(kept):
            records.append((size, offset, kept[at - length : at]))
    arrived = chance.randint(0, len(records))
    with path.open("r+b", buffering=0) as file:
        for size, offset, bytes_ in reversed(records[arrived:]):
            os.pwrite(file.fileno(), bytes_, offset)
            os.ftruncate(file.fileno(), size)
    return len(records) - arrived
