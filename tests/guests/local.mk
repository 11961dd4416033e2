## SPDX-License-Identifier: MIT
## Guest programs of the test VMM: flat images, run by tests/vmm/run-guests.
## The benchmark's is in bench/.
GUESTS = exceptions mmu endian timers efault irq smp psci debug spin irq-stats latency
GUEST_IMAGES = $(GUESTS:%=tests/guests/%.bin)
GUEST_COMMON = tests/guests/start.S tests/guests/guest.c tests/guests/gic.c
GUEST_HDR = tests/guests/guest.h tests/guests/gic.h tests/guests/guest.ld
GUEST_CFLAGS = -std=gnu11 -O2 -g -Wall -Wextra -Wno-unused-parameter \
	-ffreestanding -nostdlib -static -fno-pic -no-pie -mgeneral-regs-only \
	-mstrict-align -mno-outline-atomics -march=armv8.1-a \
	-fno-stack-protector -fno-asynchronous-unwind-tables -I$(srcdir) \
	-Wl,--build-id=none,-z,max-page-size=4096,--no-warn-rwx-segments
GUEST_DEPS = $(GUEST_COMMON:%=$(srcdir)/%) $(GUEST_HDR:%=$(srcdir)/%) \
	$(srcdir)/tests/gic/gic-regs.h $(srcdir)/tests/vmm/board.h
GUEST_LINK = $(AM_V_GEN)$(MKDIR_P) $(@D) && $(AARCH64_CC) $(GUEST_CFLAGS) \
	-T $(srcdir)/tests/guests/guest.ld -o $(@:.bin=.elf) \
	$(GUEST_COMMON:%=$(srcdir)/%) $(guest_parts) $< && \
	$(AARCH64_OBJCOPY) -O binary $(@:.bin=.elf) $@
check_DATA += $(GUEST_IMAGES)
CLEANFILES += $(GUEST_IMAGES) $(GUEST_IMAGES:.bin=.elf)
EXTRA_DIST += $(GUEST_COMMON) $(GUEST_HDR) $(GUESTS:%=tests/guests/%.c)

$(GUEST_IMAGES): tests/guests/%.bin: $(srcdir)/tests/guests/%.c $(GUEST_DEPS)
	$(GUEST_LINK)
