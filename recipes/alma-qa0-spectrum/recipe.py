"""Brings the mart spectrum up to date, inside PostgreSQL."""

import logging

from alma_qa0.core.fields import SPECTRUM
from alma_qa0.hosts import dss
from alma_qa0.jobs import marts

logging.basicConfig(level=logging.INFO)
config = dss.recipe_config()
source, target = dss.locations(dss.input_dataset("cal_atmosphere"), dss.output_dataset("spectrum"))

marts.refresh(
    dss.DssDatabase(target.dataset), SPECTRUM, source=(source.schema, source.table), target=(target.schema, target.table),
    full=dss.boolean(config, "full_rebuild", False), batch_size=dss.integer(config, "batch_size", 8))
dss.write_schema(target.dataset, [(field.name, field.kind.value) for field in SPECTRUM.fields])
