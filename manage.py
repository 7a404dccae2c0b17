#!/usr/bin/env python3
"""Django's command line, joined to the embedded servers where a command needs them."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings")
    from hub import embedded

    if sys.argv[1:2] != ["runserver"]:  # it serves, as the web does
        os.environ.setdefault("ACCORD_DB_ROLE", "owner")
    if sys.argv[1:2] == ["demo"]:
        # Also where DATABASE_URL names a server: the rest stays in this checkout.
        os.environ.setdefault("ACCORD_LOCAL", "1")
        if "--check" in sys.argv:
            # It starts from nothing; what `./run demo` keeps is not its to discard.
            os.environ["ACCORD_HOME"] = str(embedded.home() / "check")

    if embedded.wanted_by(sys.argv):
        embedded.ensure()

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
