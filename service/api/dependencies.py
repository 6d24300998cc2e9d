"""What the interface's functions ask for: who sends the request, which document, which parts of the service."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Path, Request, Security
from fastapi.security import APIKeyCookie, HTTPBearer

from service.api import accounts, errors
from service.api.accounts import Scope, Viewer
from service.api.rates import Rates
from service.api.readers import Readers
from service.config import Settings
from service.jobs import Jobs
from service.store import Store, documents, models

_key = HTTPBearer(auto_error=False, scheme_name="key", description="A key: `jixiao keys create` makes one.")
_login = APIKeyCookie(
    name=accounts.COOKIE, auto_error=False, scheme_name="login", description="Set by logging in on the web page."
)


def _service(name: str) -> Any:
    def part(request: Request) -> Any:
        return getattr(request.app.state, name)

    return Depends(part)


StoreOf = Annotated[Store, _service("store")]
JobsOf = Annotated[Jobs, _service("jobs")]
RatesOf = Annotated[Rates, _service("rates")]
ReadersOf = Annotated[Readers, _service("readers")]
SettingsOf = Annotated[Settings, _service("settings")]


def _who(scope: Scope | None) -> Any:
    """A dependency: who sends the request, who must have the right `scope`, or any."""

    def sender(
        request: Request, _by_key: Annotated[Any, Depends(_key)], _by_login: Annotated[Any, Depends(_login)]
    ) -> Viewer:
        found = accounts.of(request).viewer(request)
        if found is None:
            raise errors.LoginNeeded
        if scope is not None:
            found.need(scope)
        return found

    return Security(sender, scopes=[scope] if scope else [])


Anyone = Annotated[Viewer, _who(None)]
Reader = Annotated[Viewer, _who("read")]
Uploader = Annotated[Viewer, _who("upload")]
Annotator = Annotated[Viewer, _who("annotate")]
Admin = Annotated[Viewer, _who("admin")]

DocumentId = Annotated[str, Path(alias="id", max_length=64, description="as the upload answered")]


def _document(id_: DocumentId, store: StoreOf, viewer: Reader) -> models.Document:
    with store.database.reading() as session:
        return documents.need(session, id_, viewer.sees)


Document = Annotated[models.Document, Depends(_document)]
