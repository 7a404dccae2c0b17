"""Indicator types: one class each, with its normal form and its examples (pure)."""

from sharing.indicators.types.base import BadValue, IndicatorType, Parsed
from sharing.indicators.types.refang import refang
from sharing.indicators.types.registry import TYPES, guess, hash_only, read_value

__all__ = [
    "TYPES",
    "BadValue",
    "IndicatorType",
    "Parsed",
    "guess",
    "hash_only",
    "read_value",
    "refang",
]
