"""Numbers and names as sentences say them."""

from collections.abc import Collection, Iterable

_MOST_DIGITS = 12


def told_apart(value: float, limit: float, form: str = "g", digits: int = 3) -> tuple[str, str]:
    """A value and its limit in words, with as many digits as it takes to tell them apart, and a ratio from 1.

    ``form`` is that of format(): g for a ratio, where ``digits`` count from the first that is not zero; % and f, where they are those
    behind the point. The limit of an f is said as it is.
    """
    texts = _text(value, form, digits), _text(limit, form, digits)
    for more in range(digits, _MOST_DIGITS):
        texts = _text(value, form, more), f"{limit:g}" if form == "f" else _text(limit, form, more)
        said, said_limit = (float(text.rstrip("%")) for text in texts)
        if (said != said_limit or value == limit) and (form != "g" or said != 1 or value == 1):
            break
    return texts


def named(names: Iterable[str], of: Collection[str] = ()) -> str:
    """The names, ascending; ``all but`` the others where those are fewer, and ``all`` where there are none."""
    listed = sorted(set(names))
    others = sorted(set(of) - set(listed))
    if of and not others:
        return "all"
    return f"all but {', '.join(others)}" if of and len(others) < len(listed) else ", ".join(listed)


def _text(value: float, form: str, digits: int) -> str:
    if form == "g" and abs(value) >= 10**digits:
        return f"{value:.0f}"
    return f"{value:.{digits}{form}}"
