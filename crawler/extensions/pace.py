"""How fast each host is asked: never faster than the floor, the site's own crawl delay or what its answers suggest."""

from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response

from crawler.egress import place_of
from crawler.middlewares.run_state import state_of
from crawler.middlewares.scope import opened_places


class Pace(AutoThrottle):
    """AutoThrottle with a floor per host. A host opened for the run has the floor 0; a crawl delay raises any."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.default_floor = crawler.settings.getfloat("DOWNLOAD_DELAY")
        self.floors: dict[str, float] = {}
        self.opened: set[str] = set()
        crawler.signals.connect(self._open_floors, signal=signals.spider_opened)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for the crawl."""
        return cls(crawler)

    def keep(self, host: str, seconds: float) -> None:
        """Leave at least that long between two requests to the host, from now on."""
        self._set(host, max(self.floors.get(host, self.default_floor), seconds))
        state_of(self.crawler).pause_host(host, seconds)

    def _open_floors(self, spider: Spider) -> None:
        for place in opened_places(spider):
            host = place_of(place, 80)[0]
            self.opened.add(host)
            self._set(host, 0.0)

    def _set(self, host: str, floor: float) -> None:
        self.floors[host] = floor
        downloader = self.crawler.engine.downloader
        settings: dict[str, Any] = {"concurrency": 1, "delay": floor, "jitter": 0.0}
        # New slots read this table; a slot that is there already is set by hand.
        downloader.per_slot_settings[host] = settings
        if host in downloader.slots:
            downloader.slots[host].delay = floor

    def _response_downloaded(self, response: Response, request: Request, spider: Spider) -> None:
        host = str(request.meta.get("download_slot", ""))
        if host in self.opened:
            return
        super()._response_downloaded(response, request, spider)
        slot = self.crawler.engine.downloader.slots.get(host)
        if slot is not None:
            slot.delay = max(slot.delay, self.floors.get(host, self.default_floor))
