"""What the service keeps: the database's tables and the uploaded files."""

from __future__ import annotations

from service.config import Settings
from service.store.database import Database
from service.store.files import Files


class Store:
    """The database and the files that the settings name; to be closed after use."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.database = Database(settings.database)
        self.files = Files(settings.storage)

    def close(self) -> None:
        self.database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


__all__ = ["Database", "Files", "Store"]
