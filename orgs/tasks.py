"""Celery looks for tasks only here: every room's."""

from orgs.accounts import tasks as accounts

__all__ = ["accounts"]
