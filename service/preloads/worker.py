"""For a worker's processes: little, so that a worker that was started again goes on soon. OCR, which takes as long to
load as a page takes to be read, waits for the first scan."""

# ruff: noqa: E402, F401
from __future__ import annotations

from service.isolation import end_with_parent

# A server looks whether its worker lives when it has imported everything, and the next worker needs the processor.
end_with_parent()

from service import packing
from service.preloads import reading
