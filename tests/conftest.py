"""What every test may count on: servers, a database and Redis of its own, and no network."""

import fcntl
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

from hub import embedded
from tests.walls import APP, empty_tables

pytest_plugins = ["tests.cast", "tests.coalition"]

CI = os.environ.get("CI") == "true"
NO_SHARED_DATA = "no shared data: set ACCORD_SHARED_DATA"
SLOT = "ACCORD_TEST_SLOT"
# They begin first, so that no process waits for one of them at the end.
LONGEST = ("tests/flows/", "tests/oracle/", "tests/properties/test_two_worlds")

# Playwright's synchronous interface runs an event loop in the thread of the test.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_configure(config: pytest.Config) -> None:
    if settings.EMBEDDED:
        embedded.ensure()
    slot = own_slot(config)
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = f"test_accord_{slot}"
    # Without the pool: a connection on its way back into it outlives the test database.
    settings.DATABASES["default"]["OPTIONS"].pop("pool", None)
    settings.DATABASES["default"]["OPTIONS"].pop("options", None)  # see below
    _flush_as_owner()
    url = redis_of(slot)
    os.environ["REDIS_URL"] = settings.REDIS_URL = url  # also for processes of a test
    settings.CELERY_BROKER_URL = embedded.broker_url(url)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    keys = Path(tempfile.mkdtemp(prefix="accord-test-keys-"))
    config.add_cleanup(lambda: shutil.rmtree(keys, ignore_errors=True))
    settings.KEYS_FILE = keys / "hub.json"
    with redis.Redis.from_url(url) as client:
        client.flushdb()


def _flush_as_owner() -> None:
    """Empty the tables after a test, which neither web nor worker may."""
    flush = staticmethod(empty_tables)
    setattr(TransactionTestCase, "_fixture_teardown", flush)  # noqa: B010


def own_slot(config: pytest.Config) -> int:
    """A number that no other running test session has; its workers inherit it."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return int(os.environ[SLOT])
    folder = embedded.open_home() / "tests"
    folder.mkdir(exist_ok=True)
    for slot in itertools.count():
        claim = (folder / f"slot-{slot}").open("w")
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            claim.close()
            continue
        config.add_cleanup(claim.close)
        os.environ[SLOT] = str(slot)
        return slot
    raise AssertionError


def redis_of(slot: int) -> str:
    """The Redis database of this session and worker; the first one is the demo's."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    address = urlsplit(settings.REDIS_URL)
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        databases = int(client.config_get("databases")["databases"])
    number = 1 + (slot * 16 + worker) % (databases - 1)
    if address.scheme == "unix":
        return f"unix://{address.path}?db={number}"
    return urlunsplit(address._replace(path=f"/{number}"))


def shared_data_folder() -> Path | None:
    """The folder of real lists, where this machine has it."""
    named = os.environ.get("ACCORD_SHARED_DATA")
    folder = Path(named) if named else settings.BASE_DIR.parent / "shared" / "data"
    return folder.resolve() if folder.is_dir() else None


def chromium() -> str | None:
    named = os.environ.get("CHROMIUM")
    names = ("chromium", "chromium-browser", "google-chrome")
    return named or next(filter(None, map(shutil.which, names)), None)


def no_browser() -> str | None:
    """Why browser tests cannot run here, if they cannot."""
    if not chromium():
        return "no Chromium (apt-get install chromium, or set CHROMIUM)"
    from playwright._impl._driver import compute_driver_executable

    driver, _ = compute_driver_executable()
    done = subprocess.run([driver, "--version"], capture_output=True, check=False)
    if done.returncode:
        return "Playwright's driver does not start (apt-get install libatomic1)"
    return None


@pytest.hookimpl(trylast=True)  # after the shuffle
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = shared_data_folder() is None
    seeing = [one for one in items if "playwright" in getattr(one, "fixturenames", ())]
    if seeing and not CI and (blind := no_browser()):  # in CI they must run
        for item in seeing:
            item.add_marker(pytest.mark.skip(reason=blind))
    for item in items:
        if "shared_data" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.shared_data)
        if missing and item.get_closest_marker("shared_data"):
            item.add_marker(pytest.mark.skip(reason=NO_SHARED_DATA))
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


def skipped_for_want_of_data(config: pytest.Config) -> int:
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    return sum(NO_SHARED_DATA in str(report.longrepr) for report in skipped)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a test that skipped for want of shared data is a failure."""
    if CI and skipped_for_want_of_data(session.config) and not session.exitstatus:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Say something that belongs into the log of every run, passed ones included."""
    return lambda text: record_property("told", text)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    reports = [
        report
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        if any(name == "told" for name, _ in getattr(report, "user_properties", ()))
    ]
    for report in reports:
        terminalreporter.section(report.nodeid, sep="-")
        for name, text in report.user_properties:
            if name == "told":
                terminalreporter.line(text)
    count = skipped_for_want_of_data(config)
    if count:
        terminalreporter.section("shared data")
        where = "which CI does not accept" if CI else NO_SHARED_DATA
        terminalreporter.line(
            f"{count} tests skipped for want of shared data ({where})"
        )


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real lists; a test that asks for it is skipped where it is missing."""
    folder = shared_data_folder()
    if folder is None:
        pytest.skip(NO_SHARED_DATA)
    return folder


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """The owner makes the database; from then on everybody works as the web does.

    It ends without the sessions that nobody else will end: a page that still asked for
    something when its browser closed may have left one.
    """
    options = settings.DATABASES["default"]["OPTIONS"]
    with django_db_blocker.unblock():
        connection.close()
    options["options"] = f"-c role={APP}"
    yield
    del options["options"]
    with django_db_blocker.unblock():
        connection.close()
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture
def broker() -> Iterator[redis.Redis]:
    """The Redis database of this test process, empty before and after."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushdb()
        yield client
        client.flushdb()


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The machine's own Chromium; Playwright's download is not needed."""
    sandbox = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
    return {"executable_path": chromium(), "args": sandbox}
