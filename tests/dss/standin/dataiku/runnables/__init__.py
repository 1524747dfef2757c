"""What a macro is made of: a Runnable, and the table that it may answer with."""


class Runnable:
    """A macro: made with its parameters, asked once for its progress target, and run."""

    def __init__(self, project_key, config, plugin_config):
        self.project_key, self.config, self.plugin_config = project_key, config, plugin_config

    def get_progress_target(self):
        """None, or (target, "SIZE|FILES|RECORDS|NONE")."""

    def run(self, progress_callback):
        raise NotImplementedError


class ResultTable:
    def __init__(self):
        self.columns, self.records = [], []
        self.name = self.header = None

    def set_name(self, name):
        self.name = name

    def set_header(self, header):
        self.header = header

    def add_column(self, name, display_name=None, type="STRING"):  # noqa: A002 - as in DSS
        if type not in ("STRING", "STRING_LIST"):
            raise ValueError(f"type of column {name}: {type}; expected STRING or STRING_LIST")
        if name in [column["name"] for column in self.columns]:
            raise ValueError(f"column {name} twice")
        self.columns.append({"name": name, "displayName": display_name or name, "type": type})

    def add_record(self, record):
        if not isinstance(record, list) or len(record) != len(self.columns):
            raise ValueError(f"record {record!r}; expected a list of {len(self.columns)} values, as many as there are columns")
        for value, column in zip(record, self.columns, strict=True):
            _check(value, column)
        self.records.append(record)


def _check(value, column):
    values = value if column["type"] == "STRING_LIST" else [value]
    if not isinstance(values, list) or not all(one is None or isinstance(one, str) for one in values):
        raise TypeError(f"{column['name']}: {value!r}; expected {'a list of texts' if column['type'] == 'STRING_LIST' else 'a text'}")
