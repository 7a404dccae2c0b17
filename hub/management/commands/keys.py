"""The hub's keys: make, show, wrap, renew, rotate and destroy them (never show a key)."""

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from hub.lib.clock import now
from hub.lib.errors import Problem
from hub.management import key_acts
from sharing.agreements.selectors import known_generations
from sharing.tokens import kek, providers
from sharing.tokens.keyfiles import KeyFileError
from sharing.tokens.selectors import generations
from sharing.tokens.services import key_provider


class Command(BaseCommand):
    help = "The hub's keys: show, init, kek, wrap, new-vault, new-wrap, rewrap, drop, rotate, cancel-rotation, destroy."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "action",
            nargs="?",
            default="show",
            choices=["show", "init", "kek", "wrap", *key_acts.ACTS],
            help="init creates the key file, or adds what one of an earlier version lacks; kek makes a key-encryption key in the file"
            " of --kek; wrap wraps the key file under it, for the first time or anew;"
            " show (the default) tells generations and ages; new-vault and new-wrap begin"
            " a new key and wrap everything under it; rewrap goes on with that; drop"
            " forgets an old one; rotate announces new keys of a collection,"
            " cancel-rotation takes that back; destroy forgets the roots of a generation"
            " that is over.",
        )
        parser.add_argument("--kek", type=Path, help="file of a key-encryption key")
        key_acts.add_arguments(parser)

    def handle(self, *args: Any, action: str, kek: Path | None, **options: Any) -> None:
        if settings.KEYS_FILE is None:
            raise CommandError(
                "Set ACCORD_KEYS_FILE to a file outside the checkout and its backups."
            )
        path = Path(settings.KEYS_FILE)
        try:
            match action:
                case "init":
                    self._init(path)
                case "kek":
                    self._kek(_named(kek))
                case "wrap":
                    self._wrap(path, _named(kek))
                case "show":
                    self._show(path)
                case _:
                    key_acts.ACTS[action](self.stdout, options)
        except (KeyFileError, ImproperlyConfigured, Problem) as error:
            raise CommandError(str(error)) from None

    def _init(self, path: Path) -> None:
        if not providers.create(path, settings.KEK_FILE):
            added = providers.complete(path, settings.KEK_FILE)
            told = (
                f"keys added for: {', '.join(added)}"
                if added
                else "nothing was changed"
            )
            self.stdout.write(f"{path} exists already; {told}.")
            return
        self.stdout.write(
            f"Created {path}, readable by its owner only.\n"
            "Back it up apart from the database: without it nothing sealed opens."
        )

    def _kek(self, path: Path) -> None:
        if not kek.create(path):
            self.stdout.write(f"{path} exists already; nothing was changed.")
            return
        self.stdout.write(
            f"Created {path}, readable by its owner only. Keep it in another place than"
            " the key file, and a copy apart from it: without it nothing sealed opens."
        )

    def _wrap(self, path: Path, new: Path) -> None:
        providers.rewrap(path, settings.KEK_FILE, new)
        self.stdout.write(
            f"{path} is wrapped under {new}.\n"
            f"Set ACCORD_KEK_FILE to it and start the hub again; the keys are the same."
        )

    def _show(self, path: Path) -> None:
        if not path.exists():
            raise CommandError("There is no key file. Create it with `keys init`.")
        roots = key_provider().roots()
        self.stdout.write(f"{'purpose':<8} {'epoch':>5}  {'created':<20}  age in days")
        moment = now()
        for root in roots:
            created = root.created_at.strftime("%Y-%m-%dT%H:%M:%SZ")
            age = (moment - root.created_at).days
            self.stdout.write(f"{root.purpose:<8} {root.epoch:>5}  {created}  {age}")
        self._show_generations()

    def _show_generations(self) -> None:
        head = f"{'collection':<36}  {'generation':>10}  {'created':<20}"
        self.stdout.write(
            f"\n{head}  age in days  {'state':<9}  {'effective from':<20}  otags"
        )
        moment, found = now(), known_generations()
        for each in generations():
            state, effective = found.get((each.collection, each.number), ("-", None))
            age = "destroyed" if each.destroyed_at else (moment - each.created_at).days
            self.stdout.write(
                f"{each.collection!s:<36}  {each.number:>10}  {_time(each.created_at)}"
                f"  {age:>11}  {state:<9}  {_time(effective):<20}"
                f"  {each.otag_scheme:>5}"
            )


def _time(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment else "-"


def _named(kek: Path | None) -> Path:
    if kek is None:
        raise CommandError("Name the file with --kek.")
    return kek
