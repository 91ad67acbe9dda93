"""Writes docs/permissions.md: `python -m tests.support.write_permissions`."""

from tests.support.permissions_page import PAGE, render

if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
