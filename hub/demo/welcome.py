"""READY: the address, who can sign in, and one call for each partner to copy."""

from typing import Protocol

from hub.demo import cast, keychain
from hub.demo.stage import Stage


class Out(Protocol):
    def write(self, msg: str) -> object: ...


def show(stage: Stage, out: Out) -> None:
    passwords, keys = stage.keys.passwords, stage.keys.keys
    lines = [
        "",
        f"READY  {stage.address}   (started in {sum(stage.seconds.values()):.1f} s)",
        "A demo: PostgreSQL does not wait for the disk, and these keys are for it alone.",
        f"Passwords and keys are kept in {keychain.place()}",
        "",
        "Sign in:",
    ]
    for member in cast.CAST:
        password = passwords[member.email]
        lines.append(f"  {member.email:26} {password}  {member.name}, {member.part}")
    lines += [
        f"  {cast.STAFF:26} {passwords[cast.STAFF]}  hub staff; admin at /admin/",
        "",
        "What each partner may read:",
    ]
    lines += [
        f"  curl -sH 'Authorization: Bearer {keys[member.slug]}' "
        f"{stage.address}/api/v1/collections  # {member.person}"
        for member in cast.CAST
    ]
    lines += [
        "",
        "For the examples in README.md and docs/api.md, as bob:",
        f"  export ACCORD_URL={stage.address} ACCORD_KEY={keys['harbour']}",
        "",
        f"API: {stage.address}/api/v1/docs   Next: docs/api.md   Stop: Ctrl-C",
        "",
    ]
    out.write("\n".join(lines))
