"""Brings the mart invalid_value up to date, inside PostgreSQL."""

import logging

from alma_qa0.core.fields import INVALID_VALUE
from alma_qa0.hosts.dss import database, datasets, parameters
from alma_qa0.jobs import choice, marts

logging.basicConfig(level=logging.INFO)
config = parameters.recipe_config()
source, target = datasets.locations(datasets.input_dataset("cal_atmosphere"), datasets.output_dataset("invalid_value"))
chosen = choice.choose(
    parameters.text(config, "mode", "changed"), uids=parameters.texts(config, "uids", "more_uids"),
    days=parameters.texts(config, "days", "more_days"), partition=datasets.partition(target.dataset))

marts.refresh(
    database.DssDatabase(target.dataset), INVALID_VALUE, source=source.place, target=target.place, choice=chosen,
    batch_size=parameters.integer(config, "batch_size", 8), workers=parameters.integer(config, "workers", 1))
datasets.write_schema(target.dataset, marts.described(INVALID_VALUE, chosen.partition))
