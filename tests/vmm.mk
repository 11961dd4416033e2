## The test VMM for both architectures, its guest programs, and the benchmark
## that uses them. tests/vmm/run-guests runs the programs.
VMM_SRC = tests/vmm/bench.c tests/vmm/board.c tests/vmm/kick.c \
	tests/vmm/machine.c tests/vmm/vmm.c
VMM_HDR = tests/tsan.h tests/vmm/board.h tests/vmm/vmm.h

test_tools += tests/vmm/vmm
tests_vmm_vmm_SOURCES = $(VMM_SRC) $(VMM_HDR)

check_DATA += tests/vmm/vmm-arm64
CLEANFILES += tests/vmm/vmm-arm64
tests/vmm/vmm-arm64: $(VMM_SRC) $(VMM_HDR)
	$(AM_V_GEN)$(MKDIR_P) tests/vmm && $(AARCH64_CC) -std=gnu11 \
		-D_GNU_SOURCE -O2 -g -pthread $(WARN_CFLAGS) -o $@ \
		$(VMM_SRC:%=$(srcdir)/%)

GUESTS = exceptions mmu timers efault irq smp psci debug spin bench
GUEST_IMAGES = $(GUESTS:%=tests/guests/%.bin)
GUEST_COMMON = tests/guests/start.S tests/guests/guest.c tests/guests/gic.c
GUEST_HDR = tests/guests/guest.h tests/guests/gic.h tests/guests/guest.ld
GUEST_CFLAGS = -std=gnu11 -O2 -g -Wall -Wextra -Wno-unused-parameter \
	-ffreestanding -nostdlib -static -fno-pic -no-pie -mgeneral-regs-only \
	-mstrict-align -mno-outline-atomics -march=armv8.1-a \
	-fno-stack-protector -fno-asynchronous-unwind-tables \
	-Wl,--build-id=none,-z,max-page-size=4096,--no-warn-rwx-segments
check_DATA += $(GUEST_IMAGES)
CLEANFILES += $(GUEST_IMAGES) $(GUEST_IMAGES:.bin=.elf)
EXTRA_DIST += $(GUEST_COMMON) $(GUEST_HDR) $(GUESTS:%=tests/guests/%.c)

$(GUEST_IMAGES): tests/guests/%.bin: $(srcdir)/tests/guests/%.c \
		$(GUEST_COMMON:%=$(srcdir)/%) $(GUEST_HDR:%=$(srcdir)/%) \
		$(srcdir)/tests/vmm/board.h
	$(AM_V_GEN)$(MKDIR_P) tests/guests && $(AARCH64_CC) $(GUEST_CFLAGS) \
		-T $(srcdir)/tests/guests/guest.ld -o $(@:.bin=.elf) \
		$(GUEST_COMMON:%=$(srcdir)/%) $< && \
	$(AARCH64_OBJCOPY) -O binary $(@:.bin=.elf) $@

TESTS += tests/vmm/run-guests
dist_check_SCRIPTS += tests/vmm/run-guests tests/real-kvm

## The test VMM with the shim linked in: ThreadSanitizer's runtime can't be
## loaded after a preloaded library. What is called before the runtime is
## ready, by itself, must not be instrumented. Made by tests/slow/sanitizers.
EXTRA_LTLIBRARIES = tests/vmm/libinterpose.la
tests_vmm_libinterpose_la_SOURCES = src/shim/gate-native.c \
	src/shim/interpose.c src/shim/kvm-path.c src/shim/vmm-fd.c \
	src/shim/vmm-file.c src/shim/vmm-memory.c src/shim/vmm-signal.c \
	src/base/host.c
tests_vmm_libinterpose_la_CPPFLAGS = $(AM_CPPFLAGS) -DFAUXKVM_NATIVE
tests_vmm_libinterpose_la_CFLAGS = $(AM_CFLAGS) -fno-sanitize=all
EXTRA_PROGRAMS = tests/vmm/vmm-linked
tests_vmm_vmm_linked_SOURCES = $(VMM_SRC) $(VMM_HDR)
## All of it, or the C library's functions would do.
tests_vmm_vmm_linked_LDADD = $(embed_libs)
tests_vmm_vmm_linked_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--whole-archive,tests/vmm/.libs/libinterpose.a,--no-whole-archive
tests_vmm_vmm_linked_DEPENDENCIES = tests/vmm/libinterpose.la $(embed_libs)
