"""Brings the mart scan_summary up to date, inside PostgreSQL."""

import logging

from alma_qa0.core.fields import SCAN_SUMMARY
from alma_qa0.hosts import dss
from alma_qa0.jobs import marts

logging.basicConfig(level=logging.INFO)
config = dss.recipe_config()
source, target = dss.locations(dss.input_dataset("cal_atmosphere"), dss.output_dataset("scan_summary"))

marts.refresh(
    dss.DssDatabase(target.dataset), SCAN_SUMMARY, source=(source.schema, source.table), target=(target.schema, target.table),
    full=dss.boolean(config, "full_rebuild", False), batch_size=dss.integer(config, "batch_size", 8))
dss.write_schema(target.dataset, [(field.name, field.kind.value) for field in SCAN_SUMMARY.fields])
