"""One file per command of the command line; each joins the rooms in a few lines."""
