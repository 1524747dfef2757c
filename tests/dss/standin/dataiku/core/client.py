"""The part of the public API that a program inside DSS asks: who browses, and the variables of a project."""

import re

from dataiku.core import instance


class Client:
    """What ``dataiku.api_client()`` gives, with the rights of who runs the process."""

    def get_auth_info(self, with_secrets=False):
        return _known(instance.read()["run_as"])

    def get_auth_info_from_browser_headers(self, headers_dict, with_secrets=False):
        tickets = instance.read()["tickets"]
        cookie = {name.lower(): value for name, value in dict(headers_dict).items()}.get("cookie", "")
        login = next((tickets[value] for value in re.findall(r"(?:^|[=\s])([^=;\s]+)", cookie) if value in tickets), None)
        if login is None:
            raise Exception("Unauthorized: no ticket in these headers")
        return _known(login)

    def get_default_project(self):
        return Project()

    def get_project(self, project_key):
        return Project(project_key)


class Project:
    def __init__(self, project_key=None):
        self.project_key = project_key or instance.default_project_key()

    def get_variables(self):
        return {"standard": instance.read()["variables"], "local": {}}

    def set_variables(self, variables):
        with instance.changing() as changed:
            changed["variables"] = variables["standard"]

    def list_datasets(self):
        return [{"name": name.split(".", 1)[1], "projectKey": self.project_key, "type": config["type"]}
                for name, config in instance.read()["datasets"].items() if name.startswith(f"{self.project_key}.")]


class WebappImpersonationContext:
    """Makes calls run as who browses; its user must be known when it is entered, which only a session of a browser is."""

    def __enter__(self):
        from bokeh.io import curdoc
        if curdoc().session_context is None:
            raise Exception("Impersonation needs a session of a browser; this is a thread or the start of the backend")
        return self

    def __exit__(self, *_problem):
        return False


def api_client():
    return Client()


def _known(login):
    return {"authIdentifier": login, "groups": instance.read()["users"].get(login, []), "associatedDSSUser": login, "authSource": "USER"}
