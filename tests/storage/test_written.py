"""The quick way to canonical JSON gives the very text of the slow one, or says that it cannot."""

from storage.column_types import canonical, written

DOCUMENT = {"é": 1, "title": 'x"\\\n\t\x1f\x7f\u2028', "list": [None, True, -5, {"b": "2", "a": "😀"}], "Z": {}}


def test_both_ways_write_the_same_text() -> None:
    assert written(DOCUMENT) == canonical(DOCUMENT)
    for code in (*range(1, 0x300), 0x2028, 0xE000, 0xFFFF, 0x10000, 0x10FFFF):
        assert written({chr(code): chr(code)}) == canonical({chr(code): chr(code)})


def test_a_text_that_no_database_takes_is_left_to_the_slow_way() -> None:
    assert [written({"a": text}) for text in ("\x00", "\ud800", "a\udfff")] == [None] * 3
    assert written({"a": 2**70}) is None
