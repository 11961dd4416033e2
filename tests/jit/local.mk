## SPDX-License-Identifier: MIT
## The translator: its encoder, and what it makes of guest code.
if HOST_X86_64
unit_tests += \
	tests/jit/golden-code \
	tests/jit/test-constants \
	tests/jit/test-exits \
	tests/jit/test-features \
	tests/jit/test-flat \
	tests/jit/test-lockstep \
	tests/jit/test-records \
	tests/jit/test-x86
## What tests/slow/hosts asks an emulated host.
test_tools += tests/jit/refused
jit_test_cflags = $(AM_CFLAGS) $(CHECK_CFLAGS)
jit_test_libs = src/jit/libjit.a src/cpu/libcpu.a src/isa/libisa.a $(base_libs) $(CHECK_LIBS)
## Random programs, and two PEs that run them.
jit_twins = tests/jit/twins.c tests/jit/twins.h \
	tests/jit/mixed.c tests/jit/mixed.h tests/jit/mixed-a32.c \
	tests/cpu/programs.c tests/cpu/programs.h tests/cpu/cpu-env.h \
	$(insn_gen)

## What is emitted for a few instructions.
jit_emitted = tests/jit/emitted.c tests/jit/emitted.h tests/cpu/cpu-env.h
tests_jit_test_constants_SOURCES = tests/jit/test-constants.c $(jit_emitted) \
	$(insn_gen)
tests_jit_test_constants_CFLAGS = $(jit_test_cflags)
tests_jit_test_constants_LDADD = $(jit_test_libs)
## Emitted code as text; `make golden` takes it as it is now.
tests_jit_golden_code_SOURCES = tests/jit/golden-code.c $(jit_emitted) \
	$(insn_gen)
tests_jit_golden_code_CFLAGS = $(jit_test_cflags) $(CAPSTONE_CFLAGS)
tests_jit_golden_code_LDADD = $(jit_test_libs) $(CAPSTONE_LIBS)
EXTRA_DIST += tests/jit/golden
golden: tests/jit/golden-code
	$(AM_V_GEN)tests/jit/golden-code --write $(srcdir)/tests/jit/golden
.PHONY: golden
tests_jit_test_exits_SOURCES = tests/jit/test-exits.c $(jit_twins)
tests_jit_test_exits_CFLAGS = $(jit_test_cflags)
tests_jit_test_exits_LDADD = $(jit_test_libs)
tests_jit_test_flat_SOURCES = tests/jit/test-flat.c tests/jit/mixed.c tests/jit/mixed.h \
	tests/cpu/programs.c tests/cpu/programs.h tests/cpu/cpu-env.h \
	$(insn_gen)
tests_jit_test_flat_CFLAGS = $(jit_test_cflags)
tests_jit_test_flat_LDADD = src/cpu/mem-flat-bodies.o $(jit_test_libs)
tests_jit_test_features_SOURCES = tests/jit/test-features.c $(jit_emitted) \
	$(insn_gen)
tests_jit_test_features_CFLAGS = $(jit_test_cflags) $(CAPSTONE_CFLAGS)
tests_jit_test_features_LDADD = $(jit_test_libs) $(CAPSTONE_LIBS)
tests_jit_test_lockstep_SOURCES = tests/jit/test-lockstep.c $(jit_twins)
tests_jit_test_lockstep_CFLAGS = $(jit_test_cflags)
tests_jit_test_lockstep_LDADD = $(jit_test_libs)
tests_jit_test_records_SOURCES = tests/jit/test-records.c
tests_jit_test_records_CFLAGS = $(jit_test_cflags)
tests_jit_test_records_LDADD = $(jit_test_libs)
## A Linux boot by both engines, for tests/slow/lockstep-boot.
test_tools += tests/jit/lockstep-boot
tests_jit_lockstep_boot_SOURCES = tests/jit/lockstep-boot.c \
	tests/jit/boot-board.c tests/jit/boot-board.h tests/jit/boot-tree.c \
	tests/jit/boot-compare.c tests/jit/boot-compare.h \
	tests/jit/boot-log.c tests/jit/boot-log.h \
	tests/jit/boot-steps.c tests/jit/boot-steps.h \
	tests/kernel/kvm-host.c tests/kernel/kvm-host.h
tests_jit_lockstep_boot_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=cpu_run,--wrap=cpu_stop_at
tests_jit_lockstep_boot_LDADD = $(tests_kernel_test_kvm_LDADD)
tests_jit_test_x86_CFLAGS = $(jit_test_cflags) $(CAPSTONE_CFLAGS)
tests_jit_test_x86_LDADD = $(jit_test_libs) $(CAPSTONE_LIBS)
endif
