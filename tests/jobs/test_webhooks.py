from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator

import pytest

from service.config import Settings
from service.jobs import webhooks
from service.jobs.errors import CallbackRefused
from service.jobs.webhooks import DeliveryFailed
from tests.jobs.listener import Listener

SECRET = "known to the tests alone"


def allowing(hosts: str = "127.0.0.1, localhost", private: bool = True, secret: str = SECRET) -> Settings:
    return Settings(webhook_hosts=hosts, webhook_private=private, webhook_secret=secret)


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener() as made:
        yield made


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/x",
        "http://127.0.0.1.example.org/",
        "http://example.org@127.0.0.2/",
        "ftp://127.0.0.1/",
        "http:///x",
        "127.0.0.1/x",
        "http://127.0.0.1:99999/",
        "http://[::1/",
        "file:///etc/passwd",
    ],
)
def test_calls_to_hosts_that_are_not_listed_are_refused(url: str) -> None:
    with pytest.raises(CallbackRefused):
        webhooks.check_callback(url, allowing())


def test_nothing_is_called_without_a_key_to_sign_with() -> None:
    with pytest.raises(CallbackRefused, match="JIXIAO_WEBHOOK_SECRET"):
        webhooks.check_callback("http://localhost/", allowing(secret=""))


def test_private_networks_are_not_called_unless_allowed(listener: Listener) -> None:
    for host in ("127.0.0.1", "localhost"):
        with pytest.raises(DeliveryFailed, match="private network") as caught:
            webhooks.deliver(f"http://{host}:{listener.port}/", "{}", "d1", allowing(private=False))
        assert caught.value.is_final
    assert listener.calls == []


def test_the_receiver_can_tell_who_called(listener: Listener) -> None:
    webhooks.deliver(f"http://localhost:{listener.port}/x", '{"a": "绩效"}', "d1", allowing())
    (call,) = listener.calls
    seconds, given = (part.split("=", 1)[1] for part in call.headers["X-Jixiao-Signature"].split(","))
    message = seconds.encode() + b"." + call.body.encode()
    assert given == hmac.new(SECRET.encode(), message, hashlib.sha256).hexdigest()
    assert call.body == '{"a": "绩效"}'
    assert call.headers["Host"] == f"localhost:{listener.port}"


@pytest.mark.parametrize(("status", "is_final"), [(500, False), (404, False), (302, False), (410, True)])
def test_an_answer_that_is_no_success_is_a_failure(listener: Listener, status: int, is_final: bool) -> None:
    listener.answers = [status]
    with pytest.raises(DeliveryFailed, match=str(status)) as caught:
        webhooks.deliver(listener.url, "{}", "d1", allowing())
    assert caught.value.is_final is is_final
    assert [call.path for call in listener.calls] == ["/done?x=1"]


def test_nobody_at_home_is_a_failure_that_may_pass() -> None:
    with Listener() as gone:
        url = gone.url
    with pytest.raises(DeliveryFailed) as caught:
        webhooks.deliver(url, "{}", "d1", allowing())
    assert not caught.value.is_final
