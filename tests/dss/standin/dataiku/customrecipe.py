"""What a plugin recipe asks of DSS: its roles and parameters."""

import json
import os

from dataiku.core.flow import flow


def get_input_names_for_role(role, full=True):
    return _names("in", full, role)


def get_output_names_for_role(role, full=True):
    return _names("out", full, role)


def get_input_names(full=True):
    return _names("in", full)


def get_output_names(full=True):
    return _names("out", full)


def get_recipe_config():
    return json.loads(os.environ["DKU_CUSTOM_RECIPE_CONFIG"])


def get_plugin_config():
    return json.loads(os.environ["DKU_CUSTOM_RECIPE_PLUGIN_CONFIG"])


def get_recipe_resource():
    return os.environ["DKU_CUSTOM_RESOURCE_FOLDER"]


def _names(side, full, role=None):
    return [item["fullName" if full else "smartName"] for item in flow()[side] if role in (None, item["role"])]
