## SPDX-License-Identifier: MIT
## What Linux answers: cases that run here, natively and as an arm64 VMM, and
## on a real kernel.
abi_sources = tests/abi/cases.c \
	tests/abi/order.c \
	tests/abi/raw.c \
	tests/abi/record.c \
	tests/abi/ring.c \
	tests/abi/vm.c \
	tests/abi/case-aarch32.c \
	tests/abi/case-arm32.c \
	tests/abi/case-attr.c \
	tests/abi/case-bus.c \
	tests/abi/case-busy.c \
	tests/abi/case-cap.c \
	tests/abi/case-code.c \
	tests/abi/case-counter.c \
	tests/abi/case-crossing.c \
	tests/abi/case-crowd.c \
	tests/abi/case-debug.c \
	tests/abi/case-draft.c \
	tests/abi/case-everything.c \
	tests/abi/case-exit.c \
	tests/abi/case-family.c \
	tests/abi/case-file.c \
	tests/abi/case-first.c \
	tests/abi/case-fork.c \
	tests/abi/case-gic.c \
	tests/abi/case-hole.c \
	tests/abi/case-init.c \
	tests/abi/case-inject.c \
	tests/abi/case-irqfd.c \
	tests/abi/case-its.c \
	tests/abi/case-legacy.c \
	tests/abi/case-life.c \
	tests/abi/case-line.c \
	tests/abi/case-list.c \
	tests/abi/case-lpi.c \
	tests/abi/case-memory.c \
	tests/abi/case-mpidr.c \
	tests/abi/case-mte.c \
	tests/abi/case-numbers.c \
	tests/abi/case-onereg.c \
	tests/abi/case-path.c \
	tests/abi/case-pauth.c \
	tests/abi/case-pmu-regs.c \
	tests/abi/case-pmu.c \
	tests/abi/case-ppi.c \
	tests/abi/case-ras.c \
	tests/abi/case-request.c \
	tests/abi/case-ring-entries.c \
	tests/abi/case-ring-live.c \
	tests/abi/case-ring.c \
	tests/abi/case-signal.c \
	tests/abi/case-slot.c \
	tests/abi/case-stats.c \
	tests/abi/case-steal.c \
	tests/abi/case-sve.c \
	tests/abi/case-syscalls.c \
	tests/abi/case-thread.c \
	tests/abi/case-timer.c \
	tests/abi/case-uffd.c \
	tests/abi/case-vcpu.c
abi_headers = tests/abi/abi.h tests/abi/order.h tests/abi/pmu.h \
	tests/abi/ring.h
abi_flags = -std=gnu11 -O1 -g -D_GNU_SOURCE $(WARN_CFLAGS) \
	-Wno-missing-field-initializers \
	-I$(top_srcdir)/include -I$(top_srcdir)/src -I$(top_srcdir) -pthread
abi_programs = tests/abi/cases.x86-64 tests/abi/cases.arm64 \
	tests/abi/cases.arm64-static
check_DATA += $(abi_programs)
CLEANFILES += $(abi_programs) tests/abi/record.tsv \
	tests/abi/record-draft.tsv
EXTRA_DIST += $(abi_sources) $(abi_headers)
tests/abi/cases.x86-64: $(abi_sources) $(abi_headers) tests/a64.h
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(CC) $(abi_flags) -o $@ \
		$(abi_sources:%=$(top_srcdir)/%)
tests/abi/cases.arm64: $(abi_sources) $(abi_headers) tests/a64.h
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(AARCH64_CC) $(abi_flags) -o $@ \
		$(abi_sources:%=$(top_srcdir)/%)
## For KVM of 32-bit Arm, whose guests can't execute the code of the others.
abi_armhf_sources = tests/abi/cases.c \
	tests/abi/order.c \
	tests/abi/raw.c \
	tests/abi/record.c \
	tests/abi/vm.c \
	tests/abi/case-arm32.c \
	tests/abi/case-attr.c \
	tests/abi/case-bus.c \
	tests/abi/case-gic.c \
	tests/abi/case-legacy.c \
	tests/abi/case-line.c
if HOST_X86_64
abi_programs += tests/abi/cases.armhf
endif
tests/abi/cases.armhf: $(abi_armhf_sources) $(abi_headers) tests/a64.h
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(ARMHF_CC) $(abi_flags) \
		-D_FILE_OFFSET_BITS=64 -o $@ \
		$(abi_armhf_sources:%=$(top_srcdir)/%)
check_DATA += tests/abi/nomem-preload.so
CLEANFILES += tests/abi/nomem-preload.so
EXTRA_DIST += tests/abi/dump.c tests/abi/nomem-preload.c
tests/abi/nomem-preload.so: tests/abi/nomem-preload.c
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(CC) $(abi_flags) -shared -fPIC -o $@ \
		$(top_srcdir)/tests/abi/nomem-preload.c
tests/abi/cases.arm64-static: $(abi_sources) $(abi_headers) tests/a64.h
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(AARCH64_CC) -static $(abi_flags) \
		-o $@ $(abi_sources:%=$(top_srcdir)/%)

## Random calls from a seed; tests/slow/differ compares them with the kernel's.
random_sources = tests/abi/random.c \
	tests/abi/random-world.c \
	tests/abi/gen-aarch32.c \
	tests/abi/gen-fresh.c \
	tests/abi/gen-gic.c \
	tests/abi/gen-guest.c \
	tests/abi/gen-irq.c \
	tests/abi/gen-its.c \
	tests/abi/gen-memory.c \
	tests/abi/gen-regs.c \
	tests/abi/gen-tags.c \
	tests/abi/gen-vcpu.c \
	tests/abi/gen-vm.c
random_headers = tests/abi/random.h
random_programs = tests/abi/random.x86-64 tests/abi/random.arm64 \
	tests/abi/random.arm64-static
check_DATA += $(random_programs)
CLEANFILES += $(random_programs)
EXTRA_DIST += $(random_sources) $(random_headers) tests/abi/differ-rules
tests/abi/random.x86-64: $(random_sources) $(random_headers) tests/a64.h
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(CC) $(abi_flags) -o $@ \
		$(random_sources:%=$(top_srcdir)/%)
tests/abi/random.arm64: $(random_sources) $(random_headers) tests/a64.h
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(AARCH64_CC) $(abi_flags) -o $@ \
		$(random_sources:%=$(top_srcdir)/%)
tests/abi/random.arm64-static: $(random_sources) $(random_headers) tests/a64.h
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(AARCH64_CC) -static $(abi_flags) \
		-o $@ $(random_sources:%=$(top_srcdir)/%)

TESTS += tests/abi/check-cases tests/abi/check-counted tests/abi/check-nomem \
	tests/abi/check-random
dist_check_SCRIPTS += tests/abi/check-cases tests/abi/check-counted tests/abi/check-nomem \
	tests/abi/check-random

## Natively with the shim linked in, as tests/vmm/vmm-linked is and for the same
## reason; made and run by tests/slow/sanitizers.
EXTRA_PROGRAMS += tests/abi/cases-linked
tests_abi_cases_linked_SOURCES = $(abi_sources) $(abi_headers) tests/a64.h \
	tests/tsan.h
tests_abi_cases_linked_CFLAGS = $(AM_CFLAGS) -Wno-missing-field-initializers
tests_abi_cases_linked_LDADD = $(embed_libs)
tests_abi_cases_linked_LDFLAGS = $(tests_vmm_vmm_linked_LDFLAGS)
EXTRA_tests_abi_cases_linked_DEPENDENCIES = $(EXTRA_tests_vmm_vmm_linked_DEPENDENCIES)
