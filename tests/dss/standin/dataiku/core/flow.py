"""What a recipe that runs in the Flow knows of itself."""

import json
import os

FLOW_VARIABLES = json.loads(os.environ["DKUFLOW_VARIABLES"]) if "DKUFLOW_VARIABLES" in os.environ else None


def flow():
    """The datasets that the running recipe was given, by role; None outside a recipe."""
    return json.loads(os.environ["DKUFLOW_SPEC"]) if "DKUFLOW_SPEC" in os.environ else None


def get_flow_variables():
    """DKU_DST_<dimension>, DKU_SRC_<dimension> and their like, as texts; empty where nothing is partitioned."""
    if FLOW_VARIABLES is None:
        raise Exception("Flow variables are only there in a recipe that runs in the Flow")
    return FLOW_VARIABLES
