"""A stand-in for the ``dataiku`` package of Dataiku DSS, over a real PostgreSQL, with the habits that bite.

It is as strict as the documentation of DSS, or stricter where that says nothing. The instance that it plays is a JSON file,
named by the environment variable STANDIN_INSTANCE: connections, datasets, variables and users. What runs in it finds its
surroundings in the environment variables that DSS itself sets (DKU_...).
"""

import dateutil  # noqa: F401 - the package of DSS loads these, and a code environment that lacks one of them has no dataiku
import numpy  # noqa: ICN001, F401
import requests  # noqa: F401
import six  # noqa: F401 - dataikuapi imports it without declaring it

from dataiku.core.client import Project, WebappImpersonationContext, api_client
from dataiku.core.dataset import Dataset
from dataiku.core.flow import FLOW_VARIABLES as dku_flow_variables  # noqa: N811 - its public name
from dataiku.core.flow import flow, get_flow_variables
from dataiku.core.instance import default_project_key, get_custom_variables
from dataiku.core.sql import SQLExecutor2

__all__ = [
    "Dataset", "Project", "SQLExecutor2", "WebappImpersonationContext", "api_client", "default_project_key", "dku_flow_variables", "flow",
    "get_custom_variables", "get_flow_variables",
]
