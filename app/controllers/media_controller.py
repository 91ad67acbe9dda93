"""Media files: playlists, segments, progressive files, images."""

from typing import Final
from uuid import UUID

from app.http.answers import Answer
from app.http.ranges import FileAnswer, file_answer, text_answer
from app.media.image_sizes import CONTENT_TYPES
from app.services import image_files, playback_service

_TYPES: Final = {
    "m3u8": "application/vnd.apple.mpegurl",
    "m4s": "video/mp4",
    "mp4": "video/mp4",
    **CONTENT_TYPES,
    "vtt": "text/vtt; charset=utf-8",
}
_YEAR_S: Final = 365 * 86400
_DAY_S: Final = 86400
_GROWING: Final = frozenset({"m3u8", "vtt"})


def media(token: str, video_id: UUID, name_path: str) -> Answer:
    found = playback_service.media(token, video_id, name_path)
    how = FileAnswer(_TYPES[name_path.rsplit(".", 1)[-1]], _cache_control(name_path, found.private_for_s))
    return text_answer(found.content, how) if isinstance(found.content, str) else file_answer(found.content, how)


def image(token: str, name: str) -> Answer:
    stored = image_files.file(token, name)
    ending = stored.key.rpartition(".")[2]
    return file_answer(stored, FileAnswer(CONTENT_TYPES[ending], _cache_control(name, None)))


def _cache_control(name: str, private_for_s: int | None) -> str:
    who = "public" if private_for_s is None else "private"
    if name.rsplit(".", 1)[-1] in _GROWING:
        return f"{who}, no-cache"
    if name.endswith("/video.mp4"):  # made again after a while, with another ETag
        return f"{who}, max-age={_DAY_S if private_for_s is None else min(_DAY_S, private_for_s)}"
    age_s = _YEAR_S if private_for_s is None else min(_YEAR_S, private_for_s)
    return f"{who}, max-age={age_s}, immutable"
