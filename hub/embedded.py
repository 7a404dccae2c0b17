"""PostgreSQL and Redis from pip packages: one pair per checkout, last process out stops it.

Who uses the pair is counted with a shared lock on `lease`, which the kernel drops even
after kill -9; `mutex` makes starting and stopping happen one at a time. Nothing here
starts when imported: `urls()` only says where the servers will be.
"""

import atexit
import fcntl
import hashlib
import os
import re
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

NAME = "accord"
CHECKOUT = Path(__file__).resolve().parent.parent
# sun_path holds 104 bytes on macOS, 108 on Linux; ".s.PGSQL.5432.lock" is the longest name.
LONGEST_DIRECTORY = 80
PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")
WITHOUT_SERVERS = frozenset(
    "check collectstatic compilemessages diffsettings findstatic help makemessages "
    "spectacular startapp startproject testserver version".split()
)


class EmbeddedError(RuntimeError):
    """The servers could not be started or reached; the text says what to do."""


@dataclass(slots=True)
class Share:
    """This process's part in the servers; a forked child must not give it back."""

    pid: int
    lease: IO[str]


_share: Share | None = None


def home() -> Path:
    """Where servers, local secrets and the demo keep their state."""
    return Path(os.environ.get("ACCORD_HOME") or CHECKOUT / "var").resolve()


def sockets() -> Path:
    """The folder of both sockets: in `home()`, or a short one where that is too long."""
    inside = home() / "run"
    if len(os.fsencode(inside)) <= LONGEST_DIRECTORY and PLAIN_PATH.fullmatch(
        str(inside)
    ):
        return inside
    mark = hashlib.sha256(os.fsencode(inside)).hexdigest()[:12]
    return Path("/tmp") / f"accord-{os.getuid()}-{mark}"  # noqa: S108


def urls() -> tuple[str, str]:
    """The addresses the servers have once started."""
    run = sockets()
    return f"postgresql://postgres@/{NAME}?host={run}", f"unix://{run}/redis.sock"


def broker_url(redis_url: str) -> str:
    """Write the address of a Redis as kombu spells it, which has its own word for sockets."""
    if not redis_url.startswith("unix://"):
        return redis_url
    address = redis_url.replace("unix://", "redis+socket://", 1)
    return address.replace("?db=", "?virtual_host=", 1)


def durable() -> bool:
    """Whether commits wait for the disk (crash tests, benchmarks); the demo's do not."""
    return os.environ.get("ACCORD_EMBEDDED_FSYNC", "") not in {"", "0"}


def local_secret(name: str) -> str:
    """A random secret of this checkout, made once and readable only by its owner."""
    path = open_home() / "secrets" / name
    if not path.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "w") as out:
            out.write(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)  # never replaces: the first of several processes wins
        except FileExistsError:
            pass
        finally:
            Path(draft).unlink()
    return path.read_text()


def open_home() -> Path:
    """`home()`, created if needed; root's servers run as another user and pass through."""
    base = home()
    if not base.is_dir():
        base.mkdir(parents=True, exist_ok=True)
        base.chmod(0o711 if os.geteuid() == 0 else 0o700)
    return base


def wanted_by(argv: list[str]) -> bool:
    """Whether this command line of manage.py needs the embedded servers."""
    command = next((word for word in argv[1:] if not word.startswith("-")), "help")
    if command in WITHOUT_SERVERS or {"-h", "--help", "--version"} & set(argv[1:]):
        return False
    from django.conf import settings

    return bool(settings.EMBEDDED)


def ensure() -> None:
    """Join the servers, starting those that do not run; again later, this mends them."""
    global _share  # noqa: PLW0603
    from hub import embedded_servers as servers

    base = open_home()
    with _locked(base):
        # Taken before anything starts: whoever stops looks at the lease under the mutex.
        if _share is None or _share.pid != os.getpid():
            lease = (base / "lease").open("a+")
            fcntl.flock(lease, fcntl.LOCK_SH)
            _share = Share(os.getpid(), lease)
            atexit.register(release)
        servers.start(base, sockets())


def release() -> None:
    """Leave the servers; stops them when nobody else uses them."""
    global _share  # noqa: PLW0603
    if _share is None or _share.pid != os.getpid():
        return
    base = home()
    if not base.is_dir():  # a test that discarded it
        return
    from hub import embedded_servers as servers

    with _locked(base):
        if _alone(_share.lease):
            servers.stop(base, sockets())
        _share.lease.close()
        _share = None


def empty() -> None:
    """Discard the database and whatever Redis holds; refused while others use them."""
    from hub import embedded_servers as servers

    if _share is None:
        ensure()
    if _share is None:
        raise AssertionError
    with _locked(home()):
        alone = _alone(_share.lease)
        fcntl.flock(_share.lease, fcntl.LOCK_SH)
        if not alone:
            message = (
                "Another process of this checkout is using the data; stop it first."
            )
            raise EmbeddedError(message)
        servers.empty(sockets())


def discard() -> None:
    """Stop the servers and remove `home()` as a whole (tests with a home of their own)."""
    release()
    run = sockets()
    shutil.rmtree(home(), ignore_errors=True)
    shutil.rmtree(run, ignore_errors=True)


def reset_scope(connection: Any) -> None:
    """Forget for whom a pooled connection last worked (psycopg_pool's reset hook)."""
    connection.execute(
        "SELECT set_config('app.current_org', '', false),"
        " set_config('app.current_collection', '', false),"
        " set_config('app.current_person', '', false)"
    )
    if not connection.autocommit:
        connection.commit()


class _locked:  # noqa: N801
    """The mutex of `base`, held inside a with block."""

    def __init__(self, base: Path) -> None:
        self.file = (base / "mutex").open("a+")

    def __enter__(self) -> None:
        fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self.file.close()


def _alone(lease: IO[str]) -> bool:
    try:
        fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
