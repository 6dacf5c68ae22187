# Every target calls scripts/dev.py, which needs python3 alone; on Windows call it directly.
PYTHON ?= python3

.PHONY: help demo test lint bench docs web soak growth release-check
help:
	@$(PYTHON) scripts/dev.py --help

demo test lint bench docs web soak growth release-check:
	@$(PYTHON) scripts/dev.py $@
