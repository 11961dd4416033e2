## SPDX-License-Identifier: MIT
## One processing element and several: src/cpu alone.
cpu_tests = \
	tests/cpu/test-a32 \
	tests/cpu/test-a32-cp15 \
	tests/cpu/test-a32-el1 \
	tests/cpu/test-a32-system \
	tests/cpu/test-arena \
	tests/cpu/test-atomic \
	tests/cpu/test-big-endian \
	tests/cpu/test-block \
	tests/cpu/test-bodies \
	tests/cpu/test-bti \
	tests/cpu/test-code \
	tests/cpu/test-costs \
	tests/cpu/test-debug \
	tests/cpu/test-domain \
	tests/cpu/test-fp-state \
	tests/cpu/test-leave \
	tests/cpu/test-litmus \
	tests/cpu/test-mem-flat \
	tests/cpu/test-lockstep \
	tests/cpu/test-mmio \
	tests/cpu/test-mmu \
	tests/cpu/test-mmu-a32 \
	tests/cpu/test-mmu-insn \
	tests/cpu/test-model \
	tests/cpu/test-mte \
	tests/cpu/test-pauth \
	tests/cpu/test-pmu \
	tests/cpu/test-seats \
	tests/cpu/test-simd \
	tests/cpu/test-softfloat \
	tests/cpu/test-sve \
	tests/cpu/test-sve-ldst \
	tests/cpu/test-spin \
	tests/cpu/test-system \
	tests/cpu/test-time \
	tests/cpu/test-tlb
unit_tests += $(cpu_tests)
EXTRA_DIST += tests/cpu/engines.h
cpu_test_cflags = $(AM_CFLAGS) $(CHECK_CFLAGS)
cpu_test_libs = src/jit/libjit.a src/cpu/libcpu.a src/isa/libisa.a $(base_libs) $(CHECK_LIBS)

## Two PEs on two threads: atomics and memory order; code that changes.
tests_cpu_test_atomic_SOURCES = tests/cpu/test-atomic.c \
	tests/cpu/cpu-crew.c tests/cpu/cpu-crew.h
tests_cpu_test_atomic_CFLAGS = $(cpu_test_cflags)
tests_cpu_test_atomic_LDADD = $(cpu_test_libs)
tests_cpu_test_litmus_SOURCES = tests/cpu/test-litmus.c \
	tests/cpu/cpu-crew.c tests/cpu/cpu-crew.h
tests_cpu_test_litmus_CFLAGS = $(cpu_test_cflags)
tests_cpu_test_litmus_LDADD = $(cpu_test_libs)
tests_cpu_test_code_SOURCES = tests/cpu/test-code.c \
	tests/cpu/cpu-crew.c tests/cpu/cpu-crew.h
tests_cpu_test_code_CFLAGS = $(cpu_test_cflags)
tests_cpu_test_code_LDADD = $(cpu_test_libs)
tests_cpu_test_a32_SOURCES = tests/cpu/test-a32.c tests/cpu/cpu-env.h
tests_cpu_test_a32_CFLAGS = $(cpu_test_cflags)
tests_cpu_test_a32_LDADD = $(cpu_test_libs)

tests_cpu_test_a32_cp15_SOURCES = tests/cpu/test-a32-cp15.c \
	tests/cpu/a32-env.h
tests_cpu_test_a32_cp15_CFLAGS = $(cpu_test_cflags)
tests_cpu_test_a32_cp15_LDADD = $(cpu_test_libs)
tests_cpu_test_a32_el1_SOURCES = tests/cpu/test-a32-el1.c tests/cpu/a32-env.h
tests_cpu_test_a32_el1_CFLAGS = $(cpu_test_cflags)
tests_cpu_test_a32_el1_LDADD = $(cpu_test_libs)
tests_cpu_test_a32_system_SOURCES = tests/cpu/test-a32-system.c tests/cpu/a32-env.h
tests_cpu_test_a32_system_CFLAGS = $(cpu_test_cflags)
tests_cpu_test_a32_system_LDADD = $(cpu_test_libs)
tests_cpu_test_arena_SOURCES = tests/cpu/test-arena.c tests/cpu/cpu-env.h
tests_cpu_test_arena_CFLAGS = $(cpu_test_cflags)
tests_cpu_test_arena_LDADD = $(cpu_test_libs)
tests_cpu_test_big_endian_SOURCES = tests/cpu/test-big-endian.c tests/cpu/cpu-env.h \
	$(insn_gen)
tests_cpu_test_big_endian_CFLAGS = $(cpu_test_cflags)
tests_cpu_test_big_endian_LDADD = $(cpu_test_libs)
tests_cpu_test_bti_SOURCES = tests/cpu/test-bti.c tests/cpu/cpu-env.h
tests_cpu_test_bti_CFLAGS = $(cpu_test_cflags)
tests_cpu_test_bti_LDADD = $(cpu_test_libs)
tests_cpu_test_bodies_SOURCES = tests/cpu/test-bodies.c \
	$(insn_gen)
tests_cpu_test_bodies_CFLAGS = $(cpu_test_cflags)
tests_cpu_test_bodies_LDADD = $(cpu_test_libs)
tests_cpu_test_block_CFLAGS = $(cpu_test_cflags)
tests_cpu_test_block_LDADD = $(cpu_test_libs)

tests_cpu_test_debug_SOURCES = tests/cpu/test-debug.c tests/cpu/cpu-env.h
tests_cpu_test_debug_CFLAGS = $(cpu_test_cflags)
tests_cpu_test_debug_LDADD = $(cpu_test_libs)

tests_cpu_test_domain_SOURCES = tests/cpu/test-domain.c tests/cpu/cpu-env.h
tests_cpu_test_domain_CFLAGS = $(cpu_test_cflags)
tests_cpu_test_domain_LDADD = $(cpu_test_libs)
tests_cpu_test_mem_flat_SOURCES = tests/cpu/test-mem-flat.c
tests_cpu_test_mem_flat_CFLAGS = $(cpu_test_cflags)
tests_cpu_test_mem_flat_LDADD = src/cpu/mem-flat-bodies.o $(cpu_test_libs)
tests_cpu_test_lockstep_SOURCES = tests/cpu/test-lockstep.c \
	tests/cpu/cpu-env.h tests/cpu/programs.c tests/cpu/programs.h \
	$(insn_gen)
tests_cpu_test_lockstep_CFLAGS = $(cpu_test_cflags)
tests_cpu_test_lockstep_LDADD = $(cpu_test_libs)
tests_cpu_test_mmio_SOURCES = tests/cpu/test-mmio.c tests/cpu/cpu-env.h tests/cpu/mmu-env.h
tests_cpu_test_mmio_CFLAGS = $(cpu_test_cflags)
tests_cpu_test_mmio_LDADD = $(cpu_test_libs)
tests_cpu_test_mmu_insn_SOURCES = tests/cpu/test-mmu-insn.c tests/cpu/cpu-env.h tests/cpu/mmu-env.h
tests_cpu_test_mmu_insn_CFLAGS = $(cpu_test_cflags)
tests_cpu_test_mmu_insn_LDADD = $(cpu_test_libs)
tests_cpu_test_mmu_a32_SOURCES = tests/cpu/test-mmu-a32.c tests/cpu/cpu-env.h
tests_cpu_test_mmu_a32_CFLAGS = $(cpu_test_cflags)
tests_cpu_test_mmu_a32_LDADD = $(cpu_test_libs)
tests_cpu_test_mmu_SOURCES = tests/cpu/test-mmu.c tests/cpu/cpu-env.h tests/cpu/mmu-env.h
tests_cpu_test_mmu_CFLAGS = $(cpu_test_cflags)
tests_cpu_test_mmu_LDADD = $(cpu_test_libs)
tests_cpu_test_model_SOURCES = tests/cpu/test-model.c tests/cpu/cpu-env.h
tests_cpu_test_model_CFLAGS = $(cpu_test_cflags)
tests_cpu_test_model_LDADD = $(cpu_test_libs)
tests_cpu_test_mte_SOURCES = tests/cpu/test-mte.c tests/cpu/cpu-env.h
tests_cpu_test_mte_CFLAGS = $(cpu_test_cflags)
tests_cpu_test_mte_LDADD = $(cpu_test_libs)
tests_cpu_test_sve_SOURCES = tests/cpu/test-sve.c tests/cpu/cpu-env.h \
	$(insn_gen)
tests_cpu_test_sve_CFLAGS = $(cpu_test_cflags)
tests_cpu_test_sve_LDADD = $(cpu_test_libs)
tests_cpu_test_sve_ldst_SOURCES = tests/cpu/test-sve-ldst.c tests/cpu/cpu-env.h
tests_cpu_test_sve_ldst_CFLAGS = $(cpu_test_cflags)
tests_cpu_test_sve_ldst_LDADD = $(cpu_test_libs)
tests_cpu_test_pauth_SOURCES = tests/cpu/test-pauth.c tests/cpu/cpu-env.h \
	tests/cpu/pauth-vectors.h
tests_cpu_test_pauth_CFLAGS = $(cpu_test_cflags)
tests_cpu_test_pauth_LDADD = $(cpu_test_libs)
tests_cpu_test_pmu_SOURCES = tests/cpu/test-pmu.c tests/cpu/cpu-env.h
tests_cpu_test_pmu_CFLAGS = $(cpu_test_cflags)
tests_cpu_test_pmu_LDADD = $(cpu_test_libs)
tests_cpu_test_system_SOURCES = tests/cpu/test-system.c tests/cpu/cpu-env.h
tests_cpu_test_system_CFLAGS = $(cpu_test_cflags)
tests_cpu_test_system_LDADD = $(cpu_test_libs)
tests_cpu_test_leave_SOURCES = tests/cpu/test-leave.c tests/cpu/cpu-env.h
tests_cpu_test_leave_CFLAGS = $(cpu_test_cflags)
tests_cpu_test_leave_LDADD = $(cpu_test_libs)

tests_cpu_test_tlb_SOURCES = tests/cpu/test-tlb.c tests/cpu/cpu-env.h
tests_cpu_test_tlb_CFLAGS = $(cpu_test_cflags)
tests_cpu_test_tlb_LDADD = $(cpu_test_libs)

tests_cpu_test_fp_state_CFLAGS = $(cpu_test_cflags) -frounding-math
tests_cpu_test_fp_state_LDADD = $(cpu_test_libs) -lm
tests_cpu_test_simd_SOURCES = tests/cpu/test-simd.c tests/cpu/cpu-env.h
tests_cpu_test_simd_CFLAGS = $(cpu_test_cflags)
tests_cpu_test_simd_LDADD = $(cpu_test_libs) -lm
tests_cpu_test_seats_SOURCES = tests/cpu/test-seats.c tests/cpu/cpu-env.h
tests_cpu_test_seats_CFLAGS = $(cpu_test_cflags)
tests_cpu_test_seats_LDADD = $(cpu_test_libs)
tests_cpu_test_spin_SOURCES = tests/cpu/test-spin.c tests/cpu/cpu-env.h
tests_cpu_test_spin_CFLAGS = $(cpu_test_cflags)
tests_cpu_test_spin_LDADD = $(cpu_test_libs)
tests_cpu_test_softfloat_CFLAGS = $(cpu_test_cflags) -frounding-math
tests_cpu_test_softfloat_LDADD = $(cpu_test_libs) -lm

## src/cpu against qemu-aarch64.
unit_tests += tests/cpu/insn-diff
tests_cpu_insn_diff_SOURCES = tests/cpu/insn-diff.c tests/cpu/insn-diff.h \
	tests/cpu/insn-native.c tests/cpu/insn-native.h tests/cpu/insn-show.c tests/cpu/insn-show.h \
	$(insn_gen)
tests_cpu_insn_diff_LDADD = src/jit/libjit.a src/cpu/libcpu.a src/isa/libisa.a $(base_libs)

check_DATA += tests/cpu/insn-runner tests/cpu/insn-runner-a32
EXTRA_DIST += tests/cpu/insn-runner.c tests/cpu/insn-runner.h tests/cpu/insn-runner.S \
	tests/cpu/insn-runner-mte.c \
	tests/cpu/insn-runner-a32.S tests/cpu/insn-README
CLEANFILES += tests/cpu/insn-runner tests/cpu/insn-runner-a32
tests/cpu/insn-runner: $(srcdir)/tests/cpu/insn-runner.c \
		$(srcdir)/tests/cpu/insn-runner-mte.c \
		$(srcdir)/tests/cpu/insn-runner.S \
		$(srcdir)/tests/cpu/insn-runner.h \
		$(srcdir)/tests/cpu/insn-diff.h
	$(AM_V_GEN)$(MKDIR_P) tests/cpu && $(AARCH64_CC) -O2 -g -static \
		-I$(srcdir) -o $@ $(srcdir)/tests/cpu/insn-runner.c \
		$(srcdir)/tests/cpu/insn-runner-mte.c \
		$(srcdir)/tests/cpu/insn-runner.S
tests/cpu/insn-runner-a32: $(srcdir)/tests/cpu/insn-runner.c \
		$(srcdir)/tests/cpu/insn-runner-a32.S \
		$(srcdir)/tests/cpu/insn-runner.h \
		$(srcdir)/tests/cpu/insn-diff.h
	$(AM_V_GEN)$(MKDIR_P) tests/cpu && $(ARMHF_CC) -O2 -g -static \
		-I$(srcdir) -o $@ $(srcdir)/tests/cpu/insn-runner.c \
		$(srcdir)/tests/cpu/insn-runner-a32.S
tests_cpu_test_time_SOURCES = tests/cpu/test-time.c \
	tests/cpu/cpu-env.h tests/cpu/programs.c tests/cpu/programs.h \
	$(insn_gen)
tests_cpu_test_time_CFLAGS = $(cpu_test_cflags)
tests_cpu_test_time_LDADD = $(cpu_test_libs)
tests_cpu_test_costs_SOURCES = tests/cpu/test-costs.c
tests_cpu_test_costs_CFLAGS = $(cpu_test_cflags)
tests_cpu_test_costs_LDADD = $(cpu_test_libs)
