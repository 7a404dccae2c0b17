"""What a worker does for people's accounts."""

from celery import shared_task

from orgs.accounts import passwords


@shared_task(name=passwords.SEND)
def send_password_link(user_id: int) -> None:
    passwords.send_link(user_id)
