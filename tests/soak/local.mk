## SPDX-License-Identifier: MIT
## The guest of tests/slow/soak: a program whose processes check their memory.
SOAK_SRC = tests/soak/memory.c tests/soak/process.c tests/soak/regs.S \
	tests/soak/soak.c tests/soak/threads.c
EXTRA_DIST += $(SOAK_SRC) tests/soak/soak.h tests/soak/init \
	tests/soak/console.py
check_DATA += tests/soak/soak
CLEANFILES += tests/soak/soak

tests/soak/soak: $(SOAK_SRC) tests/soak/soak.h
	$(AM_V_GEN)$(MKDIR_P) tests/soak && $(AARCH64_CC) -std=gnu11 -O2 -g \
		-pthread -static $(WARN_CFLAGS) -I$(srcdir) -o $@ \
		$(SOAK_SRC:%=$(srcdir)/%)
