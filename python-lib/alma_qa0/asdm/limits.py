"""What no ASDM of the observatory goes beyond, by far: a file that does is refused before its content takes memory, disk or time.

With these an ingest holds less than 300 MB more than the program at its start, whatever the file says (docs/reliability.md).
"""

# An archive
MOST_UNPACKED = 8 << 30  # bytes of all tables of one ASDM
MOST_MEMBERS = 100_000  # files and folders; a long observation has some thousands of files of visibilities
LONGEST_NAME = 1_000  # characters of the name of a member
LONGEST_HEADERS = 1 << 18  # bytes of the headers of one member
MOST_SHARED_HEADERS = 100  # headers that hold for all members that follow
MOST_FOLDERS = 100  # folders that hold tables
FREELY_UNPACKED = 1 << 30  # a compressed archive may hold so many bytes, and beyond them
HIGHEST_COMPRESSION = 100  # so many for each of its own

# ASDM.xml, the table of tables
LARGEST_CONTAINER = 1 << 20  # bytes; it has some 300 for each of 80 tables
MOST_DIGITS = 18  # of a whole number

# A table
MOST_ROWS = 250_000  # the longest, CalAtmosphere of 66 antennas in 100 scans, has 26,400
LARGEST_ROW = 16 << 20  # bytes; a row of CalAtmosphere with 8,192 channels has less than 2 MiB as XML
MOST_MARKS = 20_000  # signs < and = of an XML row: its elements and their attributes
MOST_VALUES = 1 << 21  # values of one array
MOST_TEXTS = 100_000  # texts of one row
LONGEST_KEY = 100  # characters of a text that is part of the key of a row
