"""Tables and queries. Rows go in and come out as the frozen values of `core`."""
