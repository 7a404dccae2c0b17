"""The words and constants that code, API and screens share."""

from datetime import timedelta
from enum import StrEnum


class IndicatorKind(StrEnum):
    """The types of indicator; each has a class in `indicators.types`."""

    DOMAIN = "domain"
    URL = "url"
    EMAIL = "email"
    PHONE = "phone"
    IPV4 = "ipv4"
    IPV6 = "ipv6"
    CIDR = "cidr"
    EVM_WALLET = "evm_wallet"
    BTC_WALLET = "btc_wallet"
    TRON_WALLET = "tron_wallet"
    SOLANA_WALLET = "solana_wallet"
    IBAN = "iban"
    BANK_ACCOUNT = "bank_account"
    PAYMENT_CARD = "payment_card"
    PAYMENT_HANDLE = "payment_handle"
    PLATFORM_ACCOUNT = "platform_account"
    DEVICE_ID = "device_id"
    FILE_MD5 = "file_md5"
    FILE_SHA1 = "file_sha1"
    FILE_SHA256 = "file_sha256"
    MEDIA_MD5 = "media_md5"
    MEDIA_SHA256 = "media_sha256"
    MEDIA_PDQ = "media_pdq"


class ScamType(StrEnum):
    ROMANCE = "romance"
    INVESTMENT = "investment"
    PHISHING = "phishing"
    JOB_OFFER = "job_offer"
    IMPERSONATION = "impersonation"
    TECH_SUPPORT = "tech_support"
    SHOPPING = "shopping"
    ADVANCE_FEE = "advance_fee"
    EXTORTION = "extortion"
    OTHER = "other"


class Role(StrEnum):
    """What the observable was in the scam."""

    PERPETRATOR = "perpetrator"
    MULE = "mule"
    COMPROMISED = "compromised"
    IMPERSONATED = "impersonated"
    VICTIM = "victim"
    INFRASTRUCTURE = "infrastructure"


class ReviewStatus(StrEnum):
    UNREVIEWED = "unreviewed"
    PENDING = "pending"
    REVIEWED = "reviewed"


class Severity(StrEnum):
    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Tlp(StrEnum):
    """Traffic Light Protocol 2.0 (FIRST, August 2022), from open to closed."""

    CLEAR = "clear"
    GREEN = "green"
    AMBER = "amber"
    AMBER_STRICT = "amber+strict"
    RED = "red"


TLP_RANK = {tlp: rank for rank, tlp in enumerate(Tlp)}


class Status(StrEnum):
    """What became of the observable itself, as its owner last knew."""

    ONLINE = "online"
    MITIGATED = "mitigated"
    UNKNOWN = "unknown"


class State(StrEnum):
    """Where a claim stands."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    FROZEN = "frozen"


class Disclosure(StrEnum):
    VALUE = "value"
    TOKEN = "token"  # noqa: S105 - a word of the vocabulary, no password
    QUERY = "query"


class FieldRule(StrEnum):
    KEEP = "keep"
    DROP = "drop"
    MASK = "mask"
    DAY = "day"
    DOMAIN = "domain"
    COUNTRY = "country"
    PSEUDONYM = "pseudonym"


class Purpose(StrEnum):
    DETECTION = "detection"
    DISRUPTION = "disruption"
    INVESTIGATION = "investigation"
    RESEARCH = "research"
    VICTIM_SUPPORT = "victim_support"


class SightingKind(StrEnum):
    """What a recipient met an observable in."""

    SEEN = "seen"
    ATTEMPTED_PAYMENT = "attempted_payment"
    BLOCKED = "blocked"


class VerdictKind(StrEnum):
    """What a recipient makes of a record, by the reactions of ThreatExchange."""

    CONFIRMED_HARMFUL = "confirmed_harmful"
    SAW_THIS_TOO = "saw_this_too"
    HELPFUL = "helpful"
    ALREADY_KNOWN = "already_known"
    INGESTED = "ingested"
    IN_REVIEW = "in_review"
    WANT_MORE_INFO = "want_more_info"
    OUTDATED = "outdated"
    WRONG_TYPE = "wrong_type"
    NOT_HELPFUL = "not_helpful"
    FALSE_POSITIVE = "false_positive"


class OutcomeKind(StrEnum):
    """What a recipient did because of a record."""

    ACCOUNT_CLOSED = "account_closed"
    PAYMENT_STOPPED = "payment_stopped"
    FUNDS_RECOVERED = "funds_recovered"
    TAKEN_DOWN = "taken_down"
    REFERRED = "referred"  # to law enforcement


class RollUp(StrEnum):
    """What the verdicts on a record come to."""

    POSITIVE = "positive"
    SEED = "seed"
    NEGATIVE = "negative"
    CONTESTED = "contested"


# So few values that all of them can be tried. Handles, accounts and devices are among
# them: behind many stand phone numbers, tax numbers or numbers that are counted up.
LOW_ENTROPY = frozenset(
    {
        IndicatorKind.PHONE,
        IndicatorKind.IPV4,
        IndicatorKind.CIDR,
        IndicatorKind.IBAN,
        IndicatorKind.BANK_ACCOUNT,
        IndicatorKind.PAYMENT_CARD,
        IndicatorKind.PAYMENT_HANDLE,
        IndicatorKind.PLATFORM_ACCOUNT,
        IndicatorKind.DEVICE_ID,
    }
)
HASH_ONLY = frozenset({IndicatorKind.PAYMENT_CARD})  # never kept nor released in clear

SMALL_COUNT = 5
CORRELATION_CAP = 100
COUNTED = 10_000  # screens count so far and say “10,000+” beyond
TOMBSTONES_KEPT = timedelta(days=90)
PURGE_DEADLINE = timedelta(hours=72)
BAD_LINES_KEPT = timedelta(days=7)
VALUE_GRACE = timedelta(hours=1)  # between accepting a clear value and releasing it
ROTATION_NOTICE = timedelta(days=30)
LOOKUP_LINES = 10_000  # at most so many in one request
LOOKUPS_A_DAY = 1_000_000  # of a type, per organization and collection
LOOKUPS_OF_FEW = 250_000  # the same, where all numbers there are could be gone through
OBLIVIOUS_ELEMENTS = 1_000  # at most so many in one request, under one proof
# Per organization and collection: nobody here knows the type, so all have what types of
# few values have. Ten thousand million telephone numbers take over a hundred years.
OBLIVIOUS_A_DAY = 250_000
DETAILS_AT_ONCE = 100  # of hits in one request
DETAILS_A_DAY = 10_000  # per organization and collection
FILTER_AGE = timedelta(seconds=60)  # a filter may lag so far behind its stream
FILTER_YOUNG = timedelta(seconds=30)  # from then on the next request makes a new one
FILTERS_KEPT = 12  # of a generation, for additions and removals since one of them
FILTERS_KEPT_FOR = timedelta(days=7)
FEEDBACK_LINES = 1_000  # at most so many in one request
FEEDBACK_NOTE = 500  # characters
SIGHTINGS_MOST = 1_000_000_000  # that one line can tell of
LOOKUP_DRY_RUN = 20_000  # look-ups in a row without a hit are put on record
LOOKUP_BYTES = 32 * 1024 * 1024  # of releases in one answer
LOOKUP_COUNTS_KEPT = timedelta(days=30)  # a run that rested for longer is another one

INBOX_LEASE = timedelta(minutes=60)  # who opened an entry is on it
INBOX_AT_ONCE = 500  # entries in one decision
INBOX_ENDING = timedelta(days=30)  # before its end an agreement is in the inbox
INBOX_JOBS, INBOX_JOBS_FOR = 100, timedelta(days=14)  # submissions of a person
INBOX_MATCHES = 500  # are looked through for a page
WATCHLISTS = 50  # of an organization
WATCH_LINES = 100_000  # of an organization
WATCH_LINES_A_DAY = 50_000  # added, removed ones included
FILTERS_OF_ORGANIZATION, FILTERS_OF_PERSON = 20, 10  # saved ones, over releases
FILTER_HITS = 500  # are kept of each, the newest
FILTER_HITS_COUNTED = 50  # an entry says “50+” beyond
INBOX_KEPT = timedelta(days=90)  # who was on an entry, and what they decided

NEW_MEMBER_LINES = 1_000  # until hub staff let so many through, a member is new
RISE = 10  # times the usual week: too much for one person
USUAL_WEEKS = 4  # before the current one; their mean is the usual week
LEAST_USUAL_LINES = 100  # in a week, of whoever sends less
HELD_FOR = timedelta(days=14)  # then nobody will let it through any more

VALID_FOR = {
    IndicatorKind.DOMAIN: timedelta(days=180),
    IndicatorKind.URL: timedelta(days=90),
    IndicatorKind.EMAIL: timedelta(days=180),
    IndicatorKind.PHONE: timedelta(days=90),
    IndicatorKind.IPV4: timedelta(days=90),
    IndicatorKind.IPV6: timedelta(days=90),
    IndicatorKind.CIDR: timedelta(days=90),
    IndicatorKind.EVM_WALLET: timedelta(days=365),
    IndicatorKind.BTC_WALLET: timedelta(days=365),
    IndicatorKind.TRON_WALLET: timedelta(days=365),
    IndicatorKind.SOLANA_WALLET: timedelta(days=365),
    IndicatorKind.IBAN: timedelta(days=365),
    IndicatorKind.BANK_ACCOUNT: timedelta(days=365),
    IndicatorKind.PAYMENT_CARD: timedelta(days=180),
    IndicatorKind.PAYMENT_HANDLE: timedelta(days=180),
    IndicatorKind.PLATFORM_ACCOUNT: timedelta(days=180),
    IndicatorKind.DEVICE_ID: timedelta(days=180),
    IndicatorKind.FILE_MD5: timedelta(days=365),
    IndicatorKind.FILE_SHA1: timedelta(days=365),
    IndicatorKind.FILE_SHA256: timedelta(days=365),
    IndicatorKind.MEDIA_MD5: timedelta(days=365),
    IndicatorKind.MEDIA_SHA256: timedelta(days=365),
    IndicatorKind.MEDIA_PDQ: timedelta(days=365),
}

CHUNK_LINES = 10_000  # the unit of work: one chunk, one task, one transaction
RELEASE_ROWS = 10_000  # at most so many releases in one transaction
UNDO_WINDOW = timedelta(minutes=30)  # after a submission was worked off
CHECK_LINES = 10_000  # at most so many are read by a check; more are only counted
CHECK_COUNTED = 100_000  # up to here; beyond, there are "more"
CHECK_BYTES = 32 * 1024 * 1024  # the largest body that is checked, unpacked
BODY_BYTES = 256 * 1024 * 1024  # the largest body of a submission, unpacked
BODY_LINES = 5_000_000  # at most so many lines in a body, blank ones too
LINE_BYTES = 64 * 1024
NOTE_CHARACTERS = 2_000
LABELS = 20
