"""QA0 of ALMA Execution Blocks: from the ASDM on disk to the page of the Astronomer on Duty."""

__version__ = "0.2.0"
