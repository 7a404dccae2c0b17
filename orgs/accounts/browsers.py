"""Which browser somebody has, as far as they would recognise it: family and system."""

# The first that is named in the user agent; what imitates others comes before them.
_FAMILIES = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
UNKNOWN = "Another browser"


def family(user_agent: str) -> str:
    """As “Firefox on Windows”; no versions, nothing that tells one machine from another."""
    name = _first(_FAMILIES, user_agent)
    system = _first(_SYSTEMS, user_agent)
    return f"{name or UNKNOWN} on {system}" if system else name or UNKNOWN


def _first(table: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for mark, name in table if mark in text), "")
