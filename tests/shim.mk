## SPDX-License-Identifier: MIT
## What is loaded into the VMM, and the command that does it.
unit_tests += tests/test-shim
tests_test_shim_SOURCES = tests/test-shim.c
tests_test_shim_LDADD = src/shim/libembed.la src/base/libbase.la $(CHECK_LIBS)
tests_test_shim_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

## Programs for both architectures, started by tests/check-shim.
shim_programs = \
	tests/kick.arm64 \
	tests/kick.x86-64 \
	tests/shim-run.arm64 \
	tests/shim-run.x86-64 \
	tests/shim-client.arm64 \
	tests/shim-client.x86-64
check_DATA += $(shim_programs)
CLEANFILES += $(shim_programs)
EXTRA_DIST += tests/kick.c tests/shim-client.c tests/shim-run.c tests/tiny-vm.h
shim_program_flags = -std=gnu11 -O1 -g -D_GNU_SOURCE $(WARN_CFLAGS) \
	-I$(top_srcdir)/include -pthread
shim_program_native = $(AM_V_GEN)$(MKDIR_P) tests && \
	$(CC) $(shim_program_flags) -o $@
shim_program_arm64 = $(AM_V_GEN)$(MKDIR_P) tests && \
	$(AARCH64_CC) $(shim_program_flags) -o $@
tests/kick.x86-64: tests/kick.c tests/tiny-vm.h
	$(shim_program_native) $(top_srcdir)/tests/kick.c
tests/kick.arm64: tests/kick.c tests/tiny-vm.h
	$(shim_program_arm64) $(top_srcdir)/tests/kick.c
tests/shim-client.x86-64: tests/shim-client.c
	$(shim_program_native) $(top_srcdir)/tests/shim-client.c
tests/shim-client.arm64: tests/shim-client.c
	$(shim_program_arm64) $(top_srcdir)/tests/shim-client.c
tests/shim-run.x86-64: tests/shim-run.c tests/tiny-vm.h
	$(shim_program_native) $(top_srcdir)/tests/shim-run.c
tests/shim-run.arm64: tests/shim-run.c tests/tiny-vm.h
	$(shim_program_arm64) $(top_srcdir)/tests/shim-run.c

shim_scripts = tests/check-symbols tests/check-shim tests/check-tool
TESTS += $(shim_scripts)
dist_check_SCRIPTS += $(shim_scripts)
