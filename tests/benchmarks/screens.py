"""Every screen as every role, light and dark, 390 and 1440 px: pictures, axe, console.

    ./run bench screens [--out FOLDER] [--only NAME ...] [--role ROLE ...]

A hub with the cast, the demo's claims and one of everything that a route can be about;
its screens are those of the URL table. Pictures go to FOLDER (ACCORD_HOME/screens unless
given). The last line is JSON; it fails when a route cannot be resolved, axe finds
something serious or critical, the console complains, or 390 px are too narrow.
"""

import argparse
import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks import _hub

SERVERS = True


def main(arguments: list[str]) -> None:
    wanted = _options(arguments)
    folder = Path(wanted.out) if wanted.out else _home() / "screens"
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright runs a loop here
    logging.disable(logging.CRITICAL)
    with _hub.own_database(), served() as at:
        from tests.browser import gallery

        world = _hub.furnished()
        names = wanted.only or gallery.routes_of_pages()
        found = gallery.survey(world, names, wanted.role or list(gallery.ROLES))
        with browser() as chromium:
            people = _hub.persons()
            for look in gallery.visit(chromium, at, people, found, folder):
                print(f"{look.role:<10} {look.name}", flush=True)
    for each in (*found.unresolved, *found.faults, *found.complaints, *found.sideways):
        print(f"! {each}")
    print(json.dumps({**found.told(), "folder": str(folder)}))
    if not found.ok:
        sys.exit(1)


def _options(arguments: list[str]) -> argparse.Namespace:
    reader = argparse.ArgumentParser(prog="./run bench screens")
    reader.add_argument("--out", default="")
    reader.add_argument("--only", nargs="+", default=[])
    reader.add_argument("--role", nargs="+", default=[])
    return reader.parse_args(arguments)


def _home() -> Path:
    from hub import embedded

    return embedded.home()


@contextmanager
def served() -> Iterator[str]:
    """The hub over HTTP, beside this thread."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.test.testcases import LiveServerThread

    thread = LiveServerThread("127.0.0.1", StaticFilesHandler)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    try:
        yield f"http://{thread.host}:{thread.port}"
    finally:
        thread.terminate()


@contextmanager
def browser() -> Iterator:
    from playwright.sync_api import sync_playwright

    from tests.conftest import chromium, no_browser

    if blind := no_browser():
        sys.exit(f"No pictures here: {blind}.")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=chromium(),
            args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
        )
        yield found
        found.close()
