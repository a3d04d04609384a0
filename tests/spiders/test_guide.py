import re
import sys
import types
from collections.abc import Iterator

import pytest

from spiders.reading import Reading
from tests.realdata import PROJECT
from tests.spiders.answers import answer

GUIDE = PROJECT / "docs" / "add-a-marketplace.md"


@pytest.fixture(name="blocks")
def _blocks() -> Iterator[list[str]]:
    yield re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    sys.modules.pop("acme_vn", None)


def test_the_market_of_the_guide_works_and_its_tests_pass(blocks: list[str]) -> None:
    market, tests = blocks
    module = types.ModuleType("acme_vn")
    sys.modules["acme_vn"] = module
    exec(market, module.__dict__)  # noqa: S102 - the guide's own code

    def read(name: str, body: str) -> Reading:
        assert name == module.AcmeVNSpider.name
        reading: Reading = module.AcmeVNSpider.read(answer(body))
        return reading

    names: dict[str, object] = {"read": read}
    exec(tests, names)  # noqa: S102 - the guide's own code
    promises = [value for name, value in names.items() if name.startswith("test_")]
    assert len(promises) == 2
    for promise in promises:
        assert callable(promise)
        promise()


def test_the_guide_is_one_page() -> None:
    assert len(GUIDE.read_text(encoding="utf-8").splitlines()) <= 150
