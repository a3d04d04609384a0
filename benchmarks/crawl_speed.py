"""Pages per CPU second of a whole crawl (fetch, parse, check, match, store) beside bare Scrapy on the same server.

python -m benchmarks.crawl_speed [--pages 3000] [--answers 1500] [--marks 1000]

Both sides are processes of their own; the CPU seconds of all processes that a side needs count, the server's do not.
Ours runs with the shipped settings but for the host's delay (it is opened with --allow-host) and the page budget; bare
Scrapy with its own defaults and without parsing.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from records.watchlist import Mark
from storage.database import open_database, upgrade
from storage.listings import count_listings
from storage.runs import load_run, open_run
from storage.watchlist import save_marks

PROJECT = Path(__file__).resolve().parents[1]
PAGE_BYTES = 56 * 1024
PER_ANSWER = 40
SYLLABLES = (
    "ha",
    "na",
    "mo",
    "ri",
    "ta",
    "ku",
    "mi",
    "so",
    "ra",
    "no",
    "ki",
    "yu",
    "sa",
    "da",
    "ten",
    "bo",
    "lu",
    "vi",
    "xe",
)
WORDS = (
    "kem",
    "dưỡng",
    "ẩm",
    "chống",
    "nắng",
    "sữa",
    "rửa",
    "mặt",
    "nước",
    "hoa",
    "đèn",
    "bàn",
    "nồi",
    "máy",
    "áo",
    "giày",
)
BARE = """
import sys
import scrapy
from scrapy.crawler import AsyncCrawlerProcess

class Bare(scrapy.Spider):
    name = "bare"
    async def start(self):
        with open(sys.argv[1]) as addresses:
            for line in addresses:
                yield scrapy.Request(line.strip(), callback=self.parse)
    def parse(self, response):
        assert response.status == 200

process = AsyncCrawlerProcess({"LOG_LEVEL": "WARNING"})
process.crawl(Bare)
process.start()
"""


def word(chance: random.Random) -> str:
    """Return an invented name."""
    return "".join(chance.choice(SYLLABLES) for _ in range(chance.randint(2, 4)))


def product_page(number: int) -> bytes:
    """Return a product page of PAGE_BYTES with product data, a menu, a description and other goods."""
    chance = random.Random(number)
    title = f"{' '.join(chance.sample(WORDS, 4))} {word(chance)} {number}".capitalize()
    price = chance.randint(20, 900) * 1_000
    data = {
        "@context": "https://schema.org", "@type": "Product", "name": title, "sku": f"SP{number:06d}",
        "brand": {"@type": "Brand", "name": word(chance).capitalize()}, "image": [f"/i/{number}.jpg"],
        "description": " ".join(chance.choices(WORDS, k=60)),
        "offers": {"@type": "Offer", "price": str(price), "priceCurrency": "VND",
                   "availability": "https://schema.org/InStock"},
    }  # fmt: skip
    menu = "".join(f'<li class="menu-item"><a href="/p/{n}" class="menu-link">{chance.choice(WORDS)} {n}</a></li>'
                   for n in range(120))  # fmt: skip
    body = (
        f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{title}</title>'
        f'<link rel="canonical" href="/p/{number}"><script type="application/ld+json">{json.dumps(data)}</script>'
        f'</head><body><nav><ul>{menu}</ul></nav><main><h1 class="product-title">{title}</h1>'
        f'<div class="price-box"><span class="price">{price:,} ₫</span></div><p>Mã sản phẩm: SP{number:06d}</p>'
        f'<button class="add-to-cart">Thêm vào giỏ hàng</button><div class="description">'
    )
    parts = [body]
    size = len(body.encode())
    while size < PAGE_BYTES - 400:
        part = f'<p class="text">{" ".join(chance.choices(WORDS, k=40))}</p>'
        parts.append(part)
        size += len(part.encode())
    parts.append("</div></main><footer><p>Cửa hàng mẫu</p></footer></body></html>")
    return "".join(parts).encode()


def answer(page: int, pages: int) -> bytes:
    """Return a JSON answer with PER_ANSWER listings in Tiki's format."""
    chance = random.Random(page)
    items = []
    for index in range(PER_ANSWER):
        number = page * PER_ANSWER + index
        items.append({
            "id": 900_000 + number, "seller_product_id": 800_000 + number, "sku": f"SKU{number}",
            "name": f"{' '.join(chance.sample(WORDS, 5))} {word(chance)} {number}",
            "url_path": f"san-pham-{number}-p{900_000 + number}.html?spid={800_000 + number}",
            "price": chance.randint(20, 900) * 1_000, "original_price": 950_000, "seller_id": chance.randint(1, 500),
            "seller_name": f"Cửa hàng {chance.randint(1, 500)}", "thumbnail_url": f"https://images.example/{number}.jpg",
            "brand_name": word(chance), "rating_average": 4.5, "review_count": 10,
        })  # fmt: skip
    paging = {"total": pages * PER_ANSWER, "per_page": PER_ANSWER, "current_page": page, "last_page": pages}
    return json.dumps({"data": items, "paging": paging}).encode()


def serve(pipe: Connection, pages: int, answers: int) -> None:
    """Answer on a free loopback port until the process is ended; bodies are made once."""
    bodies: dict[bytes, bytes] = {b"/robots.txt": b"User-agent: *\nDisallow: /private\n"}
    kinds = {b"/p/": b"text/html; charset=utf-8", b"/j/": b"application/json"}
    made = [product_page(number) for number in range(min(pages, 500))]
    for number in range(answers):
        bodies[b"/j/%d" % number] = answer(number, answers)

    def body_of(path: bytes) -> bytes:
        if path.startswith(b"/p/"):
            number = int(path[3:])
            # Five hundred pages are made; the others differ from them in number and name.
            return made[number % len(made)].replace(b"SP%06d" % (number % len(made)), b"SP%06d" % number).replace(
                b'href="/p/%d"' % (number % len(made)), b'href="/p/%d"' % number
            )  # fmt: skip
        return bodies.get(path, b"")

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                path = head.split(b" ", 2)[1]
                body = body_of(path)
                kind = kinds.get(path[:3], b"text/plain" if path == b"/robots.txt" else b"application/xml")
                closing_head = b"Connection: close\r\n" if b"onnection: close" in head else b""
                status = b"200 OK" if body or path == b"/robots.txt" else b"404 Not Found"
                writer.write(b"HTTP/1.1 %s\r\nContent-Type: %s\r\n%sContent-Length: %d\r\n\r\n%s"
                             % (status, kind, closing_head, len(body), body))  # fmt: skip
                await writer.drain()
                if closing_head:
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    async def run() -> None:
        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        locations = "".join(f"<url><loc>http://127.0.0.1:{port}/p/{number}</loc></url>" for number in range(pages))
        bodies[b"/sitemap.xml"] = f"<urlset>{locations}</urlset>".encode()
        pipe.send(port)
        await server.serve_forever()

    asyncio.run(run())


@contextmanager
def local_server(pages: int, answers: int) -> Iterator[int]:
    """Give the port of a server in a process of its own."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs, pages, answers), daemon=True)
    process.start()
    try:
        yield int(ours.recv())
    finally:
        process.terminate()
        process.join()


@dataclass(frozen=True, slots=True)
class Took:
    """What one side needed."""

    pages: int
    cpu_seconds: float
    peak_mb: float
    """Largest resident size of the side's own process."""

    @property
    def pages_per_cpu_second(self) -> float:
        """The figure that is compared."""
        return self.pages / self.cpu_seconds


def timed(command: list[str], pages: int, watch: Callable[[int], float] | None = None) -> Took:
    """Run a side to its end; CPU seconds are its own and those of every process that it waited for."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, cwd=PROJECT, env=_environment(), stdout=log, stderr=log)
        peak = 0.0
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            peak = max(peak, watch(process.pid) if watch else 0.0)
            time.sleep(0.2)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in {0, 3}:
            log.seek(0)
            raise RuntimeError(log.read().decode("utf-8", "replace")[-3_000:])
    return Took(pages, usage.ru_utime + usage.ru_stime, peak)


def _environment() -> dict[str, str]:
    """Return the environment of both sides: compiled modules are kept, as every installation keeps them."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir(), "markwatch-benchmark-modules"))}


def warm_up() -> None:
    """Import what both sides import once, so that neither pays for compiling it."""
    for module in ("scrapy.crawler, scrapy.core.downloader.handlers.http11", "crawler.process, crawler.egress",
                   "crawler.pipelines, crawler.frontier, crawler.extensions.page_memory"):  # fmt: skip
        subprocess.run([sys.executable, "-c", f"import {module}"], cwd=PROJECT, env=_environment(), check=True)


def peak_mb(pid: int) -> float:
    """Return the largest resident size that a process had so far, in MB."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1_024 for line in lines if line.startswith("VmHWM")), 0.0)


def bare(addresses: list[str]) -> Took:
    """Fetch the addresses by bare Scrapy."""
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder, "addresses")
        listed.write_text("\n".join(addresses), encoding="utf-8")
        return timed([sys.executable, "-c", BARE, str(listed)], len(addresses))


def ours(market: str, arguments: dict[str, str], pages: int, marks: int) -> Took:
    """Crawl the same pages by the crawl's own process into a new database with that many marks."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/markwatch.db"
        upgrade(url)
        chance = random.Random(7)
        names = {word(chance) + word(chance) for _ in range(marks * 2)}
        with closing(open_database(url)) as database, database.write() as session:
            save_marks(session, [Mark(mark_id=name, text=name.capitalize()) for name in sorted(names)[:marks]])
            run = open_run(session, market, arguments, datetime.now(UTC), "benchmark")
        command = [sys.executable, "-m", "crawler.process", market, "--run-id", run.run_id, "--db", url]
        for name, value in arguments.items():
            command += ["-a", f"{name}={value}"]
        command += ["-s", "BUDGET_PAGES=1000000", "--captures", f"{folder}/captures"]
        took = timed(command, pages, peak_mb)
        with closing(open_database(url)) as database, database.read() as session:
            ended, stored = load_run(session, run.run_id), count_listings(session)
        if ended.counts.get("pages", 0) < pages or not stored:
            raise RuntimeError(f"{market}: {ended.outcome} {dict(ended.counts)} {ended.failed_bounds}, {stored} stored")
        return took


def main(arguments: list[str] | None = None) -> None:
    """Print the table and, last, one line of JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crawl_speed", description=__doc__)
    parser.add_argument("--pages", type=int, default=3_000, help="product pages of 56 KB")
    parser.add_argument("--answers", type=int, default=1_500, help="JSON answers of 40 listings")
    parser.add_argument("--marks", type=int, default=1_000, help="marks of the watch list")
    options = parser.parse_args(arguments)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warm_up()
    with local_server(options.pages, options.answers) as port:
        host = f"http://127.0.0.1:{port}"
        opened = {"allow_host": f"127.0.0.1:{port}", "max_pages": "100000"}
        html = ours("shop", {"url": f"{host}/sitemap.xml", **opened}, options.pages, options.marks)
        html_bare = bare([f"{host}/p/{number}" for number in range(options.pages)])
        urls = [f"{host}/j/{number}" for number in range(options.answers)]
        listed = "|".join(urls)
        tiki = {"url": listed, "allow_host": opened["allow_host"], "max_pages": "1"}
        answers = ours("tiki_vn", tiki, options.answers, options.marks)
        answers_bare = bare(urls)
    print(f"{'':<34}{'pages per CPU second':>22}{'ratio':>8}")
    for name, mine, theirs in (("product pages", html, html_bare), ("JSON answers", answers, answers_bare)):
        print(f"{name + ', bare Scrapy':<34}{theirs.pages_per_cpu_second:>22.0f}{'':>8}")
        ratio = mine.pages_per_cpu_second / theirs.pages_per_cpu_second
        print(f"{name + ', whole crawl':<34}{mine.pages_per_cpu_second:>22.0f}{ratio:>8.2f}")
    figures = {
        "html_ratio": round(html.pages_per_cpu_second / html_bare.pages_per_cpu_second, 3),
        "json_ratio": round(answers.pages_per_cpu_second / answers_bare.pages_per_cpu_second, 3),
        "memory_mb": round(max(html.peak_mb, answers.peak_mb), 1),
        "html_memory_mb": round(html.peak_mb, 1), "json_memory_mb": round(answers.peak_mb, 1),
        "pages": options.pages, "answers": options.answers, "marks": options.marks,
        "html_pages_per_cpu_second": round(html.pages_per_cpu_second, 1),
        "json_pages_per_cpu_second": round(answers.pages_per_cpu_second, 1),
    }  # fmt: skip
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
