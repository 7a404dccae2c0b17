"""A load balancer's questions are answered before anything else."""

import pytest
from django.http import HttpResponse
from django.test import Client

from hub import health
from tests.walls import OWNER, working_as


def test_healthz_answers_when_asked_under_any_host(client: Client) -> None:
    answer = client.get("/healthz", headers={"host": "10.0.0.7"})
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert not answer.cookies


def test_healthz_does_not_redirect_when_https_is_demanded(
    client: Client, settings
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_readyz_is_ok_when_everything_is_there(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "database": "ok",
        "redis": "ok",
        "keys": "ok",
        "walls": "ok",
    }


@pytest.mark.django_db
def test_readyz_names_the_server_when_one_does_not_answer(
    client: Client, settings, tmp_path
) -> None:
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert [name for name, state in answer.json().items() if state != "ok"] == ["redis"]
    assert answer.json()["redis"] == "unreachable"


@pytest.mark.django_db
def test_readyz_says_so_when_the_key_file_is_not_there(
    client: Client, settings, tmp_path
) -> None:
    settings.LOCAL, settings.KEYS_FILE = False, tmp_path / "none.json"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["keys"]) == (503, "unreachable")


def test_readyz_asks_the_servers_once_when_asked_often(monkeypatch) -> None:
    asked: list[str] = []

    def database_answers() -> bool:
        asked.append("database")
        return True

    monkeypatch.setattr(health, "database_answers", database_answers)
    monkeypatch.setattr(health, "redis_answers", lambda: True)
    monkeypatch.setattr(health, "walls_stand", lambda: True)
    middleware = health.HealthMiddleware(lambda request: HttpResponse())
    for _ in range(20):
        assert middleware.ready().status_code == 200
    assert asked == ["database"]


@pytest.mark.django_db
def test_readyz_says_so_when_row_level_security_is_bypassed(client: Client) -> None:
    with working_as(OWNER):
        answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["walls"]) == (503, "bypassed")
