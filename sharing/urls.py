"""The addresses of sharing: pages for people, and the API for their systems."""

from django.urls import URLPattern, path

from sharing.agreements import api as agreements_api
from sharing.agreements.urls import pages as agreements
from sharing.distribution import api as distribution
from sharing.distribution import check_api, check_views
from sharing.distribution import outgoing_views as leaving
from sharing.distribution import views as explaining
from sharing.dossier import api as dossier_api
from sharing.dossier.urls import pages as dossier
from sharing.feedback import api as feedback
from sharing.feedback import views as telling
from sharing.feeds import api as feeds
from sharing.feeds.urls import pages as received
from sharing.inbox import api as inbox
from sharing.inbox import filter_api as filtering
from sharing.inbox import watch_api as watching
from sharing.inbox.urls import pages as waiting
from sharing.indicators import api as indicators
from sharing.insights import views as seeing
from sharing.intake import api as intake
from sharing.intake.urls import pages as submissions
from sharing.lookup import api as lookup
from sharing.lookup import asking_views
from sharing.lookup import views as asking

pages: list[URLPattern] = [
    *submissions,
    *received,
    *agreements,
    *dossier,
    *waiting,
    path("look-up", asking_views.look_up, name="look-up"),
    path("lookups/alarms", asking.alarms, name="lookup-alarms"),
    path("insights", seeing.insights, name="insights"),
    path("insights/<slug:name>.csv", seeing.table, name="insights-table"),
    path("sharing/outgoing", leaving.left, name="outgoing"),
    path("sharing/outgoing.csv", leaving.table, name="outgoing-csv"),
    path(
        "sharing/outgoing/<uuid:collection_id>",
        leaving.claims,
        name="outgoing-claims",
    ),
    path("submissions/check", check_views.check, name="submission-check"),
    path("claims", explaining.claims, name="claims"),
    path("claims/feedback", telling.received_list, name="feedback"),
    path("claims/<uuid:claim_id>", explaining.claim, name="claim"),
    path("received/releases/<uuid:release_id>/why", explaining.why, name="release-why"),
    path("received/feedback", telling.of_many, name="feedback-of-many"),
    path(
        "received/releases/<uuid:release_id>/feedback/take-back",
        telling.take_back,
        name="feedback-take-back",
    ),
    path(
        "received/<uuid:collection_id>/details",
        asking.hit_details,
        name="collection-details",
    ),
    path(
        "agreements/versions/<uuid:version_id>/simulation",
        explaining.simulation,
        name="agreement-simulation",
    ),
]

_SUBMISSION = "submissions/<uuid:submission_id>"
_COLLECTION = "collections/<uuid:collection_id>"
api: list[URLPattern] = [
    path("submissions", intake.Submissions.as_view()),
    path("submissions/check", check_api.Check.as_view()),
    path(_SUBMISSION, intake.Submission.as_view()),
    path(f"{_SUBMISSION}/undo", intake.Undo.as_view()),
    path("submissions/<uuid:held_id>/refuse", intake.Refuse.as_view()),
    path(f"{_SUBMISSION}/errors", intake.Errors.as_view()),
    path(f"{_SUBMISSION}/results", intake.Results.as_view()),
    path("indicators", indicators.Indicators.as_view()),
    path("indicators/<uuid:claim_id>/visibility", distribution.Visibility.as_view()),
    path("outgoing", distribution.Outgoing.as_view()),
    path("indicators/<uuid:claim_id>/feedback", feedback.OfClaim.as_view()),
    path("feedback", feedback.Given.as_view()),
    path("releases/<uuid:release_id>/feedback", feedback.OfRelease.as_view()),
    path("releases/<uuid:release_id>/why", distribution.Why.as_view()),
    path("releases/<uuid:release_id>/related", distribution.Related.as_view()),
    path("releases/<uuid:release_id>/graph", dossier_api.Graph.as_view()),
    path(
        "agreement-versions/<uuid:version_id>/simulation",
        distribution.Simulation.as_view(),
    ),
    path(
        "agreement-versions/<uuid:version_id>/document",
        agreements_api.Document.as_view(),
    ),
    path("collections", feeds.Collections.as_view()),
    path(_COLLECTION, feeds.Collection.as_view()),
    path(f"{_COLLECTION}/releases", feeds.Releases.as_view()),
    path(f"{_COLLECTION}/keys", feeds.Keys.as_view()),
    path(f"{_COLLECTION}/receipts", feeds.Receipts.as_view()),
    path(f"{_COLLECTION}/oprf/evaluate", lookup.Evaluate.as_view()),
    path(f"{_COLLECTION}/oprf/keys", lookup.OprfKeys.as_view()),
    path(f"{_COLLECTION}/filter", lookup.Filter.as_view()),
    path(f"{_COLLECTION}/details", lookup.Details.as_view()),
    path("signing-keys", lookup.SigningKeys.as_view()),
    path("lookups", lookup.Lookups.as_view()),
    path("inbox", inbox.Inbox.as_view()),
    path("watchlists", watching.Watchlists.as_view()),
    path("watchlists/<uuid:watchlist_id>", watching.Watchlist.as_view()),
    path("release-filters", filtering.Filters.as_view()),
    path("release-filters/<uuid:filter_id>", filtering.Filter.as_view()),
    path("inbox/decisions", inbox.Decisions.as_view()),
    path("notices", feeds.Notices.as_view()),
    path("notices/<uuid:notice_id>/ack", feeds.NoticeAck.as_view()),
]
