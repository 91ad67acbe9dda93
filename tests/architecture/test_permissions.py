"""The permission table: complete, ordered, and as the documentation shows it."""

from itertools import pairwise

from app.permissions import GRANTS, Action, Role
from tests.support.permissions_page import PAGE, render


def test_the_page_is_the_generated_one() -> None:
    """`python -m tests.support.write_permissions` writes it."""
    assert PAGE.read_text(encoding="utf-8") == render()


def test_a_stronger_role_may_do_all_that_a_weaker_one_may() -> None:
    for stronger, weaker in pairwise(Role):
        assert stronger.is_above(weaker)
        assert GRANTS[stronger] >= GRANTS[weaker]


def test_every_action_is_somebody_s() -> None:
    assert GRANTS[Role.OWNER] == set(Action)
