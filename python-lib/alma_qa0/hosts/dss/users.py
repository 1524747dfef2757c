"""Who looks at a page in DSS, and whether they may decide."""

import logging
from collections.abc import Collection
from dataclasses import dataclass

import dataiku


@dataclass(frozen=True, slots=True)
class User:
    """One user of DSS by login, and the groups they are in."""

    login: str
    groups: tuple[str, ...]


def session_user(session_id: str) -> User | None:
    """The DSS user behind a Bokeh session; None where DSS does not say."""
    try:
        from dataiku.webapps.run_bokeh import get_session_headers  # only there in a backend that DSS has started
        user = dataiku.api_client().get_auth_info_from_browser_headers(get_session_headers(session_id))
        return User(str(user["authIdentifier"]), tuple(map(str, user.get("groups") or ())))
    except Exception as problem:  # a page without a name is better than none
        logging.getLogger(__name__).warning("the user of session %s is not known: %s", session_id, problem)
        return None


def may_decide(user: User | None, deciders: Collection[str]) -> bool:
    """Whether a user may decide: everybody whom DSS knows where no login or group is named, else who is named or in a group that is."""
    return user is not None and (not deciders or not {user.login, *user.groups}.isdisjoint(deciders))
