"""python -m service: the command line, for where `jixiao` is not on the path."""

from __future__ import annotations

from service.cli import app

if __name__ == "__main__":
    app()
