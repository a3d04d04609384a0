"""Files that people hand over: read whole or refused with their place."""

import gzip
from pathlib import Path

import pytest
import xlsxwriter

from crawler.errors import BadInput
from crawler.files import ListingFile, kind_of, read_marks, read_products, read_rows, written_whole


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_broken_csv_row_is_named_by_file_and_line(tmp_path: Path) -> None:
    path = write(tmp_path / "marks.csv", 'mark_id,text\na,"Open quote\n')
    with pytest.raises(BadInput, match=r"marks\.csv, line \d+: broken CSV"):
        read_marks(path)


def test_a_row_with_more_cells_than_columns_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "marks.csv", "mark_id,text\na,A\nb,B,surplus\n")
    with pytest.raises(BadInput, match=r"line 3: 3 cells, but the header has 2"):
        read_marks(path)


def test_a_wrong_date_names_file_line_and_field(tmp_path: Path) -> None:
    path = write(tmp_path / "marks.csv", "mark_id,text,valid_until\na,A,2030-01-01\nb,B,31.12.2030\n")
    with pytest.raises(BadInput, match=r"marks\.csv, line 3: valid_until: .*31\.12\.2030"):
        read_marks(path)


def test_two_marks_with_one_id_are_refused_with_both_lines(tmp_path: Path) -> None:
    path = write(tmp_path / "marks.csv", "mark_id,text\na,A\nb,B\na,C\n")
    with pytest.raises(BadInput, match="line 4: 'a' stands on line 2 already"):
        read_marks(path)


def test_all_bad_rows_are_told_at_once(tmp_path: Path) -> None:
    path = write(tmp_path / "marks.csv", "mark_id,text\na,\n,B\nc,C\n")
    with pytest.raises(BadInput) as caught:
        read_marks(path)
    assert str(caught.value).count("\n") == 1
    assert "line 2: text" in str(caught.value)
    assert "line 3: mark_id" in str(caught.value)


def test_a_missing_listing_field_names_file_line_and_field(tmp_path: Path) -> None:
    line = '{"market": "tiki_vn", "listing_id": "1", "title": "x"}\n'
    path = write(tmp_path / "listings.jsonl", line + '{"market": "tiki_vn", "title": "y"}\n')
    with pytest.raises(BadInput, match=r"listings\.jsonl, line 2: listing_id: is missing"):
        list(ListingFile.at(path).listings())


def test_a_line_that_is_not_json_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"l\.jsonl, line 2: not JSON"):
        list(read_rows(write(tmp_path / "l.jsonl", '{"a": 1}\n{"a": \n')))


def test_an_unreadable_optional_field_is_counted_not_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "l.jsonl", '{"market": "x", "listing_id": "1", "title": "t", "rating": "None"}\n')
    source = ListingFile.at(path)
    (listing,) = source.listings()
    assert listing.rating is None
    assert source.unread == {"rating": 1}


def test_gzipped_files_are_read_and_a_cut_one_is_an_error(tmp_path: Path) -> None:
    content = gzip.compress(b'{"market": "x", "listing_id": "1", "title": "t"}\n' * 3)
    whole, cut = tmp_path / "l.jsonl.gz", tmp_path / "cut.jsonl.gz"
    whole.write_bytes(content)
    cut.write_bytes(content[:-10])
    assert len(list(read_rows(whole))) == 3
    with pytest.raises(BadInput, match=r"cut\.jsonl\.gz: cannot be read"):
        list(read_rows(cut))


def test_an_xlsx_price_list_is_read_with_whole_numbers(tmp_path: Path) -> None:
    path = tmp_path / "products.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate(
            [["product_id", "mark_id", "name", "list_price", "currency"], ["p1", "m1", "Kem", 450000, "VND"]]
        ):
            sheet.write_row(row, 0, cells)
    (product,) = read_products(path)
    assert product.list_price is not None
    assert str(product.list_price.amount) == "450000"


def test_a_file_that_is_no_xlsx_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"marks\.xlsx: not a readable XLSX"):
        read_marks(write(tmp_path / "marks.xlsx", "hello"))


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("mark_id,text,owner", "marks"),
        ("product_id,mark_id,name", "products"),
        ("mark_id,market,seller_id", "sellers"),
        ("owner,emails", "owners"),
    ],
)
def test_the_columns_tell_the_kind_of_a_list(tmp_path: Path, header: str, kind: str) -> None:
    cells = ",".join("x" for _ in header.split(","))
    assert kind_of(write(tmp_path / "list.csv", f"{header}\n{cells}\n")) == kind


def test_columns_of_no_kind_are_refused_with_the_kinds(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="fit no kind of list"):
        kind_of(write(tmp_path / "list.csv", "colour\nred\n"))


def test_a_column_named_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="'text' stands there twice"):
        read_marks(write(tmp_path / "marks.csv", "mark_id,text,Text\na,A,B\n"))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"absent\.csv: no such file"):
        read_marks(tmp_path / "absent.csv")


def test_an_interrupted_write_leaves_the_old_file_whole(tmp_path: Path) -> None:
    path = write(tmp_path / "hits.jsonl", "old")

    def write_half() -> None:
        with written_whole(path) as stream:
            stream.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_half_an_emoji_does_not_stop_a_file(tmp_path: Path) -> None:
    line = '{"market": "x", "listing_id": "1", "title": "kem \\ud83d ok \\ud83d\\ude00 \\udc00"}\n'
    (listing,) = ListingFile.at(write(tmp_path / "l.jsonl", line)).listings()
    assert listing.title == "kem \ufffd ok \U0001f600 \ufffd"


def test_a_number_with_a_huge_exponent_is_unread_at_once(tmp_path: Path) -> None:
    line = '{"market": "x_vn", "listing_id": "1", "title": "t", "sold": "1e999999999", "price": "1e-99999999"}\n'
    source = ListingFile.at(write(tmp_path / "l.jsonl", line))
    (listing,) = source.listings()
    assert (listing.sold, listing.offer.price) == (None, None)
    assert source.unread == {"sold": 1, "price": 1}
