"""A page of the file as a picture."""

from __future__ import annotations

import cv2
import numpy as np

from service.reading import Source, pdf

POINTS_PER_INCH = 72.0


def page_png(source: Source, number: int, dpi: int) -> bytes:
    """Page `number` (from 1) as a viewer shows it, as PNG at `dpi`. Raises PageTooLarge."""
    with source.pdf_page(number) as page:
        pixels = pdf.raster(page, dpi) if page is not None else _scaled(*source.picture(number), dpi)
    done, png = cv2.imencode(".png", pixels)
    assert done
    return png.tobytes()


def _scaled(bgr: np.ndarray, width: float, height: float, dpi: int) -> np.ndarray:
    """A picture of `width` × `height` points at `dpi`."""
    size = (round(width / POINTS_PER_INCH * dpi), round(height / POINTS_PER_INCH * dpi))
    return cv2.resize(bgr, size, interpolation=cv2.INTER_AREA)
