"""Every error that alma_qa0 raises on purpose: each says what, where and what was expected."""


class QA0Error(Exception):
    """The root of all errors that a user may see as a sentence."""


class BrokenAsdm(QA0Error):
    """A file of an ASDM that cannot be trusted, with the place that shows it.

    ``row`` counts from 1 in the order of the file; it and the other parts of the place are left out where they do not apply.
    """

    def __init__(
        self, problem: str, *, source: object, row: int | None = None, field: str | None = None, value: object = None,
        expected: str | None = None,
    ) -> None:
        place = ", ".join(part for part in (str(source), f"row {row}" if row else "", field or "") if part)
        got = "" if value is None else f": {_shortened(value)}"
        wanted = f"; expected {expected}" if expected else ""
        super().__init__(f"{place}: {problem}{got}{wanted}")
        self.problem, self.source, self.row, self.field, self.value, self.expected = problem, source, row, field, value, expected


class NotAnAsdm(BrokenAsdm):
    """A file that holds no ASDM at all, such as an archive of images."""


class DatabaseUnavailable(QA0Error):
    """The database does not answer; trying again later may help."""


class DatabaseRefused(QA0Error):
    """The database answered with an error; trying again does not help. ``code`` is PostgreSQL's, SQLSTATE, where the host tells it."""

    def __init__(self, sentence: str, *, code: str | None = None) -> None:
        super().__init__(sentence)
        self.code = code


class DssUnavailable(QA0Error):
    """DSS does not answer, or not in time; trying again later may help."""


class DssRefused(QA0Error):
    """DSS says no, or what it says cannot be read; trying again does not help."""


class BadSetting(QA0Error):
    """A flag, environment variable, recipe or webapp parameter with a value that cannot be used."""

    def __init__(self, name: str, value: object, expected: str) -> None:
        super().__init__(f"{name}: {_shortened(value)} cannot be used; expected {expected}")


class BadRequest(QA0Error):
    """Something that was asked for (a uid, a band, a folder) is not there or makes no sense."""


def _shortened(value: object, limit: int = 240) -> str:
    text = repr(value)
    return text if len(text) <= limit else f"{text[:limit]}..."
