## SPDX-License-Identifier: MIT
## The fauxkvm command.
TESTS += tests/tool/check-tool tests/tool/check-stat tests/tool/check-report tests/tool/check-sysroot
dist_check_SCRIPTS += tests/tool/check-tool tests/tool/check-stat tests/tool/check-report tests/tool/check-sysroot
