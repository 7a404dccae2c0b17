"""The web server's door (granian --interface wsgi hub.wsgi:application).

A server prints what an application raises, words included, and words may be a partner's
value. So whatever leaves here was logged our way before, and says nothing itself.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import structlog
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings")

log = structlog.get_logger(__name__)
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class AnswerFailedError(RuntimeError):
    """The answer broke off; the log says where."""


class Quiet:
    """A WSGI application whose errors keep their words to themselves."""

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        try:
            response = self.application(environ, start_response)
        except Exception as error:  # noqa: BLE001 - any error has words
            raise _noted(error) from None
        return _Pieces(response) if getattr(response, "streaming", False) else response


class _Pieces:
    """A response that is made while it is sent."""

    def __init__(self, response: Iterable[bytes]) -> None:
        self.response = response
        self.pieces = iter(response)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self.pieces)
        except StopIteration:
            raise
        except Exception as error:  # noqa: BLE001 - any error has words
            raise _noted(error) from None

    def close(self) -> None:
        """Servers call it: Django gives the connection back to the pool then."""
        if close := getattr(self.response, "close", None):
            close()


def _noted(error: Exception) -> AnswerFailedError:
    log.error("answer_failed", exc_info=error)
    return AnswerFailedError("An answer broke off; the log says where.")


application = Quiet(get_wsgi_application())
