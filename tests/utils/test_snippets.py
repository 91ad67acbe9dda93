"""What a search shows of a text."""

import pytest

from app.utils.search_words import search_words
from app.utils.snippets import READ_LENGTH, snippet


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("salt", "Flour & <b>Salt</b>.", "Flour &amp; &lt;b&gt;<mark>Salt</mark>&lt;/b&gt;."),
        ("salt", "Asalt, salty, salt_", "Asalt, <mark>salty</mark>, <mark>salt</mark>_"),
        ("of", "often of it", "often <mark>of</mark> it"),
        ("malmo", "In Malmö.", "In <mark>Malmö</mark>."),
        ("ÅRHUS", "in århus", "in <mark>århus</mark>"),
        ('"flour water"', "Flour,\n*water* and flour", "<mark>Flour,\n*water</mark>* and flour"),
        ("istanbul", "İİ İstanbul", "İİ <mark>İstanbul</mark>"),
        ("東京", "は 東京 です", "は <mark>東京</mark> です"),
        ("salt -sugar", "sugar, salt", "sugar, <mark>salt</mark>"),
        ("salt", "", ""),
        ("salt", "   ", ""),
    ],
)
def test_found_words_are_marked_and_all_else_is_text(query: str, text: str, expected: str) -> None:
    assert snippet(text, search_words(query)) == expected


def test_a_long_text_is_shown_around_the_first_found_word() -> None:
    text = " ".join(
        [*(f"before{number}" for number in range(500)), "salt", *(f"after{number}" for number in range(500))]
    )

    shown = snippet(text, search_words("salt")).split()

    assert shown[0] == "before488"
    assert shown[12] == "<mark>salt</mark>"
    assert len(shown) == 30


def test_without_a_found_word_the_beginning_is_shown() -> None:
    text = "word " * READ_LENGTH + "salt"

    assert snippet(text, search_words("salt")) == " ".join(["word"] * 30)
