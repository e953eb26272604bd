"""Files that are damaged or hostile, thrown at everything that reads MXNet's files."""
