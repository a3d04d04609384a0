"""Large and crowded pages are read in the parse worker before the spider sees them."""

from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.middlewares.run_state import IMAGE_MARK, ROBOTS_MARK
from crawler.parse_worker import ParseWorker, is_doubtful
from spiders.base import READING, MarketSpider
from spiders.errors import ReadingError


class DoubtfulPages:
    """Downloader middleware nearest to the engine: adds the reading, or the error it came to, to the response."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.worker = ParseWorker()
        crawler.signals.connect(self.worker.close, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for the crawl."""
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Return the response; what a doubtful page says is in its meta."""
        spider = self.crawler.spider
        if request.meta.keys() & {ROBOTS_MARK, IMAGE_MARK} or not isinstance(spider, MarketSpider):
            return response
        if not is_doubtful(response.body):
            return response
        self.crawler.stats.inc_value("doubtful_pages")
        try:
            answer = spider.answer_of(response.replace(request=request))
            request.meta[READING] = await self.worker.read(spider.name, answer)
        except ReadingError as error:
            request.meta[READING] = error
        return response
