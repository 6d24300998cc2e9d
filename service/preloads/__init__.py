"""Modules whose import loads what child processes need; `service.isolation.preload` takes their names."""

from __future__ import annotations

import os

from service.isolation import THREAD_VARIABLES

# Read when NumPy is imported. A process that is forked must not run threads.
for _name in THREAD_VARIABLES:
    os.environ.setdefault(_name, "1")
