"""`./run bench` lists the measurements, `./run bench NAME ...` runs one.

A measurement is a module here with `main(arguments)`. With `SERVERS = True` it gets
embedded servers of its own, with fsync on, and a migrated database.
"""

import ast
import importlib
import os
import sys
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).resolve().parent


def names() -> list[str]:
    return sorted(path.stem.replace("_", "-") for path in HERE.glob("[!_]*.py"))


def module_of(name: str) -> str:
    return name.replace("-", "_")


def told(name: str) -> str:
    source = ast.parse((HERE / f"{module_of(name)}.py").read_text())
    return (ast.get_docstring(source) or "").partition("\n")[0]


def with_servers(module: ModuleType) -> None:
    """Servers apart from the demo's, that wait for the disk as real ones do."""
    from hub import embedded

    os.environ.setdefault("ACCORD_HOME", str(embedded.CHECKOUT / "var" / "bench"))
    os.environ.setdefault("ACCORD_EMBEDDED_FSYNC", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings")
    os.environ["ACCORD_DB_ROLE"] = (
        "owner"  # it migrates; what is measured assumes a role
    )
    import django
    from django.conf import settings
    from django.core.management import call_command

    if settings.EMBEDDED:
        embedded.ensure()
    django.setup()
    call_command("migrate", verbosity=0)
    module.main(sys.argv[2:])


def run() -> int:
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    if wanted not in names():
        lines = [f"  {name:<14} {told(name)}" for name in names()]
        print("usage: ./run bench NAME [ARGUMENTS]", *lines, sep="\n")
        return 2 if wanted else 0
    module = importlib.import_module(f"tests.benchmarks.{module_of(wanted)}")
    if getattr(module, "SERVERS", False):
        with_servers(module)
    else:
        module.main(sys.argv[2:])
    return 0


if __name__ == "__main__":
    sys.exit(run())
