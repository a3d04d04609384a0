"""The markets that exist: every spider in spiders/markets, found by its file."""

import importlib
import pkgutil
from functools import cache

import spiders.markets
from spiders.base import MarketSpider


@cache
def load_markets() -> dict[str, type[MarketSpider]]:
    """Return every market's spider by its name, in alphabetical order.

    A file without exactly one spider, or with one of another name, is a mistake in the file and raises TypeError.
    """
    found: dict[str, type[MarketSpider]] = {}
    for module_info in sorted(pkgutil.iter_modules(spiders.markets.__path__), key=lambda info: info.name):
        module = importlib.import_module(f"spiders.markets.{module_info.name}")
        classes = [
            value
            for value in vars(module).values()
            if isinstance(value, type) and issubclass(value, MarketSpider) and value.__module__ == module.__name__
        ]
        if [market.name for market in classes] != [module_info.name]:
            names = [market.name for market in classes]
            raise TypeError(f"{module.__name__}: holds the spiders {names}, expected one named {module_info.name!r}")
        found[module_info.name] = classes[0]
    return found
