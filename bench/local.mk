## SPDX-License-Identifier: MIT
## Guests that are measured with: guest.c by scripts/bench, interrupts.c by
## tests/slow/stat-cost; bench/ioctls.c is a part of tests/vmm/vmm.
BENCH_GUESTS = bench/guest.bin bench/interrupts.bin
check_DATA += $(BENCH_GUESTS)
CLEANFILES += $(BENCH_GUESTS) $(BENCH_GUESTS:.bin=.elf)
EXTRA_DIST += bench/guest.c bench/interrupts.c
$(BENCH_GUESTS): bench/%.bin: $(srcdir)/bench/%.c $(GUEST_DEPS)
	$(GUEST_LINK)
