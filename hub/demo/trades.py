"""The kinds of scam that the demo makes up: how each works, with which words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trade:
    """How one kind of scam works: how often, with which words, through what."""

    weight: int
    words: list[str]
    kinds: dict[str, int]
    labels: list[str]
    note: str


TRADES: dict[str, Trade] = {
    "investment": Trade(
        26,
        "yield vault capital coin trade fx profit token mining wealth".split(),
        {
            "domain": 5,
            "url": 2,
            "evm_wallet": 4,
            "btc_wallet": 2,
            "email": 1,
            "ipv4": 1,
            "tron_wallet": 3,
            "solana_wallet": 1,
            "iban": 1,
            "platform_account": 1,
        },
        ["pig-butchering", "fake-exchange"],
        "The platform shows invented profits and asks for a tax before it pays out.",
    ),
    "romance": Trade(
        18,
        "heart soulmate date match love lonely sweet".split(),
        {
            "phone": 5,
            "email": 4,
            "evm_wallet": 1,
            "domain": 1,
            "url": 1,
            "platform_account": 3,
            "payment_handle": 1,
            "media_pdq": 1,
            "media_md5": 1,
        },
        ["dating-app", "stolen-photos"],
        "Moved the chat to a messenger within a day, then spoke of an emergency.",
    ),
    "phishing": Trade(
        22,
        "secure login verify account update parcel wallet bank".split(),
        {
            "url": 6,
            "domain": 5,
            "email": 2,
            "ipv4": 2,
            "ipv6": 1,
            "phone": 1,
            "cidr": 1,
            "file_sha256": 1,
            "payment_card": 1,
        },
        ["smishing", "credential-theft"],
        "Copies the sign-in page of a bank.",
    ),
    "job_offer": Trade(
        12,
        "remote hiring career task staff talent".split(),
        {
            "phone": 4,
            "email": 3,
            "domain": 2,
            "url": 2,
            "evm_wallet": 1,
            "tron_wallet": 1,
            "bank_account": 1,
            "device_id": 1,
        },
        ["task-scam"],
        "Pays a little for the first tasks, then asks for a deposit.",
    ),
    "impersonation": Trade(
        6,
        "refund official helpdesk claim".split(),
        {"phone": 4, "email": 2, "domain": 2},
        ["caller-id"],
        "Calls as the bank's fraud team.",
    ),
    "tech_support": Trade(
        4,
        "support repair alert device".split(),
        {"phone": 4, "url": 3, "ipv4": 1, "file_md5": 1, "file_sha1": 1},
        ["remote-access"],
        "A full-screen warning with a number to call.",
    ),
    "shopping": Trade(
        5,
        "outlet sale deal shop discount".split(),
        {"domain": 5, "url": 3, "email": 1, "payment_handle": 1, "iban": 1},
        ["fake-shop"],
        "Takes payment, delivers nothing.",
    ),
    "advance_fee": Trade(
        3,
        "inheritance lottery award grant".split(),
        {"email": 5, "phone": 2, "btc_wallet": 1},
        ["lottery"],
        "A fee has to be paid before the prize.",
    ),
    "extortion": Trade(
        2,
        "archive video camera leak".split(),
        {"btc_wallet": 4, "email": 3, "media_sha256": 2},
        ["sextortion"],
        "Claims to have a recording.",
    ),
    "other": Trade(
        2,
        "promo bonus gift".split(),
        {"domain": 2, "email": 1, "ipv6": 1},
        [],
        "Not yet understood.",
    ),
}
