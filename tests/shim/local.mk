## SPDX-License-Identifier: MIT
## What is loaded into the VMM, and the command that does it.
unit_tests += tests/shim/test-shim
tests_shim_test_shim_SOURCES = tests/shim/test-shim.c \
	tests/shim/test-shim-fd.c tests/shim/test-shim-sig.c tests/shim/test-shim-wake.c \
	tests/shim/test-shim.h
tests_shim_test_shim_LDADD = src/shim/libembed.a $(base_libs) $(CHECK_LIBS)
tests_shim_test_shim_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

## Of the bridge, which other hosts don't have.
if HOST_X86_64
unit_tests += tests/shim/test-answer
tests_shim_test_answer_SOURCES = tests/shim/test-answer.c tests/shim/test-shim.h \
	src/shim/bridge-answer.c
tests_shim_test_answer_LDADD = $(base_libs) $(CHECK_LIBS)
tests_shim_test_answer_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
endif

## The whole model behind it, with allocations that fail: these are led to nomem.c.
unit_tests += tests/shim/test-nomem
tests_shim_test_nomem_SOURCES = tests/shim/test-nomem.c tests/shim/nomem.c tests/shim/nomem.h
tests_shim_test_nomem_LDADD = $(embed_libs) $(CHECK_LIBS)
tests_shim_test_nomem_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_shim_test_nomem_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=malloc,--wrap=calloc \
	-Wl,--wrap=aligned_alloc,--wrap=realloc,--wrap=free,--wrap=host_mmap \
	-Wl,--wrap=host_munmap \
	-Wl,--wrap=pthread_create,--wrap=epoll_create1,--wrap=epoll_ctl \
	-Wl,--wrap=timerfd_create,--wrap=eventfd,--wrap=memfd_create

## Programs for both architectures, started by tests/shim/check-shim.
shim_programs = \
	tests/shim/kick.arm64 \
	tests/shim/kick.arm64-static \
	tests/shim/kick.x86-64 \
	tests/shim/shim-run.arm64 \
	tests/shim/shim-run.arm64-static \
	tests/shim/shim-run.x86-64 \
	tests/shim/shim-client.arm64 \
	tests/shim/shim-client.arm64-static \
	tests/shim/shim-client.x86-64
check_DATA += $(shim_programs)
CLEANFILES += $(shim_programs)
EXTRA_DIST += tests/shim/kick.c tests/shim/shim-client.c tests/shim/shim-run.c tests/shim/tiny-vm.h
shim_program_flags = -std=gnu11 -O1 -g -D_GNU_SOURCE $(WARN_CFLAGS) \
	-I$(top_srcdir)/include -I$(top_srcdir)/src -I$(top_srcdir) -pthread
shim_program_native = $(AM_V_GEN)$(MKDIR_P) $(@D) && \
	$(CC) $(shim_program_flags) -o $@
shim_program_arm64 = $(AM_V_GEN)$(MKDIR_P) $(@D) && \
	$(AARCH64_CC) $(shim_program_flags) -o $@
tests/shim/kick.x86-64: tests/shim/kick.c tests/shim/tiny-vm.h
	$(shim_program_native) $(top_srcdir)/tests/shim/kick.c
tests/shim/kick.arm64: tests/shim/kick.c tests/shim/tiny-vm.h
	$(shim_program_arm64) $(top_srcdir)/tests/shim/kick.c
tests/shim/kick.arm64-static: tests/shim/kick.c tests/shim/tiny-vm.h
	$(shim_program_arm64) -static $(top_srcdir)/tests/shim/kick.c
tests/shim/shim-client.x86-64: tests/shim/shim-client.c
	$(shim_program_native) $(top_srcdir)/tests/shim/shim-client.c
tests/shim/shim-client.arm64: tests/shim/shim-client.c
	$(shim_program_arm64) $(top_srcdir)/tests/shim/shim-client.c
tests/shim/shim-client.arm64-static: tests/shim/shim-client.c
	$(shim_program_arm64) -static $(top_srcdir)/tests/shim/shim-client.c
tests/shim/shim-run.x86-64: tests/shim/shim-run.c tests/shim/tiny-vm.h
	$(shim_program_native) $(top_srcdir)/tests/shim/shim-run.c
tests/shim/shim-run.arm64: tests/shim/shim-run.c tests/shim/tiny-vm.h
	$(shim_program_arm64) $(top_srcdir)/tests/shim/shim-run.c
tests/shim/shim-run.arm64-static: tests/shim/shim-run.c tests/shim/tiny-vm.h
	$(shim_program_arm64) -static $(top_srcdir)/tests/shim/shim-run.c

TESTS += tests/shim/check-shim
dist_check_SCRIPTS += tests/shim/check-shim

## Executing a program by every way, started by tests/shim/check-exec
if HOST_X86_64
exec_programs = \
	tests/shim/exec-told.arm64 \
	tests/shim/exec-told.arm64-static \
	tests/shim/exec-told.x86-64 \
	tests/shim/exec-told.x86-64-static \
	tests/shim/exec-ways.arm64 \
	tests/shim/exec-ways.x86-64
check_DATA += $(exec_programs)
CLEANFILES += $(exec_programs)
TESTS += tests/shim/check-exec
dist_check_SCRIPTS += tests/shim/check-exec
endif
EXTRA_DIST += tests/shim/exec-told.c tests/shim/exec-ways.c
tests/shim/exec-told.x86-64: tests/shim/exec-told.c
	$(shim_program_native) $(top_srcdir)/tests/shim/exec-told.c
tests/shim/exec-told.x86-64-static: tests/shim/exec-told.c
	$(shim_program_native) -static $(top_srcdir)/tests/shim/exec-told.c
tests/shim/exec-told.arm64: tests/shim/exec-told.c
	$(shim_program_arm64) $(top_srcdir)/tests/shim/exec-told.c
tests/shim/exec-told.arm64-static: tests/shim/exec-told.c
	$(shim_program_arm64) -static $(top_srcdir)/tests/shim/exec-told.c
tests/shim/exec-ways.x86-64: tests/shim/exec-ways.c
	$(shim_program_native) $(top_srcdir)/tests/shim/exec-ways.c
tests/shim/exec-ways.arm64: tests/shim/exec-ways.c
	$(shim_program_arm64) $(top_srcdir)/tests/shim/exec-ways.c
