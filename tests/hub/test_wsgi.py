"""No words of an error reach the web server, which would print them."""

import traceback
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from django.http import StreamingHttpResponse

from hub.wsgi import AnswerFailedError, Quiet

SECRET = "+447700900123"


def failing(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    raise ValueError(SECRET)


class Broken(StreamingHttpResponse):
    closed = False

    def close(self) -> None:
        super().close()
        type(self).closed = True


def pieces() -> Iterator[bytes]:
    yield b"first"
    raise ValueError(SECRET)


def breaking(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    return Broken(pieces())


def test_error_says_nothing_when_the_application_fails(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(AnswerFailedError) as caught:
        Quiet(failing)({}, print)
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    assert SECRET not in capsys.readouterr().err


@pytest.mark.django_db  # its end looks after the connection, if an earlier test left one
def test_error_says_nothing_when_a_stream_breaks_off() -> None:
    response: Any = Quiet(breaking)({}, print)
    assert next(response) == b"first"
    with pytest.raises(AnswerFailedError) as caught:
        next(response)
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    response.close()
    assert Broken.closed


def test_answer_is_passed_on_as_it_is_when_nothing_breaks() -> None:
    whole = [b"all"]
    assert Quiet(lambda *_: whole)({}, print) is whole
