## SPDX-License-Identifier: MIT
## What an arm64 program sees of Linux, by fauxkvm-user.
if HOST_X86_64
user_both_sources = \
	tests/user/case-clone3.c \
	tests/user/case-exec.c \
	tests/user/case-fault.c \
	tests/user/case-file.c \
	tests/user/case-first.c \
	tests/user/case-ipc.c \
	tests/user/case-killed.c \
	tests/user/case-memory.c \
	tests/user/case-proc.c \
	tests/user/case-process.c \
	tests/user/case-seccomp-listen.c \
	tests/user/case-seccomp.c \
	tests/user/case-signal.c \
	tests/user/case-socket.c \
	tests/user/case-thread.c \
	tests/user/cases.c \
	tests/user/noted.c
user_case_sources = $(user_both_sources) tests/user/case-code.c \
	tests/user/case-rseq.c
user_arm_sources = $(user_both_sources) tests/user/case-arm.c
user_case_flags = -std=gnu11 -O1 -g -D_GNU_SOURCE $(WARN_CFLAGS) \
	-I$(top_srcdir) -pthread
user_case_programs = tests/user/cases.arm64 tests/user/cases.arm64-static
check_DATA += $(user_case_programs)
CLEANFILES += $(user_case_programs)
user_case_headers = tests/user/user.h tests/user/machine.h tests/user/noted.h
EXTRA_DIST += $(user_case_sources) tests/user/case-arm.c $(user_case_headers)
tests/user/cases.arm64: $(user_case_sources) $(user_case_headers)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(AARCH64_CC) $(user_case_flags) -o $@ \
	$(addprefix $(top_srcdir)/,$(user_case_sources))
tests/user/cases.arm64-static: $(user_case_sources) $(user_case_headers)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(AARCH64_CC) -static $(user_case_flags) \
	-o $@ $(addprefix $(top_srcdir)/,$(user_case_sources))
## And what programs of 32-bit Arm see.
user_arm_flags = $(user_case_flags) -mfpu=neon -D_FILE_OFFSET_BITS=64 \
	-Wno-pointer-to-int-cast -Wno-int-to-pointer-cast -Wno-overflow
tests/user/cases.armhf: $(user_arm_sources) $(user_case_headers)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(ARMHF_CC) $(user_arm_flags) -o $@ \
	$(addprefix $(top_srcdir)/,$(user_arm_sources))
tests/user/cases.armhf-static: $(user_arm_sources) $(user_case_headers)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(ARMHF_CC) -static $(user_arm_flags) \
	-o $@ $(addprefix $(top_srcdir)/,$(user_arm_sources))
check_DATA += tests/user/cases.armhf tests/user/cases.armhf-static
CLEANFILES += tests/user/cases.armhf tests/user/cases.armhf-static
tests/user/fuzz-syscalls.arm64: tests/user/fuzz-syscalls.c
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(AARCH64_CC) -static $(user_case_flags) \
	-o $@ $(top_srcdir)/tests/user/fuzz-syscalls.c
tests/user/fuzz-syscalls.armhf: tests/user/fuzz-syscalls.c
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(ARMHF_CC) -static $(user_arm_flags) \
	-o $@ $(top_srcdir)/tests/user/fuzz-syscalls.c
user_fuzz_programs = tests/user/fuzz-syscalls.arm64 \
	tests/user/fuzz-syscalls.armhf
check_DATA += $(user_fuzz_programs)
CLEANFILES += $(user_fuzz_programs)
EXTRA_DIST += tests/user/fuzz-syscalls.c
TESTS += tests/user/check-cases tests/user/check-fuzz
dist_check_SCRIPTS += tests/user/check-cases tests/user/check-fuzz
## The engine's malloc().
unit_tests += tests/user/test-heap
tests_user_test_heap_SOURCES = src/user/heap.c tests/user/test-heap.c
tests_user_test_heap_CPPFLAGS = $(AM_CPPFLAGS)
tests_user_test_heap_LDADD = $(base_libs) -lpthread
## A debugger's view.
tests/user/gdb-target.arm64: tests/user/gdb-target.c
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(AARCH64_CC) -static $(user_case_flags) \
	-o $@ $(top_srcdir)/tests/user/gdb-target.c
check_DATA += tests/user/gdb-target.arm64
CLEANFILES += tests/user/gdb-target.arm64
EXTRA_DIST += tests/user/gdb-target.c
TESTS += tests/user/check-gdb
dist_check_SCRIPTS += tests/user/check-gdb
## Random code at EL0.
tests/user/fuzz-code.arm64: tests/user/fuzz-code.c tests/user/fuzz-code.h
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(AARCH64_CC) -static $(user_case_flags) \
	-o $@ $(top_srcdir)/tests/user/fuzz-code.c
tests/user/fuzz-code.armhf: tests/user/fuzz-code-arm.c tests/user/fuzz-code.h
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(ARMHF_CC) -static $(user_arm_flags) \
	-o $@ $(top_srcdir)/tests/user/fuzz-code-arm.c
user_fuzz_code = tests/user/fuzz-code.arm64 tests/user/fuzz-code.armhf
check_DATA += $(user_fuzz_code)
CLEANFILES += $(user_fuzz_code)
EXTRA_DIST += tests/user/fuzz-code.c tests/user/fuzz-code-arm.c tests/user/fuzz-code.h
TESTS += tests/user/check-fuzz-code
dist_check_SCRIPTS += tests/user/check-fuzz-code
## In a container.
check_PROGRAMS += tests/user/confine
tests_user_confine_SOURCES = tests/user/confine.c
TESTS += tests/user/check-confined
dist_check_SCRIPTS += tests/user/check-confined
endif
