## SPDX-License-Identifier: MIT
## The fauxkvm command.
TESTS += tests/tool/check-install tests/tool/check-options tests/tool/check-pages tests/tool/check-tool tests/tool/check-stat tests/tool/check-junit tests/tool/check-report tests/tool/check-trace tests/tool/check-sysroot
dist_check_SCRIPTS += tests/tool/check-install tests/tool/check-options tests/tool/check-pages tests/tool/check-tool tests/tool/check-stat tests/tool/check-junit tests/tool/check-report tests/tool/check-trace tests/tool/check-sysroot

## A VMM that does things wrong, for tests/tool/check-misuse.
TESTS += tests/tool/check-misuse
dist_check_SCRIPTS += tests/tool/check-misuse
misuse_sources = tests/tool/misuse.c tests/abi/raw.c tests/abi/vm.c
EXTRA_DIST += tests/tool/misuse.c tests/tool/trace-look.py
check_DATA += tests/tool/misuse.native
CLEANFILES += tests/tool/misuse.native
tests/tool/misuse.native: $(misuse_sources) $(abi_headers) tests/a64.h
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(CC) $(abi_flags) -o $@ \
		$(misuse_sources:%=$(top_srcdir)/%)
if HOST_X86_64
check_DATA += tests/tool/misuse.arm64
CLEANFILES += tests/tool/misuse.arm64
tests/tool/misuse.arm64: $(misuse_sources) $(abi_headers) tests/a64.h
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(AARCH64_CC) $(abi_flags) -o $@ \
		$(misuse_sources:%=$(top_srcdir)/%)
endif
