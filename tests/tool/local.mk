## SPDX-License-Identifier: MIT
## The fauxkvm command.
TESTS += tests/tool/check-tool
dist_check_SCRIPTS += tests/tool/check-tool
