"""What a plugin webapp asks of DSS: its parameters."""

import json
import os


def get_webapp_config():
    return json.loads(os.environ["DKU_CUSTOM_WEBAPP_CONFIG"])


def get_plugin_config():
    return json.loads(os.environ["DKU_PLUGIN_CONFIG"])


def get_webapp_resource():
    return os.environ["DKU_CUSTOM_RESOURCE_FOLDER"]
