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
