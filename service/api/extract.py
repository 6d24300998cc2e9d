"""A small file in, its report out, in one call; nothing is kept."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Form, Query, UploadFile

from service import schema
from service.api import problems, uploads
from service.api.dependencies import RatesOf, ReadersOf, SettingsOf, Uploader
from service.assembling import profiles

router = APIRouter(prefix="/v1", tags=["extract"])


@router.post("/extract", responses=problems.answers(400, 413, 415, 503), summary="Read a small file at once")
def extract(
    viewer: Uploader,
    readers: ReadersOf,
    rates: RatesOf,
    settings: SettingsOf,
    file: Annotated[UploadFile, File(description="PDF, PNG, JPEG, TIFF, BMP or WebP")],
    profile: Annotated[str | None, Query(max_length=100, description="rules to check by")] = None,
    profile_field: Annotated[str | None, Form(alias="profile", max_length=100)] = None,
) -> schema.Report:
    """The report of a file of a few pages (413 above). The file is not kept."""
    rates.check_upload(viewer, 1)
    chosen = profile or profile_field or None
    if chosen:
        profiles.choose(chosen, None)
    taken = uploads.take(file, settings.max_bytes)
    return readers.extract(taken.data, taken.name, chosen)
