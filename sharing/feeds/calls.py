"""What to type: the main calls with curl, and the toolkit's settings, ready to copy.

The API key is never in them: a shell asks for it without showing it, and it stays out of
the arguments that every user of a machine can see.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from orgs.accounts.actor import Right
from sharing.feeds.connecting import Connection


@dataclass(frozen=True, slots=True)
class Call:
    """One thing to do; `name` is good for an id, `scope` is what the key needs."""

    name: str
    title: str
    text: str
    scope: str = ""


def calls(hub: str, reads: Sequence[Connection]) -> list[Call]:
    """The main calls at the address `hub`, with ids of collections one may read."""
    api = f"{hub}/api/v1"
    return [
        Call("begin", "Once in each shell", _begin(hub)),
        Call("me", "Who am I, and what may this key do?", f"api {api}/me"),
        Call("look-up", "Look up", _look_up(api), Right.READ),
        *_streams(api, [each for each in reads if not each.asks_only][:1]),
        *_questions(api, [each for each in reads if each.asks_only][:1]),
        Call("submit", "Submit what you saw", _submit(api), Right.SUBMIT),
        Call("take-back", "Take back", _take_back(api), Right.WITHDRAW),
        Call(
            "notices",
            "Notices: what to purge by when",
            f"api {api}/notices",
            Right.READ,
        ),
    ]


def settings(hub: str, reads: Iterable[Connection]) -> Call:
    """The toolkit's file, with the collections by name as remarks."""
    lines = [
        "# ~/.config/accord/config.toml",
        f'url = "{hub}"',
        'api_key_file = "/etc/accord/api-key"  # yours alone: chmod 600',
    ]
    if hub.startswith("http://") and not _is_local(hub):
        lines.append("allow_http = true")
    lines += [f"# {each.id}  {each.title}" for each in reads]
    return Call("settings", "Its settings", "\n".join(lines))


def commands(reads: Sequence[Connection]) -> list[Call]:
    """The toolkit's commands, each with a collection that it works with."""
    found = [Call("accord-collections", "What may I read?", "accord collections")]
    for each in [each for each in reads if not each.asks_only][:1]:
        chosen = f"--collection {each.id}"
        found += [
            Call(
                "accord-match",
                "Match a list of your own, at your side",
                f"accord match accounts.csv --column phone --region GB {chosen} -o hits.csv",
            ),
            Call(
                "accord-pull",
                "Follow the stream",
                f"accord pull {chosen} --state /var/lib/accord --follow",
            ),
        ]
    for each in [each for each in reads if each.asks_only][:1]:
        said = f"accord lookup --oblivious --collection {each.id} --file accounts.txt"
        found.append(Call("accord-ask", "Ask without telling what", said))
    return found


def _begin(hub: str) -> str:
    return "\n".join(
        [
            f"export ACCORD_URL={hub}",
            "read -rsp 'API key: ' ACCORD_API_KEY && export ACCORD_API_KEY",
            'api() { curl -sS -H @- "$@" <<< "Authorization: Bearer $ACCORD_API_KEY"; }',
        ]
    )


def _look_up(api: str) -> str:
    return _sent(f"{api}/lookups", '{"values": ["login[.]scam[.]example"]}')


def _submit(api: str) -> str:
    said = (
        '{"value": "hxxps://scam[.]example/a", "scam_type": "phishing", "tlp": "amber"}'
    )
    return _sent(
        f"{api}/submissions",
        said,
        "application/x-ndjson",
        "Idempotency-Key: $(uuidgen)",
    )


def _take_back(api: str) -> str:
    said = '{"op": "withdraw", "value": "hxxps://scam[.]example/a"}'
    return _sent(f"{api}/submissions", said, "application/x-ndjson")


def _sent(
    address: str, body: str, kind: str = "application/json", *headers: str
) -> str:
    more = "".join(f' -H "{each}"' for each in headers)
    return f"api {address} -H 'Content-Type: {kind}'{more} \\\n  -d '{body}'"


def _streams(api: str, reads: Iterable[Connection]) -> list[Call]:
    found = []
    for each in reads:
        at = f"{api}/collections/{each.id}"
        found += [
            Call(
                "stream",
                f"Read the stream of “{each.title}”",
                f"api '{at}/releases?limit=100'",
                Right.READ,
            ),
            Call(
                "keys",
                f"Fetch the token keys of “{each.title}”",
                f"api {at}/keys",
                Right.KEYS,
            ),
        ]
    return found


def _questions(api: str, asks: Iterable[Connection]) -> list[Call]:
    return [
        Call(
            "filter",
            f"Fetch the filter of “{each.title}”",
            f"api {api}/collections/{each.id}/filter -o filter.json",
            Right.READ,
        )
        for each in asks
    ]


def _is_local(hub: str) -> bool:
    return hub.startswith(("http://127.0.0.1", "http://localhost", "http://[::1]"))
