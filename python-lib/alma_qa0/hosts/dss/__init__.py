"""The host in Dataiku DSS, the only place that knows ``dataiku``: its database, datasets, parameters, users and macros."""
