"""Every address of the hub."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from hub import pages, problems
from hub.api import docs
from hub.staff import urls as staff
from orgs.members.api import Me
from sharing import urls as sharing

api: list[URLPattern] = [
    path("me", Me.as_view()),
    *sharing.api,
    path("schema", docs.schema, name="api-schema"),
    path("docs", docs.documentation, name="api-docs"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.landing, name="landing"),
    path("home", pages.home, name="home"),
    path("favicon.ico", pages.favicon),
    path("admin/", admin.site.urls),
    path("api/v1/", include(api)),
    path("api/<path:rest>", problems.unknown),
    path("problems/<slug:code>", docs.problem, name="problem"),
    path("", include(staff.pages)),
    path("", include("orgs.urls")),
    path("", include(sharing.pages)),
]

handler400 = problems.by_path(problems.bad_request, pages.bad_request)
handler403 = problems.by_path(problems.forbidden, pages.forbidden)
handler404 = problems.by_path(problems.unknown, pages.not_found)
handler500 = problems.by_path(problems.server_error, pages.server_error)
