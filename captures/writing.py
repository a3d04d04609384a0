"""Puts a file into the store whole or not at all."""

import errno
import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path

from captures.errors import DiskFull

FOLDER_MODE = 0o700
FILE_MODE = 0o400
# What a full disk, a full quota and a size limit raise.
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def make_folders(*folders: Path) -> None:
    """Make the folders, outermost first, private to the user."""
    for folder in folders:
        if not folder.exists():
            folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            folder.chmod(FOLDER_MODE)
            sync_folder(folder.parent)


def write_whole(path: Path, content: bytes, mode: int = FILE_MODE) -> None:
    """Put the file there whole or not at all: part file, fsync, rename, fsync of the folder.

    Raises DiskFull when there is no room; nothing half-written can be read then.
    """
    # A random name keeps two writers of one file apart; O_EXCL refuses a planted link.
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        part.rename(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        if error.errno in NO_ROOM:
            raise DiskFull(path, len(content), shutil.disk_usage(path.parent).free, os.strerror(error.errno)) from error
        # Many calls of the system say what failed and not where.
        raise OSError(error.errno, error.strerror, str(path)) from error
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the folder's entries durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(folder)) from error
    finally:
        os.close(handle)
