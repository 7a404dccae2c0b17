"""Addresses of the pages about agreements."""

from django.urls import path

from sharing.agreements import act_views, views
from sharing.agreements import draft_views as drafting

_VERSION = "agreements/versions/<uuid:version_id>"
pages = [
    path("agreements", views.agreements, name="agreements"),
    path("agreements/draft", drafting.draft, name="agreement-draft"),
    path("agreements/check", drafting.check, name="agreement-check"),
    path("agreements/<uuid:agreement_id>", views.agreement, name="agreement"),
    path(
        "agreements/<uuid:agreement_id>/amend", drafting.amend, name="agreement-amend"
    ),
    path(
        "agreements/<uuid:agreement_id>/invite",
        act_views.invite,
        name="agreement-invite",
    ),
    path(
        "agreements/<uuid:agreement_id>/invite/withdraw",
        act_views.withdraw_invitation,
        name="agreement-invite-withdraw",
    ),
    path(_VERSION, views.version, name="agreement-version"),
    path(f"{_VERSION}/edit", drafting.edit, name="agreement-edit"),
    path(f"{_VERSION}/document", drafting.document, name="agreement-document"),
    path(f"{_VERSION}/propose", drafting.propose, name="agreement-propose"),
    path(f"{_VERSION}/sign", views.sign, name="agreement-sign"),
    path(f"{_VERSION}/print", views.printed, name="agreement-print"),
    path(
        f"{_VERSION}/against/<uuid:other_id>",
        views.difference,
        name="agreement-difference",
    ),
    *(
        path(
            f"agreements/<uuid:agreement_id>/{name}",
            act_views.act,
            {"name": name},
            name=f"agreement-{name}",
        )
        for name in act_views.SERVICES
    ),
]
