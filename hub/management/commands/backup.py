"""Back the hub up: `manage.py backup DIR --keys OTHER`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from hub.backup import BackupError, Keys, backup
from orgs.accounts.actor import SYSTEM
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from sharing.tokens.keyfiles import KeyFileError


class Command(BaseCommand):
    help = "Back up the database into DIR, and the key file into another folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="a new folder for the database")
        parser.add_argument(
            "--keys",
            type=Path,
            help="another new folder, in another place, for the key file; may be left"
            " out where a key-encryption key wraps it. That key is in no backup.",
        )

    def handle(
        self, *args: Any, folder: Path, keys: Path | None, **options: Any
    ) -> None:
        if settings.KEYS_FILE is None:
            raise CommandError("Set ACCORD_KEYS_FILE.")
        have = Keys(Path(settings.KEYS_FILE), settings.KEK_FILE)
        try:
            told = backup(folder, have, keys)
        except (BackupError, KeyFileError, OSError) as error:
            raise CommandError(str(error)) from None
        size = told["files"]["database.dump"]["bytes"]
        with transaction.atomic():
            audit.record(actor=SYSTEM, verb=Verb.HUB_BACKUP, bytes=size)
        self.stdout.write(f"{folder}: database, {size:,} bytes.")
        self.stdout.write(f"{keys or folder}: the key file.")
        if settings.KEK_FILE is not None:
            self.stdout.write("The key-encryption key is not in it: keep a copy apart.")
