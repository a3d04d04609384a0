from hypothesis import given
from hypothesis import strategies as st

from records.watchlist import Mark
from review.highlight import Highlight, cut
from review.letters import altered_offsets, letters_of

KINDS = st.sampled_from(["mark", "alter", "word", "compat", "price", "image"])
HIGHLIGHTS = st.lists(
    st.builds(Highlight, start=st.integers(-5, 60), end=st.integers(-5, 60), kind=KINDS, number=st.integers(1, 9)),
    max_size=8,
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=50)


@given(TEXTS, HIGHLIGHTS)
def test_pieces_joined_are_the_printed_text_whatever_the_spans(text: str, highlights: list[Highlight]) -> None:
    assert "".join(piece.text for piece in cut(text, highlights)) == text


def test_an_altered_letter_shows_inside_its_mark_and_a_word_stands_apart() -> None:
    pieces = cut(
        "Sоrano fake",
        [
            Highlight(start=0, end=6, kind="mark", number=1),
            Highlight(start=1, end=2, kind="alter", number=1),
            Highlight(start=7, end=11, kind="word", number=2),
        ],
    )
    assert [(piece.kind, piece.number, piece.text) for piece in pieces] == [
        ("mark", 1, "Sоrano"),
        (None, None, " "),
        ("word", 2, "fake"),
    ]
    assert [(part.text, part.altered) for part in pieces[0].parts] == [("S", False), ("о", True), ("rano", False)]


def test_a_sign_that_reorders_the_text_is_named_instead_of_sent() -> None:
    (piece,) = cut("a\u202eb", [])
    assert [part.code_point for part in piece.parts] == [None, "U+202E", None]


def test_letters_are_read_against_the_mark() -> None:
    mark = Mark(mark_id="m", text="Takuma", variants=("タクマ",))
    read = {
        printed: [(letter.printed, letter.read) for letter in letters_of(printed, mark) if letter.altered]
        for printed in ("Takuma", "TAKUMA", "Tаkumа", "T-a-k-u-m-a", "Tak0ma", "Ta\u200bkuma", "タクマ")
    }
    assert read == {
        "Takuma": [],
        "TAKUMA": [],
        "Tаkumа": [("а", "a"), ("а", "a")],
        "T-a-k-u-m-a": [("-", "")] * 5,
        "Tak0ma": [("0", "u")],
        "Ta\u200bkuma": [("\u200b", "")],
        "タクマ": [],
    }


def test_a_space_between_letters_is_no_altered_letter() -> None:
    assert altered_offsets("T a k u m a", Mark(mark_id="m", text="Takuma")) == ()
