"""Organization, User and what belongs to a User's signing in."""

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class Organization(models.Model):
    """A member of the hub."""

    class Kind(models.TextChoices):
        PLATFORM = "platform"
        SECURITY_VENDOR = "security_vendor"
        LAW_ENFORCEMENT = "law_enforcement"
        BANK = "bank"
        TELECOM = "telecom"
        CRYPTO_EXCHANGE = "crypto_exchange"
        REGULATOR = "regulator"
        CIVIL_SOCIETY = "civil_society"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    is_government = models.BooleanField(default=False)  # set by hub staff, not derived
    jurisdiction = models.CharField(max_length=2)  # ISO 3166-1 alpha-2
    is_active = models.BooleanField(default=True)
    listed = models.BooleanField(  # no: only its partners can name it
        default=True,
        help_text="Every drafter may name it. If not, only those that share an agreement.",
    )
    vouched = models.BooleanField(default=False)  # by hub staff, who know it
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(
        self,
        email: str,
        password: str | None = None,
        *,
        name: str,
        is_staff: bool = False,
    ) -> "User":
        user = self.model(
            email=self.normalize_email(email).lower(), name=name, is_staff=is_staff
        )
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person, known by an e-mail address; `is_staff` is the hub's own staff."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                Lower("email"), name="emails_differ_by_more_than_case"
            )
        ]

    def __str__(self) -> str:
        return self.email


class SecondFactor(models.Model):
    """What a person proves beside the password: codes of an authenticator (RFC 6238)."""

    user = models.OneToOneField(
        User, models.CASCADE, primary_key=True, related_name="second_factor"
    )
    secret = models.BinaryField()  # sealed; see orgs/accounts/second_factor.py
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)  # codes up to this one are used up

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"second factor of {self.user_id}"


class RecoveryCode(models.Model):
    """A code for the day the authenticator is lost; its row goes when it is used."""

    factor = models.ForeignKey(
        SecondFactor, models.CASCADE, related_name="recovery_codes"
    )
    digest = models.BinaryField(max_length=32)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["factor", "digest"], name="recovery_codes_differ"
            )
        ]

    def __str__(self) -> str:
        return f"recovery code of {self.factor_id}"


class BrowserSession(AbstractBaseSession):
    """A session of Django's that says whose it is; see orgs/accounts/sessions.py."""

    user = models.ForeignKey(
        User, models.CASCADE, null=True, related_name="browser_sessions"
    )
    handle = models.UUIDField(null=True)  # what it is called where others may look
    since = models.DateTimeField(null=True)
    browser = models.CharField(max_length=40, default="", blank=True)  # its family

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"session of {self.user_id}"

    @classmethod
    def get_session_store_class(cls) -> type:
        """What reads and writes such rows."""
        from orgs.accounts.sessions import SessionStore  # noqa: PLC0415 - it needs us

        return SessionStore
