"""Small rules about text."""

import pytest

from app.utils.text import excerpt_of


@pytest.mark.parametrize(
    ("markdown", "excerpt"),
    [
        ("Some *words* and a [link](https://example.org).", "Some words and a link."),
        ("See [this](https://example.org/a_(b)) first", "See this first"),
        ("![A picture](/a.jpg) of it", "A picture of it"),
        ("First\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nthen", "First then"),
        ("Run\n\n```sh\nmake run\n```\n\nand look", "Run and look"),
        ("# Title\n\n- one\n- [x] two\n3. three\n\n---\n\nend", "Title one two three end"),
        ("Noted[^1] here\n\n[^1]: Not this\n\n::video[0197c7a8-0000-7000-8000-000000000000]", "Noted here"),
        ("[open (and never closed", "[open (and never closed"),
        ("# Hi <em>you</em><br/>\n<!-- not this --> **and** me", "Hi you and me"),
        ("5 > 3 < 4, see <https://example.org> and `<em>`", "5 > 3 < 4, see https://example.org and <em>"),
        ("> One\n> > - two\n\nthree", "One two three"),
    ],
)
def test_an_excerpt_is_plain_words(markdown: str, excerpt: str) -> None:
    assert excerpt_of(markdown) == excerpt


@pytest.mark.timeout(60, func_only=True)
@pytest.mark.parametrize("unit", ["[", "![", "[](", "[a](", "![a](b", "[(", "*", "<a ", "<!--", "<a:", "`<", "> "])
def test_no_text_keeps_an_excerpt_busy(unit: str) -> None:
    """Half a million of these once took the better part of an hour."""
    assert len(excerpt_of(unit * 500_000)) <= 301
