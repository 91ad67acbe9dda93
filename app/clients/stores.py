"""The storage of this instance."""

from functools import cache

from app.clients.storage import LocalStorage
from config import settings


@cache
def storage() -> LocalStorage:
    """Local files under `DATA_DIR/storage`."""
    return LocalStorage(settings.storage_dir, settings.disk_reserve_bytes)
