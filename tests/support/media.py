"""Media files without a video behind them."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from app.clients.stores import storage
from app.models import Video
from app.services.video_pipeline.material import video_prefix


@contextmanager
def stored_playlist(video: Video) -> Iterator[None]:
    """The video has a master playlist that can be fetched."""
    folder = storage().path_of(video_prefix(video.organization_id, video.id))
    (folder / f"v{video.version}").mkdir(parents=True)
    (folder / f"v{video.version}" / "master.m3u8").write_text("#EXTM3U")
    try:
        yield
    finally:
        shutil.rmtree(folder)
