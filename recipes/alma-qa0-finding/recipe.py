"""Judges Execution Blocks: the rules over the four marts, what they find into two datasets."""

import logging

from alma_qa0.core.fields import EVALUATION, FINDING, FIRST_LAYOUT, MARTS
from alma_qa0.hosts.dss import database, datasets, parameters
from alma_qa0.jobs import choice, findings, marts

logging.basicConfig(level=logging.INFO)
config = parameters.recipe_config()
roles = {mart.name: datasets.input_dataset(mart.name) for mart in MARTS if mart.since == FIRST_LAYOUT}
later = [*(mart.name for mart in MARTS if mart.name not in roles), "cal_atmosphere"]  # what a flow may lack
roles |= {name: found for name in later if (found := datasets.optional_input(name))}
finding, evaluation, *inputs = datasets.locations(
    datasets.output_dataset("finding"), datasets.output_dataset("evaluation"), *roles.values())
places = {role: each.place for role, each in zip(roles, inputs, strict=True)}
chosen = choice.choose(
    parameters.text(config, "mode", "changed"), uids=parameters.texts(config, "uids", "more_uids"),
    days=parameters.texts(config, "days", "more_days"), partition=datasets.shared_partition(finding.dataset, evaluation.dataset))

findings.refresh(
    database.DssDatabase(finding.dataset), source=places.pop("cal_atmosphere", None), marts=places, finding=finding.place,
    evaluation=evaluation.place, limits=parameters.mapping(config, "limits"), choice=chosen,
    batch_size=parameters.integer(config, "batch_size", 8), workers=parameters.integer(config, "workers", 1))
datasets.write_schema(finding.dataset, marts.described(FINDING, chosen.partition))
datasets.write_schema(evaluation.dataset, marts.described(EVALUATION, chosen.partition))
