"""The TypeScript package: made from this document, strict, and enough for an author's whole way through the API."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests import clips
from tests.e2e.conftest import Product
from tests.support import typescript_client
from tests.support.typescript_client import FOLDER, GENERATED, IS_INSTALLED, NODE

needs_package = pytest.mark.skipif(
    not IS_INSTALLED, reason="Node or the package's tools are not installed (make test installs them where npm is)"
)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package compiled, and its example against it."""
    folder = tmp_path_factory.mktemp("package") / "client"
    typescript_client.build(folder)
    return folder


def run(package: Path, *command: str) -> dict[str, Any]:
    """What a script of the package says."""
    done = subprocess.run([str(NODE), *command], cwd=package, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def files_in(folder: Path) -> dict[str, bytes]:
    """Every file by its path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_package_was_made_from_the_committed_document() -> None:
    assert typescript_client.is_current(), "docs/openapi.json has changed: `make client` makes the package again"


def test_the_example_of_the_readme_is_the_one_that_is_compiled() -> None:
    example = (FOLDER / "example" / "usage.ts").read_text()

    assert f"```ts\n{example}```" in (FOLDER / "README.md").read_text()


@needs_package
def test_the_generator_writes_the_committed_files(tmp_path: Path) -> None:
    typescript_client.generate(tmp_path / "generated")

    assert files_in(tmp_path / "generated") == files_in(GENERATED)


@needs_package
@pytest.mark.slow
def test_an_author_gets_along_with_the_package_alone(product: Product, package: Path, tmp_path: Path) -> None:
    clip = clips.make(tmp_path, "no_audio.mp4")

    came = run(package, "tests/round_trip.mjs", product.address, str(clip))

    assert came["hls_url"].endswith("/master.m3u8")
    assert came["wrong"][0]["pointer"] == "/title"
    expected = {
        "name": "Ada",
        "publication": "published",
        "excerpt": "A tale",
        "titles": ["Of mills & looms"],
        "total": 1,
        "comments": ["Well said"],
        "likes": 1,
        "missing": "not_found",
        "told": "of-mills-looms",
        "playable": "playable",
        "videos": ["The mill"],
        "jobs": ["video.process"],
        "announced": "by-the-example",
        "stranger": "invalid_token",
    }
    assert {name: came[name] for name in expected} == expected
    assert set(came["part"]) == {"id", "title"}


@needs_package
@pytest.mark.slow
def test_following_goes_on_where_it_was_until_the_server_refuses(package: Path) -> None:
    came = run(package, "tests/resuming.mjs")

    assert came["came"] == [1, 2]
    assert came["refusal"] == "session_ended"
    assert came["asked"] == [
        "/api/v1/events?topics=video%3A1%2Cpost%3A2 Bearer token-1",
        "/api/v1/events?topics=video%3A1%2Cpost%3A2&after=1.7 Bearer token-2",
        "/api/v1/events?topics=video%3A1%2Cpost%3A2&after=2.7 Bearer token-3",
    ]
