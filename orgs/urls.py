"""The pages about who: accounts, members, credentials."""

from django.urls import path, re_path

from orgs.accounts import views as accounts
from orgs.credentials import views as credentials
from orgs.members import second_factor_views as second_factor
from orgs.members import views as members
from orgs.mine import views as mine

urlpatterns = [
    path("sign-in", accounts.SignIn.as_view(), name="sign-in"),
    path("sign-in/code", second_factor.sign_in_code, name="sign-in-code"),
    path("second-factor", second_factor.second_factor, name="second-factor"),
    path("second-factor/set-up", second_factor.set_up, name="second-factor-set-up"),
    path("second-factor/confirm", second_factor.confirm, name="second-factor-confirm"),
    path(
        "second-factor/recovery-codes",
        second_factor.recovery_codes,
        name="recovery-codes",
    ),
    path("second-factor/remove", second_factor.remove, name="second-factor-remove"),
    path("sign-out", accounts.SignOut.as_view(), name="sign-out"),
    path("password-reset", accounts.password_reset, name="password-reset"),
    path(
        "password-reset/sent", accounts.password_reset_sent, name="password-reset-sent"
    ),
    path(
        "password-reset/done", accounts.password_reset_done, name="password-reset-done"
    ),
    path(
        "password-reset/<uidb64>/<token>",
        accounts.PasswordResetConfirm.as_view(),
        name="password-reset-confirm",
    ),
    path("acting-for", members.switch_organization, name="switch-organization"),
    path("members", members.members, name="members"),
    path("members/<int:pk>/role", members.member_role, name="member-role"),
    path("members/<int:pk>/remove", members.member_remove, name="member-remove"),
    path(
        "invitations/<uuid:pk>/withdraw",
        members.invitation_withdraw,
        name="invitation-withdraw",
    ),
    re_path(
        r"^invitations/(?P<pk>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
        r"/(?P<secret>[0-9a-f]{64})$",
        members.invitation,
        name="invitation",
    ),
    path("my/sessions", mine.sessions, name="my-sessions"),
    path("my/sessions/end-others", mine.sessions_end, name="my-sessions-end"),
    path("my/sessions/<uuid:handle>/end", mine.session_end, name="my-session-end"),
    path("my/data", mine.my_data, name="my-data"),
    path("my/data.json", mine.my_data_json, name="my-data-json"),
    path("my/views", mine.view_save, name="view-save"),
    path("my/views/<int:view_id>/forget", mine.view_forget, name="view-forget"),
    path("credentials", credentials.credentials, name="credentials"),
    path(
        "credentials/<uuid:pk>/revoke",
        credentials.credential_revoke,
        name="credential-revoke",
    ),
]
