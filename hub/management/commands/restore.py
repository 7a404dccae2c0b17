"""Restore a hub from a backup into an empty database: `manage.py restore DIR --keys FILE`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from hub.backup import BackupError, Keys, restore
from hub.lib.sealed import SealBrokenError
from orgs.access import as_worker
from sharing.distribution import resealing
from sharing.tokens.keyfiles import KeyFileError


class Command(BaseCommand):
    help = "Restore a backup into an empty database; nothing is overwritten."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="the folder of the backup")
        parser.add_argument(
            "--keys", type=Path, help="its key file, unless it lies beside the dump"
        )

    def handle(
        self, *args: Any, folder: Path, keys: Path | None, **options: Any
    ) -> None:
        if settings.KEYS_FILE is None:
            raise CommandError("Set ACCORD_KEYS_FILE.")
        have = Keys(Path(settings.KEYS_FILE), settings.KEK_FILE)
        source = keys / "keys.json" if keys is not None and keys.is_dir() else keys
        try:
            told = restore(folder, have, source)
            with as_worker():
                opened = resealing.sample()
        except (BackupError, KeyFileError, OSError) as error:
            raise CommandError(str(error)) from None
        except SealBrokenError:
            raise CommandError(
                "The key file does not open what was restored."
            ) from None
        self.stdout.write(f"Restored the backup of {told['created_at']}.")
        self.stdout.write(f"Sealed digests opened to see that the keys fit: {opened}.")
        self.stdout.write("Run `migrate`, start one worker, then the web server.")
