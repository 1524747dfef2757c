import sys

from alma_qa0.cli import main

sys.exit(main())
