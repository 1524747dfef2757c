"""Judges Execution Blocks: the rules over the four marts, what they find into two datasets."""

import logging

from alma_qa0.core.fields import EVALUATION, FINDING, MARTS
from alma_qa0.hosts.dss import database, datasets, parameters
from alma_qa0.jobs import choice, findings, marts

logging.basicConfig(level=logging.INFO)
config = parameters.recipe_config()
finding, evaluation, *inputs = datasets.locations(
    datasets.output_dataset("finding"), datasets.output_dataset("evaluation"), *(datasets.input_dataset(mart.name) for mart in MARTS),
    *filter(None, [datasets.optional_input("cal_atmosphere")]))
chosen = choice.choose(
    parameters.text(config, "mode", "changed"), uids=parameters.texts(config, "uids", "more_uids"),
    days=parameters.texts(config, "days", "more_days"), partition=datasets.shared_partition(finding.dataset, evaluation.dataset))

findings.refresh(
    database.DssDatabase(finding.dataset), marts={mart.name: place.place for mart, place in zip(MARTS, inputs, strict=False)},
    source=inputs[len(MARTS)].place if len(inputs) > len(MARTS) else None, finding=finding.place, evaluation=evaluation.place,
    limits=parameters.mapping(config, "limits"), choice=chosen,
    batch_size=parameters.integer(config, "batch_size", 8), workers=parameters.integer(config, "workers", 1))
datasets.write_schema(finding.dataset, marts.described(FINDING, chosen.partition))
datasets.write_schema(evaluation.dataset, marts.described(EVALUATION, chosen.partition))
