"""How often: limits on requests, uploads and logins, counted in this process's memory."""

from __future__ import annotations

import math
import time
from typing import Final

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from service.api.accounts import Viewer
from service.api.errors import TooFast
from service.config import Settings

# Guesses at one user's password, and at anybody's from one address.
LOGINS_OF_NAME: Final = RateLimitItemPerMinute(10)
LOGINS_OF_ADDRESS: Final = RateLimitItemPerMinute(30)


class Rates:
    """The limits that the settings name; 0 there is none. Each `check_…` counts one more and raises TooFast."""

    def __init__(self, settings: Settings) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._requests = _per_minute(settings.rate_per_minute)
        self._uploads = _per_minute(settings.uploads_per_minute)

    def check_request(self, who: Viewer | str) -> None:
        """`who` is an address where nothing else is known of the sender."""
        self._check(self._requests, "request", who)

    def check_upload(self, who: Viewer, files: int) -> None:
        self._check(self._uploads, "upload", who, cost=files)

    def check_login(self, name: str, address: str) -> None:
        self._check(LOGINS_OF_ADDRESS, "login-from", address)
        self._check(LOGINS_OF_NAME, "login-as", name)

    def _check(self, limit: RateLimitItem | None, what: str, who: Viewer | str, cost: int = 1) -> None:
        if isinstance(who, Viewer) and who.is_open:
            return  # alone on one's own machine there is nobody to be kept from anything
        name = who.actor if isinstance(who, Viewer) else who
        if limit is None or self._limiter.hit(limit, what, name, cost=cost):
            return
        seconds = self._limiter.get_window_stats(limit, what, name).reset_time - time.time()
        raise TooFast(seconds=max(1, math.ceil(seconds)))


def _per_minute(count: int) -> RateLimitItem | None:
    return RateLimitItemPerMinute(count) if count else None
