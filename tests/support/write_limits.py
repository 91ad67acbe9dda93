"""Writes docs/rate-limits.md: `python -m tests.support.write_limits`."""

from tests.support.limits_page import PAGE, render

if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
