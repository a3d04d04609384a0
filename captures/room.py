"""Room on the disk that captures lie on: below a floor nothing more is kept, so that the database keeps its own."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from captures.errors import NoRoom

# On a small disk a tenth of it is the floor.
FLOOR_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class FreeSpace:
    """Room on the disk of the store."""

    free_bytes: int
    total_bytes: int

    def floor(self, asked_bytes: int) -> int:
        """Return how much must stay free: what is asked for, but at most a tenth of the disk."""
        return min(asked_bytes, int(self.total_bytes * FLOOR_SHARE))

    def is_low(self, asked_bytes: int) -> bool:
        """Return whether less than the floor is free."""
        return self.free_bytes < self.floor(asked_bytes)


def free_space(folder: Path) -> FreeSpace:
    """Return the room on the disk that the folder lies on, or will lie on."""
    place = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    usage = shutil.disk_usage(place)
    return FreeSpace(usage.free, usage.total)


def require_room(folder: Path, needed_bytes: int, floor_bytes: int) -> None:
    """Raise NoRoom where keeping so many bytes would leave less free than the floor."""
    if not floor_bytes:
        return
    space = free_space(folder)
    floor = space.floor(floor_bytes)
    if space.free_bytes - needed_bytes < floor:
        raise NoRoom(
            f"free-space floor: {space.free_bytes // 2**20:,} MB are free for {folder},"
            f" {needed_bytes:,} bytes are needed, {floor // 2**20:,} MB must stay free"
        )
