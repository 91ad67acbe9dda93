"""`flask keys`: rotating the key signs nobody out."""

from urllib.parse import urlsplit

import pytest
from flask import Flask

from app.models import Processing, Video
from app.services import keyring
from config import settings
from config.settings import build_settings
from tests.factories import make_membership, make_video
from tests.support.http import ApiClient, bearer
from tests.support.media import stored_playlist

pytestmark = pytest.mark.usefixtures("database")


def keys(app: Flask, command: str) -> list[str]:
    result = app.test_cli_runner().invoke(args=["keys", command])
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


def playlist_of(video: Video, client: ApiClient, headers: dict[str, str]) -> str:
    answer = client.get(f"/api/v1/videos/{video.id}/playback", headers=headers)
    return str(urlsplit(answer.get_json()["hls_url"]).path)


def test_the_ring_is_shown_by_names_only(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "secret_keys_old", ("a former key of more than thirty-two bytes",))

    shown = keys(app, "show")

    assert [line.split(maxsplit=1)[1] for line in shown] == ["signs and verifies", "verifies"]
    assert not [key for key in keyring.all_keys() if any(key.secret in line for line in shown)]


def test_what_rotate_prints_keeps_sessions_refreshes_and_media_links(
    app: Flask, client: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    membership = make_membership()
    video = make_video(membership.organization, processing=Processing.READY)
    headers = bearer(membership.user, membership.organization)
    link = playlist_of(video, client, headers)
    printed = dict(line.split("=", 1) for line in keys(app, "rotate"))

    rotated = build_settings({"APP_ENV": "test", **printed})
    monkeypatch.setattr(settings, "secret_key", rotated.secret_key)
    monkeypatch.setattr(settings, "secret_keys_old", rotated.secret_keys_old)

    assert len(rotated.secret_key) >= 64
    assert client.get("/api/v1/users/me", headers=headers).status_code == 200
    again = playlist_of(video, client, headers)
    assert again != link
    with stored_playlist(video):
        assert [client.get(path).status_code for path in (link, again)] == [200, 200]
        monkeypatch.setattr(settings, "secret_keys_old", ())
        assert [client.get(path).status_code for path in (link, again)] == [404, 200]
