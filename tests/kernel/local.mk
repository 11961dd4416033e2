## SPDX-License-Identifier: MIT
## The kernel model's answers, request by request, without the shim.
unit_tests += tests/kernel/test-kvm
tests_kernel_test_kvm_SOURCES = tests/kernel/test-kvm.c tests/kernel/test-kvm-system.c \
	tests/kernel/test-kvm-memory.c tests/kernel/test-kvm-vcpu.c tests/kernel/test-kvm-run.c \
	tests/kernel/test-kvm-host.c tests/kernel/test-kvm-host-file.c \
	tests/kernel/host-facts.def \
	tests/kernel/test-kvm-irq.c tests/kernel/test-kvm-event.c tests/kernel/test-kvm-clock.c \
	tests/kernel/test-kvm-record.c tests/kernel/test-kvm-running.c \
	tests/kernel/test-kvm-harvest.c tests/kernel/test-kvm-trace.c \
	tests/kernel/test-decode.h \
	tests/kernel/kvm-host.c tests/kernel/kvm-host.h tests/kernel/test-kvm.h
tests_kernel_test_kvm_LDADD = src/kernel/libkernel.a src/gic/libgic.a src/mpic/libmpic.a \
	src/jit/libjit.a src/cpu/libcpu.a src/isa/libisa.a $(base_libs) $(CHECK_LIBS)
tests_kernel_test_kvm_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

unit_tests += tests/kernel/test-itree
tests_kernel_test_itree_SOURCES = tests/kernel/test-itree.c
tests_kernel_test_itree_LDADD = src/kernel/libkernel-core.a $(base_libs) \
	$(CHECK_LIBS)
tests_kernel_test_itree_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

unit_tests += tests/kernel/test-vcpu-lock
tests_kernel_test_vcpu_lock_SOURCES = tests/kernel/test-vcpu-lock.c
tests_kernel_test_vcpu_lock_LDADD = src/kernel/libkernel-core.a $(base_libs) \
	$(CHECK_LIBS)
tests_kernel_test_vcpu_lock_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

## The core of src/kernel without an architecture of ours, on a stub.
unit_tests += tests/kernel/test-core
tests_kernel_test_core_SOURCES = tests/kernel/test-core.c tests/kernel/stub-arch.c \
	tests/kernel/stub-arch.h tests/kernel/kvm-host.c tests/kernel/kvm-host.h
tests_kernel_test_core_LDADD = src/kernel/libkernel-core.a $(base_libs) \
	$(CHECK_LIBS)
tests_kernel_test_core_CPPFLAGS = $(AM_CPPFLAGS) -DFAUXKVM_ABI_PPC
tests_kernel_test_core_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

## Files that a user writes or names: profiles, recordings.
unit_tests += tests/kernel/test-files
tests_kernel_test_files_SOURCES = tests/kernel/test-files.c tests/kernel/test-files.h \
	tests/kernel/test-costs-file.c tests/kernel/test-record-file.c \
	tests/kernel/stub-arch.c tests/kernel/stub-arch.h
tests_kernel_test_files_LDADD = src/kernel/libkernel-core.a $(base_libs) \
	$(CHECK_LIBS)
tests_kernel_test_files_CPPFLAGS = $(AM_CPPFLAGS) -DFAUXKVM_ABI_PPC
tests_kernel_test_files_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

## Statistics of interrupts, on the stub.
unit_tests += tests/kernel/test-irq-stats
tests_kernel_test_irq_stats_SOURCES = tests/kernel/test-irq-stats.c tests/kernel/stub-arch.c \
	tests/kernel/stub-arch.h tests/kernel/kvm-host.c tests/kernel/kvm-host.h
tests_kernel_test_irq_stats_LDADD = src/kernel/libkernel-core.a $(base_libs) \
	$(CHECK_LIBS)
tests_kernel_test_irq_stats_CPPFLAGS = $(AM_CPPFLAGS) -DFAUXKVM_ABI_PPC
tests_kernel_test_irq_stats_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

## The PowerPC profile.
unit_tests += tests/kernel/test-ppc
tests_kernel_test_ppc_SOURCES = tests/kernel/test-ppc.c tests/kernel/test-decode.h tests/kernel/kvm-host.c \
	tests/kernel/kvm-host.h
tests_kernel_test_ppc_LDADD = $(tests_kernel_test_kvm_LDADD)
tests_kernel_test_ppc_CPPFLAGS = $(AM_CPPFLAGS) -DFAUXKVM_ABI_PPC
tests_kernel_test_ppc_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

## What statistics cost, for tests/slow/stat-cost; and the same program with so
## many bytes before its text.
test_tools += tests/kernel/stat-cost
tests_kernel_stat_cost_SOURCES = tests/kernel/stat-cost.c tests/kernel/kvm-host.c \
	tests/kernel/kvm-host.h
tests_kernel_stat_cost_LDADD = $(tests_kernel_test_kvm_LDADD)
STAT_COST_LAYOUTS =

CLEANFILES += tests/kernel/stat-cost-untapped
## And once more without the looks whether anybody hears the event tap.
tests/kernel/stat-cost-untapped: tests/kernel/stat-cost
	$(AM_V_CCLD)rm -rf $@.d && mkdir $@.d && for f in $$(cd $(srcdir) && grep -lE \
		'gic_step|gic_heard|event_wanted|vcpu-again\.h' \
		src/gic/*.c src/kernel/*.c src/kernel/arm64/*.c); do \
		case $$f in src/kernel/*/* | src/gic/*) abi= ;; *) abi=-DFAUXKVM_ABI_COMMON ;; esac; \
		$(COMPILE) $$abi -DHAS_EVENT_TAP=0 -c -o $@.d/$$(echo $$f | tr / -).o \
			$(srcdir)/$$f || exit; \
	done && \
	$(LINK) $@.d/*.o $(tests_kernel_stat_cost_OBJECTS) $(tests_kernel_stat_cost_LDADD) && \
	rm -r $@.d
$(STAT_COST_LAYOUTS): tests/kernel/stat-cost
	$(AM_V_CCLD)printf '.section .note.GNU-stack; .text; .skip %u, 0xcc\n' \
		$(@:tests/kernel/stat-cost-%=%) | \
		$(CC) -c -x assembler -o $@.o - && \
	$(LINK) $@.o $(tests_kernel_stat_cost_OBJECTS) $(tests_kernel_stat_cost_LDADD) && \
	rm $@.o
