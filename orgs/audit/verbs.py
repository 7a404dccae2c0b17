"""Every audit verb, once, as `<room>:<subject>:<action>`."""

from enum import StrEnum


class Verb(StrEnum):
    ACCOUNT_CREATE = "accounts:user:create"
    ACCOUNT_CHANGE = "accounts:user:change"
    RECOVERY_CODE_USE = "accounts:recovery-code:use"
    RECOVERY_CODES_RENEW = "accounts:recovery-codes:renew"
    SESSIONS_END = "accounts:sessions:end"
    SECOND_FACTOR_ADD = "accounts:second-factor:add"
    SECOND_FACTOR_REMOVE = "accounts:second-factor:remove"
    SECOND_FACTOR_RESET = "accounts:second-factor:reset"

    AGREEMENT_DRAFT = "agreements:version:draft"
    AGREEMENT_PROPOSE = "agreements:version:propose"
    DOCUMENT_ATTACH = "agreements:document:attach"
    DOCUMENT_REMOVE = "agreements:document:remove"
    AGREEMENT_SIGN = "agreements:version:sign"
    AGREEMENT_ACTIVATE = "agreements:version:activate"
    AGREEMENT_SUPERSEDE = "agreements:version:supersede"
    AGREEMENT_SUSPEND = "agreements:agreement:suspend"
    AGREEMENT_RESUME = "agreements:agreement:resume"
    AGREEMENT_TERMINATE = "agreements:agreement:terminate"
    AGREEMENT_EXPIRE = "agreements:agreement:expire"
    PARTY_INVITE = "agreements:party:invite"
    PARTY_ACCEDE = "agreements:party:accede"
    INVITATION_REVOKE = "agreements:party:withdraw-invitation"
    PARTY_LEAVE = "agreements:party:leave"
    KEYS_READ = "agreements:keys:read"
    GENERATION_BEGIN = "agreements:generation:begin"
    ROTATION_ANNOUNCE = "agreements:rotation:announce"
    ROTATION_CANCEL = "agreements:rotation:cancel"
    ROTATION_TAKE_EFFECT = "agreements:rotation:take-effect"
    ROOT_DESTROY = "agreements:root:destroy"

    CREDENTIAL_CREATE = "credentials:credential:create"
    CREDENTIAL_REVOKE = "credentials:credential:revoke"

    DEAD_LETTER_RETRY = "events:dead-letter:retry"

    NOTICE_ACK = "distribution:notice:ack"

    FEEDBACK_GIVE = "feedback:releases:give"
    FEEDBACK_RECEIVE = "feedback:claims:receive"
    FEEDBACK_TAKE_BACK = "feedback:releases:take-back"

    EXPORT_READ = "feeds:export:read"
    RECEIPT_CREATE = "feeds:receipt:create"

    CHUNK_GIVE_UP = "intake:chunk:give-up"
    CLAIMS_WITHDRAW = "intake:claims:withdraw"
    STOP_OVERRULE = "intake:stop:overrule"
    SUBMISSION_APPROVE = "intake:submission:approve"
    SUBMISSION_CHECK = "intake:submission:check"
    SUBMISSION_CREATE = "intake:submission:create"
    SUBMISSION_LAPSE = "intake:submission:lapse"
    SUBMISSION_MEND = "intake:submission:mend"
    SUBMISSION_REFUSE = "intake:submission:refuse"
    SUBMISSION_UNDO = "intake:submission:undo"
    SUBMISSION_UNDONE = "intake:submission:undone"

    FILTER_REMOVE = "inbox:filter:remove"
    FILTER_SAVE = "inbox:filter:save"
    INBOX_DECIDE = "inbox:entries:decide"
    WATCHLIST_CHANGE = "inbox:watchlist:change"
    WATCHLIST_REMOVE = "inbox:watchlist:remove"
    INBOX_TAKE_OVER = "inbox:entry:take-over"

    INVITATION_ACCEPT = "members:invitation:accept"
    INVITATION_CREATE = "members:invitation:create"
    INVITATION_WITHDRAW = "members:invitation:withdraw"
    DETAILS_READ = "lookup:details:read"
    FILTER_READ = "lookup:filter:read"
    LOOKUP = "lookup:releases:look-up"
    LOOKUP_OBLIVIOUS = "lookup:elements:evaluate"
    LOOKUP_DRY = "lookup:releases:run-without-hits"
    LOOKUP_LIMIT = "lookup:limit:change"
    LOOKUP_REFUSE = "lookup:releases:refuse"

    MEMBER_ADD = "members:member:add"
    MEMBER_CHANGE = "members:member:change"
    MEMBER_REMOVE = "members:member:remove"
    ORGANIZATION_CHANGE = "members:organization:change"
    ORGANIZATION_CREATE = "members:organization:create"
    ORGANIZATION_VOUCH = "members:organization:vouch"
    ORGANIZATION_UNVOUCH = "members:organization:unvouch"

    SIGNING_KEY_PIN = "tokens:signing-key:pin"
    KEY_PREPARE = "tokens:key:prepare"
    KEY_RENEW = "tokens:key:renew"
    KEY_REWRAP = "tokens:key:rewrap"
    KEY_DROP = "tokens:key:drop"

    HUB_BACKUP = "hub:database:backup"
    HUB_BOOTSTRAP = "onboarding:hub:bootstrap"

    OPRF_KEY_PIN = "tokens:oprf-key:pin"


# About a person, who is their subject; an index holds these alone.
ABOUT_PEOPLE = (
    Verb.ACCOUNT_CREATE,
    Verb.ACCOUNT_CHANGE,
    Verb.SECOND_FACTOR_RESET,
    Verb.MEMBER_ADD,
    Verb.MEMBER_CHANGE,
    Verb.MEMBER_REMOVE,
)
# What hub staff are shown without searching for it; an index holds these alone.
ALARMS = (Verb.LOOKUP_DRY, Verb.LOOKUP_REFUSE)
