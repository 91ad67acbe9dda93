"""From a letter in the outbox to a confirmed address and a new password, in a browser."""

import time
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

import pytest
import requests

from tests.e2e.conftest import PASSWORD, Product

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
WITHIN_S = 60.0


def link_of_letter(product: Product, email: str, subject: str) -> str:
    """The link of the letter, as soon as a worker has written it."""
    deadline = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline:
        for path in (product.folder / "outbox").glob("*.eml"):
            message = message_from_bytes(path.read_bytes(), policy=policy.default)
            if (message["To"], message["Subject"]) == (email, subject):
                body = message.get_body(("plain",))
                assert body is not None
                return next(word for word in str(body.get_content()).split() if "#token=" in word)
        time.sleep(0.1)
    raise AssertionError(f"no letter to {email} about {subject!r}")


def signs_in(product: Product, email: str, password: str) -> requests.Response:
    body = {"email": email, "password": password}
    return requests.post(f"{product.address}/api/v1/auth/signin", json=body, timeout=30)


def test_the_links_of_letters_lead_to_pages_that_work(product: Product, browser_page: "Page") -> None:
    page, email = browser_page, f"reader{time.monotonic_ns()}@example.org"
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    body = {"email": email, "password": PASSWORD, "name": "Ada"}
    requests.post(f"{product.address}/api/v1/auth/signup", json=body, timeout=30).raise_for_status()

    page.goto(link_of_letter(product, email, "Confirm your e-mail address"))
    page.click("#verify-email button")
    page.wait_for_selector("#said:has-text('the address is confirmed')")
    page.goto(f"{product.address}/forgot-password")
    page.fill("#forgot-password [name=email]", email)
    page.click("#forgot-password button")
    page.wait_for_selector("#said:has-text('a link is on its way')")
    page.goto(link_of_letter(product, email, "Choose a new password"))
    page.fill("#reset-password [name=password]", "a new phrase for a new day")
    page.click("#reset-password button")
    page.wait_for_selector("#said:has-text('The password is set')")

    assert signs_in(product, email, PASSWORD).status_code == 401
    assert signs_in(product, email, "a new phrase for a new day").json()["user"]["email_verified"] is True
    assert complaints == []


def test_a_page_says_what_is_wrong(product: Product, browser_page: "Page") -> None:
    browser_page.goto(f"{product.address}/verify-email#token=forged")
    browser_page.click("#verify-email button")

    browser_page.wait_for_selector("#said:has-text('Not a token of ours')")
