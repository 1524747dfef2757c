"""Simulated Execution Blocks: a physical model of a Tsys calibration, and the faults that can be put into it.

No CalAtmosphere table of the observatory is public in a form that can be shipped, so the samples come from here; every one of them
says so in ``ExecBlock.observerName``. The model goes the way of the real thing: receivers with a noise of their own look at the sky and
at two loads, a detector counts, and the chopper-wheel equations make Trx and Tsys of the counts. Faults are put where they happen: in
the receiver, in a load, in the sky, or in the numbers that were written; ``truth.json`` says which and where.

What the model leaves out: one layer stands for the whole of the atmosphere below the ozone, and the strength of an ozone line is
guessed from the width of its listed range; lightning and other interference than a birdie; mixer saturation, losses of optics and
cross-polarisation; leakage of the image sideband in Tsys of 2SB receivers; standing waves between scans; the antennas' own water in
tau (all antennas of a scan share the array's mean, but one whose fit is at fault); elevation limits, shadowing and slewing times;
ephemeris sources; noise that is not white. Phases, amplitudes, pointing, bandpasses and visibilities are announced in CalData but have
no tables.
The numbers of a seed stay the same for a version of this package; another version of numpy may change the last count of a channel.
"""
