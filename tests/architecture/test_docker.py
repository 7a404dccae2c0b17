"""The container files fit the settings they name (no engine runs them here)."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.architecture.tree import ROOT, settings_names, text

DOCKERFILE = text(Path("docker/Dockerfile"))
COMPOSE: dict[str, Any] = yaml.safe_load(text(Path("docker/compose.yaml")))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "web", "worker", "beat")
OTHERS_NAMES = {
    "PATH",
    "PYTHONUNBUFFERED",
    "PYTHONDONTWRITEBYTECODE",
    "DJANGO_SETTINGS_MODULE",
}


def known(name: str) -> bool:
    return name in settings_names() or name in OTHERS_NAMES


def test_settings_are_found_where_they_are_read() -> None:
    assert {
        "DATABASE_URL",
        "DATABASE_URL_FILE",
        "ACCORD_SECRET_KEY_FILE",
    } <= settings_names()


@pytest.mark.parametrize("service", OURS)
def test_compose_names_only_settings_that_exist(service: str) -> None:
    environment = SERVICES[service]["environment"]
    assert environment
    assert not [name for name in environment if not known(name)]


def test_dockerfile_names_only_settings_that_exist() -> None:
    names = re.findall(r"\b([A-Z][A-Z_]{3,})=", DOCKERFILE)
    assert names
    assert not [name for name in names if not known(name)]


def test_dockerfile_copies_what_is_there_and_needs_no_root() -> None:
    for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE):
        *origins, _ = line.split()
        assert all((ROOT / origin).exists() for origin in origins), line
    assert len(re.findall(r"^FROM ", DOCKERFILE, re.MULTILINE)) == 2
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE) == ["10001:10001"]
    assert "HEALTHCHECK" in DOCKERFILE
    kept = text(Path(".dockerignore")).split()
    assert kept[0] == "*"
    for line in re.findall(r"^COPY (?!--from)(\S+)", DOCKERFILE, re.MULTILINE):
        assert f"!{Path(line).parts[0]}" in kept


def test_every_service_tells_its_health_or_runs_once() -> None:
    assert set(SERVICES) == {"postgres", "redis", *OURS}
    for name, service in SERVICES.items():
        check = service["healthcheck"]
        assert check.get("test") or (name == "migrate" and check["disable"])


def test_secrets_come_from_files_only() -> None:
    for name, service in SERVICES.items():
        given = service.get("environment", {})
        files = {value for key, value in given.items() if key.endswith("_FILE")}
        mounted = {f"/run/secrets/{secret}" for secret in service.get("secrets", [])}
        assert {path for path in files if path.startswith("/run/secrets")} == mounted
        words = {key for key in given if re.search("PASSWORD|SECRET|TOKEN", key)}
        assert all(key.endswith("_FILE") for key in words), name
    assert all(set(secret) == {"file"} for secret in COMPOSE["secrets"].values())


def test_worker_alone_works_in_the_role_of_the_worker() -> None:
    roles = {name: SERVICES[name]["environment"].get("ACCORD_DB_ROLE") for name in OURS}
    assert roles == dict.fromkeys(OURS) | {"worker": "accord_worker"}


def test_services_wait_for_what_they_need() -> None:
    for name in ("web", "worker", "beat"):
        assert set(SERVICES[name]["depends_on"]) == {"migrate", "redis"}
    assert SERVICES["web"]["ports"] == ["127.0.0.1:8000:8000"]


def test_hub_starts_when_configured_exactly_as_compose_does(tmp_path: Path) -> None:
    """`check --deploy` under that environment, with files where the secrets would be."""
    secrets = {
        "database_url": "postgresql://accord:word@postgres:5432/accord",
        "secret_key": "Ab3-xYz9" * 8,
    }
    environment = {"PATH": os.environ["PATH"]}
    for name, value in SERVICES["web"]["environment"].items():
        secret = secrets.get(Path(value).name)
        if name.endswith("_FILE") and secret:
            path = tmp_path / Path(value).name
            path.write_text(secret)
            environment[name] = str(path)
        else:
            environment[name] = re.sub(r"\$\{\w+(?::-([^}]*)|[^}]*)\}", r"\1", value)
    environment["ACCORD_ALLOWED_HOSTS"] = "accord.example.org"
    environment["ACCORD_PUBLIC_URL"] = "https://accord.example.org"
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("missing", ["REDIS_URL", "ACCORD_SECRET_KEY"])
def test_hub_refuses_to_start_when_a_setting_is_missing(missing: str) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": "postgresql://nobody/none",
        "REDIS_URL": "redis://nobody",
        "ACCORD_SECRET_KEY": "Ab3-xYz9" * 8,
    }
    del environment[missing]
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert f"Set {missing} or {missing}_FILE." in done.stderr


REAL = {
    "PATH": os.environ["PATH"],
    "DATABASE_URL": "postgresql://nobody/none",
    "REDIS_URL": "redis://nobody",
    "ACCORD_SECRET_KEY": "Ab3-xYz9" * 8,
}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"ACCORD_DEBUG": "1"}, "not on a real hub"),
        ({"ACCORD_DB_ROLE": "postgres"}, "ACCORD_DB_ROLE must be"),
        ({"DATABASE_URL_FILE": "/nowhere/url"}, "DATABASE_URL_FILE names a file"),
        ({"DATABASE_URL_FILE": "", "ACCORD_SECRET_KEY_FILE": ""}, ""),
    ],
)
def test_hub_says_in_a_sentence_why_it_does_not_start(
    more: dict[str, str], told: str
) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=REAL | more,
        capture_output=True,
        text=True,
        check=False,
    )
    assert bool(done.returncode) is bool(told), done.stderr
    assert told in done.stderr


@pytest.mark.parametrize(
    "path", [".env", "docker/secrets/database_url", "var/keys/hub.json"]
)
def test_git_leaves_out_what_the_manuals_put_into_the_checkout(path: str) -> None:
    asked = subprocess.run(["git", "check-ignore", "-q", path], cwd=ROOT, check=False)
    assert asked.returncode == 0
