"""Doing something over and over on another connection, beside what is tested."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

from tests.walls import APP, working_as


@contextmanager
def over_and_over(do: Callable[[int], None], pause: float) -> Iterator[None]:
    """Somebody does it again and again, on another connection."""
    done, failed = threading.Event(), list[BaseException]()

    def run() -> None:
        try:
            with working_as(APP):
                for turn in itertools.count():
                    if done.is_set():
                        return
                    do(turn)
                    time.sleep(pause)
        except BaseException as error:  # noqa: BLE001 - told below
            failed.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join(600)
    if failed:
        raise failed[0]
