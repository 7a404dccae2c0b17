"""The hub's root keys: create the key file, show what it holds (never the keys)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from hub.lib.clock import now
from sharing.tokens import providers
from sharing.tokens.services import key_provider


class Command(BaseCommand):
    help = "Create the hub's key file (init) or show the age of its keys (show)."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["init", "show"])

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        if settings.KEYS_FILE is None:
            raise CommandError(
                "Set ACCORD_KEYS_FILE to a file outside the checkout and its backups."
            )
        path = Path(settings.KEYS_FILE)
        if action == "init":
            self._init(path)
        else:
            self._show(path)

    def _init(self, path: Path) -> None:
        if not providers.create(path):
            self.stdout.write(f"{path} exists already; nothing was changed.")
            return
        self.stdout.write(
            f"Created {path}, readable by its owner only.\n"
            "Back it up apart from the database: without it nothing sealed opens."
        )

    def _show(self, path: Path) -> None:
        if not path.exists():
            raise CommandError("There is no key file. Create it with `keys init`.")
        try:
            roots = key_provider().roots()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{'purpose':<8} {'epoch':>5}  {'created':<20}  age in days")
        moment = now()
        for root in roots:
            created = root.created_at.strftime("%Y-%m-%dT%H:%M:%SZ")
            age = (moment - root.created_at).days
            self.stdout.write(f"{root.purpose:<8} {root.epoch:>5}  {created}  {age}")
