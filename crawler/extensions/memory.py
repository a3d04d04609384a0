"""Watches what the crawl's process holds in memory now."""

import os
from contextlib import suppress
from pathlib import Path

from scrapy.extensions.memusage import MemoryUsage

STATM = Path("/proc/self/statm")


class CurrentMemory(MemoryUsage):
    """Scrapy's memory guard, told the present size.

    Scrapy asks for the peak, which a child inherits from a large parent: the crawl would end before it began.
    """

    def get_virtual_size(self) -> int:
        """Return the resident bytes now; the peak where the system does not tell."""
        with suppress(OSError, ValueError, IndexError):
            return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        return int(super().get_virtual_size())
