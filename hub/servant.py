"""PostgreSQL refuses to run as root: root's embedded servers run as another user.

Nothing above the state folder changes its mode. Where that user may not walk down to
the folder or the programs (a checkout below /root), the servers get the one capability
that lets them, instead of opening the way for everybody.
"""

import functools
import os
import pwd
import shutil
import sys
from pathlib import Path

from hub import embedded

# Numbers of linux/capability.h, weakest first; containers often keep only the second,
# and only the second runs a program that others may not.
CAPABILITIES = {"dac_read_search": 2, "dac_override": 1}


@functools.cache
def user() -> pwd.struct_passwd | None:
    """Whom the servers run as, if not as ourselves."""
    if os.geteuid() != 0:
        return None
    if sys.platform != "linux" or not shutil.which("setpriv"):
        message = "As root the servers need Linux's setpriv; use another account."
        raise embedded.EmbeddedError(message)
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    message = "Neither a user postgres nor a user nobody exists; use another account."
    raise embedded.EmbeddedError(message)


def give(folder: Path) -> Path:
    """Make `folder` the servers' own: theirs alone, even where others came first."""
    folder.mkdir(mode=0o700, exist_ok=True)
    other = user()
    owner = folder.lstat()
    allowed = {os.geteuid(), other.pw_uid if other else os.geteuid()}
    if folder.is_symlink() or owner.st_uid not in allowed:
        message = f"{folder} belongs to somebody else; remove it or set ACCORD_HOME."
        raise embedded.EmbeddedError(message)
    if other:
        os.chown(folder, other.pw_uid, other.pw_gid)
    folder.chmod(0o700)
    return folder


def prefix(program: Path) -> list[str]:
    """What to put before a command so that the servant runs it."""
    other = user()
    if other is None:
        return []
    words = ["setpriv", f"--reuid={other.pw_uid}", f"--regid={other.pw_gid}"]
    words.append("--clear-groups")
    if not (_open_to_all(embedded.home()) and _open_to_all(program)):
        # initdb asks access(2) before it runs its sister, and that forgets capabilities
        # of another real user unless told not to.
        words.append("--securebits=+no_setuid_fixup")
        capability = _capability(program)
        words += [f"--inh-caps=-all,+{capability}", f"--ambient-caps=+{capability}"]
    return [*words, "--"]


def _open_to_all(path: Path) -> bool:
    return all(step.stat().st_mode & 0o001 for step in (path, *path.parents))


def _capability(program: Path) -> str:
    """The weakest capability we hold ourselves that lets a process walk anywhere."""
    status = Path("/proc/self/status").read_text()
    held = int(status.split("CapEff:")[1].split()[0], 16)
    for name, bit in CAPABILITIES.items():
        runs = name == "dac_override" or program.stat().st_mode & 0o001
        if held >> bit & 1 and runs:
            return name
    message = "The checkout lies where only root may look; move it, e.g. to /srv."
    raise embedded.EmbeddedError(message)
