import subprocess
import sys
from pathlib import Path

import pytest

from jobs.samples import cal_atmosphere, write_sample

MEBIBYTE = 1 << 20
GROWTH_OF_ONE = """
import sys
from pathlib import Path
from alma_qa0.hosts.postgres import Postgres
from alma_qa0.jobs.ingest import ingest
from alma_qa0.store.tables import Tables

def peak():  # getrusage would count what the process was before it became this program
    return 1024 * int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])

before = peak()
report = ingest(Postgres(sys.argv[1]), Tables.in_schemas(), [Path(sys.argv[2])])
assert len(report.taken) == 1, report.failed
print(peak() - before)
"""


def growth(database_url, folder):
    """How much more memory than before an ingest held at its height, in bytes."""
    done = subprocess.run([sys.executable, "-c", GROWTH_OF_ONE, database_url, str(folder)], check=True, capture_output=True, text=True)
    return int(done.stdout)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not say how much memory a program held")
@pytest.mark.parametrize(("encoding", "n_rows"), [("binary", 1000), ("xml", 400)])
def test_a_file_of_many_chunks_twice_as_long_takes_hardly_more_memory(tmp_path, database_url_18, encoding, n_rows):
    sizes, growths = [], []
    for times in (3, 6):
        runs = [cal_atmosphere(n_rows, first=1 + n_rows * run, n_channels=128) for run in range(times)]
        folder = write_sample(tmp_path / f"{times}", encoding=encoding, CalAtmosphere=runs)
        sizes.append(sum(path.stat().st_size for path in folder.iterdir()))
        growths.append(growth(database_url_18, folder))
    assert sizes[1] - sizes[0] > 32 * MEBIBYTE
    assert growths[1] - growths[0] < (sizes[1] - sizes[0]) / 5
