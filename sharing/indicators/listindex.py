"""All warninglists in one index, so that a look-up costs a few dictionary accesses.

Every list is one bit; look-ups answer with the bits of all lists that hold the value.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address
from socket import AF_INET, AF_INET6, inet_pton
from typing import TypeVar

from sharing.indicators.misp_lists import (
    HOSTS,
    MAILS,
    OURS,
    PHONES,
    WALLETS,
    MispList,
    host_entries,
    plain_locals,
)
from sharing.vocabulary import IndicatorKind

Key = TypeVar("Key")

TOP_MAX = 20_000  # a longer top-site list reaches down to sites that nobody knows
BIG = 100_000  # from so many entries on, a list is kept as hashes of 8 bytes each
BANKS = "bank-website"
CONTACTS = "common-contact-emails"
_BANKS_NAME = "list of known bank domains"
_CONTACTS_NAME = "common contact e-mail addresses"


class ListIndex:
    def __init__(self) -> None:
        self.names: list[str] = []  # by bit
        self.entries = 0
        self.skipped: list[tuple[str, str]] = []
        self._equal: dict[str, int] = {}  # hosts that stand for themselves
        self._below: dict[str, int] = {}  # hosts that stand for all below them too
        self._big_equal: list[tuple[int, array[int]]] = []
        self._big_below: list[tuple[int, array[int]]] = []
        self._mail_hosts: dict[str, int] = {}
        self._values: dict[tuple[str, str], int] = {}
        self._networks: dict[int, dict[int, dict[int, int]]] = {32: {}, 128: {}}
        self._stop_hosts: dict[str, int] = {}
        self._stop_locals: dict[str, int] = {}
        self._stop_mails: dict[str, int] = {}

    def add(self, found: MispList) -> None:
        """Take a list in; a list that cannot be used is noted in `skipped`."""
        if not found.entries or not found.concerns(OURS):
            return
        contacts = found.slug == CONTACTS or found.name.lower() == _CONTACTS_NAME
        if found.type == "regex" and not contacts:
            self.skipped.append((found.name, "regular expressions are not run"))
            return
        bit = 1 << len(self.names)
        self.names.append(found.name)
        self.entries += len(found.entries)
        if contacts:
            self._add_contacts(found, bit)
        if found.type == "cidr":
            self._add_networks(found, bit)
        elif found.concerns(HOSTS):
            self._add_hosts(found, bit)
        if found.concerns(MAILS) and not contacts:
            _add(self._mail_hosts, (host for host, _ in host_entries(found)), bit)
        self._add_values(found, bit)

    def named(self, lists: int) -> tuple[str, ...]:
        """The names of the lists, in order and each once."""
        names = {name for at, name in enumerate(self.names) if lists >> at & 1}
        return tuple(sorted(names))

    def stopping_host(self, host: str) -> int:
        return self._stop_hosts.get(host, 0)

    def stopping_mail(self, address: str) -> int:
        local = address.rpartition("@")[0]
        return self._stop_locals.get(local, 0) or self._stop_mails.get(address, 0)

    def lists_of_host(self, host: str) -> int:
        lists = self._equal.get(host, 0) | _in_big(self._big_equal, host)
        below, big = self._below, self._big_below
        name = host
        while name:
            lists |= below.get(name, 0) | _in_big(big, name)
            name = name.partition(".")[2]
        return lists

    def lists_of_mail(self, address: str) -> int:
        lists = self._values.get((IndicatorKind.EMAIL, address), 0)
        name = address.rpartition("@")[2]
        while name:
            lists |= self._mail_hosts.get(name, 0)
            name = name.partition(".")[2]
        return lists

    def lists_of_address(self, text: str) -> int:
        bits, number = _address(text)
        lists = 0
        for shift, networks in self._networks[bits].items():
            lists |= networks.get(number >> shift, 0)
        return lists

    def lists_of_value(self, kind: str, value: str) -> int:
        return self._values.get((kind, value), 0)

    def bit_of(self, name: str) -> int:
        return 1 << self.names.index(name) if name in self.names else 0

    def hosts(self) -> Iterator[tuple[str, int, int]]:
        """Every host of the shorter lists, with the lists that stop and that know it."""
        for host in self._equal.keys() | self._below.keys():
            yield host, self.stopping_host(host), self.lists_of_host(host)

    def addresses(self) -> Iterator[tuple[str, int, int]]:
        """Every entry that is a single address."""
        for bits, address in ((32, IPv4Address), (128, IPv6Address)):
            for number in self._networks[bits].get(0, ()):
                text = str(address(number))
                yield text, 0, self.lists_of_address(text)

    def values(self, kind: str) -> Iterator[tuple[str, int, int]]:
        """Every entry that is a whole value of a type; no name alone, as abuse@."""
        found = {value for each, value in self._values if each == kind}
        for value in found | (self._stop_mails.keys() if kind == "email" else set()):
            yield (
                value,
                self._stop_mails.get(value, 0),
                self.lists_of_value(kind, value),
            )

    def _add_hosts(self, found: MispList, bit: int) -> None:
        if len(found.entries) >= BIG:
            self._add_big(found, bit)
            return
        stops = _stops(found)
        for host, below in host_entries(found):
            index = self._below if below else self._equal
            index[host] = index.get(host, 0) | bit
            if stops:
                self._stop_hosts.setdefault(host, bit)

    def _add_big(self, found: MispList, bit: int) -> None:
        """Lists of this size are written by machines: names are taken as they stand."""
        big = self._big_equal if found.type == "string" else self._big_below
        big.append((bit, array("q", sorted(map(hash, found.entries)))))

    def _add_contacts(self, found: MispList, bit: int) -> None:
        if found.type == "regex":
            _add(self._stop_locals, plain_locals(found), bit)
        else:
            _add(self._stop_mails, (entry.lower() for entry in found.entries), bit)

    def _add_networks(self, found: MispList, bit: int) -> None:
        for entry in found.entries:
            try:
                bits, number, prefix = _network(entry.strip())
            except (OSError, ValueError):
                continue  # some address lists hold a few host names
            networks = self._networks[bits].setdefault(bits - prefix, {})
            key = number >> (bits - prefix)
            networks[key] = networks.get(key, 0) | bit

    def _add_values(self, found: MispList, bit: int) -> None:
        """Lists of whole values: telephone numbers in E.164, wallets, mailboxes."""
        if found.type != "string":
            return
        for kind, attributes in (
            (IndicatorKind.PHONE, PHONES),
            (IndicatorKind.BTC_WALLET, WALLETS),
            (IndicatorKind.EMAIL, MAILS),
        ):
            if found.concerns(attributes):
                _add(self._values, ((kind, entry) for entry in found.entries), bit)


def _add(index: dict[Key, int], keys: Iterator[Key], bit: int) -> None:
    for key in keys:
        index[key] = index.get(key, 0) | bit


def _stops(found: MispList) -> bool:
    name = found.name.lower()
    if found.slug == BANKS or name == _BANKS_NAME:
        return True
    return name.startswith("top ") and len(found.entries) <= TOP_MAX


def _in_big(big: "list[tuple[int, array[int]]]", host: str) -> int:
    """Hashes instead of names: one wrong answer in 10^13 look-ups, a tenth of the memory."""
    lists = 0
    for bit, hashes in big:
        wanted = hash(host)
        at = bisect_left(hashes, wanted)
        if at < len(hashes) and hashes[at] == wanted:
            lists |= bit
    return lists


def _address(text: str) -> tuple[int, int]:
    """How many bits an address has, and the number that they make."""
    if ":" in text:
        return 128, int.from_bytes(inet_pton(AF_INET6, text), "big")
    return 32, int.from_bytes(inet_pton(AF_INET, text), "big")


def _network(text: str) -> tuple[int, int, int]:
    address, slash, prefix = text.partition("/")
    bits, number = _address(address)
    length = int(prefix) if slash else bits
    if not 0 <= length <= bits:
        raise ValueError("no such prefix")
    return bits, number, length
