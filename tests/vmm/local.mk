## SPDX-License-Identifier: MIT
## The test VMM for both architectures; tests/vmm/run-guests runs the programs
## of tests/guests in it.
VMM_SRC = bench/ioctls.c tests/vmm/board.c tests/vmm/gic.c tests/vmm/kick.c \
	tests/vmm/machine.c tests/vmm/vmm.c
VMM_HDR = include/fauxkvm/device-attr-draft.h tests/tsan.h tests/vmm/board.h tests/vmm/vmm.h

test_tools += tests/vmm/vmm
tests_vmm_vmm_SOURCES = $(VMM_SRC) $(VMM_HDR)

check_DATA += tests/vmm/vmm-arm64
CLEANFILES += tests/vmm/vmm-arm64
tests/vmm/vmm-arm64: $(VMM_SRC) $(VMM_HDR)
	$(AM_V_GEN)$(MKDIR_P) tests/vmm && $(AARCH64_CC) -std=gnu11 \
		-D_GNU_SOURCE -O2 -g -pthread $(WARN_CFLAGS) -I$(srcdir) \
		-I$(srcdir)/include -o $@ \
		$(VMM_SRC:%=$(srcdir)/%)

TESTS += tests/vmm/run-guests tests/vmm/check-latency
dist_check_SCRIPTS += tests/vmm/run-guests tests/vmm/check-latency tests/real-kvm

## The test VMM with the shim linked in: ThreadSanitizer's runtime can't be
## loaded after a preloaded library. What is called before the runtime is
## ready, by itself, must not be instrumented. Made by tests/slow/sanitizers.
EXTRA_LIBRARIES += tests/vmm/libinterpose.a
tests_vmm_libinterpose_a_SOURCES = $(shim_sources) src/base/host.c
tests_vmm_libinterpose_a_CPPFLAGS = $(AM_CPPFLAGS) -DFAUXKVM_NATIVE
tests_vmm_libinterpose_a_CFLAGS = $(AM_CFLAGS) -fno-sanitize=all
EXTRA_PROGRAMS += tests/vmm/vmm-linked
tests_vmm_vmm_linked_SOURCES = $(VMM_SRC) $(VMM_HDR)
## All of it, or the C library's functions would do.
tests_vmm_vmm_linked_LDADD = $(embed_libs)
tests_vmm_vmm_linked_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--whole-archive,tests/vmm/libinterpose.a,--no-whole-archive
EXTRA_tests_vmm_vmm_linked_DEPENDENCIES = tests/vmm/libinterpose.a
