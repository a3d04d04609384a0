import os
from pathlib import Path

import pytest
from scrapy.utils.test import get_crawler

from crawler.extensions.memory import CurrentMemory


def test_the_present_size_is_told_and_not_the_peak_of_whoever_started_the_crawl() -> None:
    crawler = get_crawler(settings_dict={"MEMUSAGE_ENABLED": True, "MEMUSAGE_LIMIT_MB": 700})
    guard = CurrentMemory(crawler)
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    assert guard.get_virtual_size() == pytest.approx(resident, rel=0.2)
