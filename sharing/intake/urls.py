"""Addresses of the submissions' pages."""

from django.urls import path

from sharing.intake import held_views, mending_views, views

pages = [
    path("submissions", views.submissions, name="submissions"),
    path("submissions/<uuid:submission_id>", views.submission, name="submission"),
    path(
        "submissions/<uuid:submission_id>/progress",
        views.progress,
        name="submission-progress",
    ),
    path(
        "submissions/<uuid:submission_id>/undo",
        mending_views.undo,
        name="submission-undo",
    ),
    path(
        "submissions/<uuid:submission_id>/mend",
        mending_views.mend,
        name="submission-mend",
    ),
    path(
        "submissions/<uuid:submission_id>/problems.csv",
        mending_views.problems,
        name="submission-problems",
    ),
    path(
        "submissions/<uuid:submission_id>/overrule/<int:line>",
        views.overrule,
        name="overrule",
    ),
    path(
        "submissions/<uuid:held_id>/approve",
        held_views.approve,
        name="submission-approve",
    ),
    path(
        "submissions/<uuid:held_id>/refuse",
        held_views.refuse,
        name="submission-refuse",
    ),
    path("held", held_views.held, name="held"),
]
