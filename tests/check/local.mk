## SPDX-License-Identifier: MIT
## What holds for the tree as a whole.
tree_checks = \
	tests/check/check-abi \
	tests/check/check-coverage \
	tests/check/check-dead \
	tests/check/check-dist \
	tests/check/check-format \
	tests/check/check-greppable \
	tests/check/check-host \
	tests/check/check-layers \
	tests/check/check-map \
	tests/check/check-names \
	tests/check/check-refusals \
	tests/check/check-symbols
TESTS += $(tree_checks)
dist_check_SCRIPTS += $(tree_checks)
EXTRA_DIST += tests/check/tree.py
