"""Scrapy settings of every crawl: polite, bounded, verified, and out through the egress guard only."""

import os
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from crawler import feeds
from crawler.middlewares.robots_rules import PRODUCT_TOKEN


def user_agent(contact: str) -> str:
    """Return who we say we are: product, version and where to write to."""
    try:
        number = version("markwatch")
    except PackageNotFoundError:
        number = "0"
    # A line break here would end the header and begin another.
    place = "".join(sign for sign in contact if sign.isprintable() and sign.isascii() and sign not in "()")
    return f"{PRODUCT_TOKEN}/{number} (+{place})" if place else f"{PRODUCT_TOKEN}/{number}"


BOT_NAME = "markwatch"
SPIDER_MODULES = ["spiders.markets"]
NEWSPIDER_MODULE = "spiders.markets"
USER_AGENT = user_agent(os.environ.get("MARKWATCH_CONTACT", ""))
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8",
    "Accept-Language": "vi,ja,en;q=0.8",
}

# What the crawl's process hands over; without a database and a run nothing is stored.
MARKWATCH_DB = os.environ.get("MARKWATCH_DB", "")
MARKWATCH_RUN_ID = os.environ.get("MARKWATCH_RUN_ID", "")
MARKWATCH_CAPTURES = os.environ.get("MARKWATCH_CAPTURES", "")

# Names of the ways into the market that an administrator's record opens; filled in from the database by the process.
MARKWATCH_OPEN_WAYS: list[str] = []

# The way out. EGRESS_PROXY empty: the crawl starts its own guard. http pages are downloaded too: shops still have them.
EGRESS_PROXY = ""
HTTPPROXY_ENABLED = False
DOWNLOAD_HANDLERS: dict[str, str | None] = {
    "http": "crawler.egress_download.GuardedDownloadHandler",
    "https": "crawler.egress_download.GuardedDownloadHandler",
    "file": None,
    "data": None,
    "ftp": None,
    "s3": None,
}
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_TLS_MIN_VERSION = "TLSv1.2"

# Sizes and times of one download. The time-out is total, so that a page that drips is cut too.
DOWNLOAD_MAXSIZE = 8 * 2**20
DOWNLOAD_WARNSIZE = 2 * 2**20
DOWNLOAD_TIMEOUT = 30
DOWNLOAD_FAIL_ON_DATALOSS = True
DNS_TIMEOUT = 10
REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = False
URLLENGTH_LIMIT = 2083
DEPTH_LIMIT = 20
# 429 and 503 are refusals: the politeness middleware waits as long as it is told.
RETRY_TIMES = 2
RETRY_HTTP_CODES = [500, 502, 504, 522, 524, 408]

# A loop in C: less processor time per page than asyncio's own.
ASYNCIO_EVENT_LOOP = "uvloop.Loop"

# The queue lies in the database too, so that a run outlives its process (crawler/frontier.py).
SCHEDULER = "crawler.frontier.Frontier"

# Budgets of a run; spent, the run ends and says which.
BUDGET_PAGES = 5_000
BUDGET_BYTES = 2 * 2**30
BUDGET_MINUTES = 240
# Requests to one market a day, over all its runs.
BUDGET_DAY_REQUESTS = 20_000

# Pictures of flagged listings.
THUMBNAILS_PER_RUN = 300
THUMBNAIL_MAXSIZE = 6 * 2**20

# Politeness: one request at a time per host, never less than the delay between two. No jitter: it would go below it.
CONCURRENT_REQUESTS = 16
# A page's listings go through the pipeline as a whole: more workers per answer would only be made and ended again.
CONCURRENT_ITEMS = 1
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 3
DOWNLOAD_DELAY_JITTER = 0.0
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 3
AUTOTHROTTLE_MAX_DELAY = 30
POLITENESS_BACKOFF_SECONDS = 60
POLITENESS_LONGEST_WAIT_SECONDS = 600
# How long a host rests that says inside its answer that it was asked too often: the longest that APIs' users report.
THROTTLED_REST_SECONDS = 180
ROBOTS_TIMEOUT_SECONDS = 15
# Hosts opened for a run belong to whoever opened them; tests say True here.
TURNS_AT_OPENED_HOSTS = False
# The built-in middleware allows everything where robots.txt cannot be read; ours forbids it.
ROBOTSTXT_OBEY = False

# Nothing identifies a visitor from page to page, and nothing listens or runs code from outside.
COOKIES_ENABLED = False
REFERRER_POLICY = "no-referrer"
REFERER_ENABLED = False
HTTPCACHE_ENABLED = False
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

MEMUSAGE_ENABLED = True
MEMUSAGE_LIMIT_MB = 700
MEMUSAGE_WARNING_MB = 500
MEMUSAGE_CHECK_INTERVAL_SECONDS = 5
HEARTBEAT_SECONDS = 10
DATABASE_PATIENCE_SECONDS = 600

# Small numbers are near the engine, large ones near the network.
DOWNLOADER_MIDDLEWARES: dict[str, int | None] = {
    "crawler.middlewares.failures.Failures": 20,
    "crawler.middlewares.doubtful.DoubtfulPages": 30,
    "crawler.middlewares.sites.OwnSites": 50,
    "crawler.middlewares.politeness.Politeness": 560,
    "crawler.middlewares.robots.RobotsTxt": 100,
    "crawler.middlewares.news.OnlyNews": 580,
    "crawler.middlewares.decoding.Decoding": 590,
    "crawler.middlewares.sites.OwnRedirects": 600,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
}
SPIDER_MIDDLEWARES: dict[str, int | None] = {
    # Nearest to the engine: counts answers that Scrapy's status filter keeps from the spider as well.
    "crawler.middlewares.reading.ReadingOutcomes": 40,
    "crawler.middlewares.reading.CountedDepth": 900,
    # Nearest to the spider: what it says of a page's listings stands in crawler/pipelines.py.
    "crawler.pipelines.PagePipeline": 950,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
}
EXTENSIONS: dict[str, int | None] = {
    "crawler.extensions.guard.EgressGuard": 10,
    "crawler.extensions.run_database.RunDatabase": 20,
    "crawler.extensions.cool_downs.CoolDowns": 25,
    "crawler.extensions.pace.Pace": 30,
    "crawler.extensions.turns.HostTurns": 35,
    "crawler.extensions.page_memory.PageMemory": 38,
    "crawler.extensions.thumbnails.Thumbnails": 39,
    "crawler.extensions.budgets.Budgets": 40,
    "crawler.extensions.memory.CurrentMemory": 45,
    "scrapy.extensions.memusage.MemoryUsage": None,
    "scrapy.extensions.throttle.AutoThrottle": None,
    "scrapy.extensions.telnet.TelnetConsole": None,
    "scrapy.extensions.remote_control.RemoteControl": None,
    "scrapy.extensions.memdebug.MemoryDebugger": None,
    "scrapy.extensions.spiderstate.SpiderState": None,
}

# The browser, for markets whose pages need one.
PLAYWRIGHT_BROWSER_TYPE = "chromium"
PLAYWRIGHT_MAX_CONTEXTS = 2
PLAYWRIGHT_MAX_PAGES_PER_CONTEXT = 1
PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT = 20_000
PLAYWRIGHT_RESTART_DISCONNECTED_BROWSER = True
# Each page gets a context of its own (crawler/browser_download.py); none is made beforehand.
PLAYWRIGHT_CONTEXTS: dict[str, dict[str, Any]] = {}
# A page's whole time in the browser; pages and megabytes after which the browser is started anew.
BROWSER_PAGE_SECONDS = 45
BROWSER_PAGES = 200
BROWSER_MEMORY_MB = 1_536

FEED_EXPORTERS = feeds.FEED_EXPORTERS
FEED_EXPORT_ENCODING = "utf-8"
FEED_STORAGES: dict[str, str | None] = {"ftp": None, "ftps": None, "gs": None, "s3": None}
LOG_LEVEL = "INFO"
