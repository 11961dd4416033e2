## SPDX-License-Identifier: MIT
## Guests that are measured with: guest.c and its lines by scripts/bench,
## interrupts.c by tests/slow/stat-cost; bench/ioctls.c is a part of
## tests/vmm/vmm. programs.py is what scripts/bench --programs runs.
BENCH_GUESTS = bench/guest.bin bench/interrupts.bin
BENCH_PARTS = bench/cpu.c bench/exits.c bench/irq.c bench/kernel.S \
	bench/strings.c bench/sve.c bench/system.c
check_DATA += $(BENCH_GUESTS)
CLEANFILES += $(BENCH_GUESTS) $(BENCH_GUESTS:.bin=.elf)
EXTRA_DIST += bench/bench.h bench/guest.c bench/interrupts.c bench/loops-a32.c \
	bench/lines.py bench/programs.py bench/tables.py bench/user.py $(BENCH_PARTS)
bench/guest.bin: $(BENCH_PARTS:%=$(srcdir)/%) $(srcdir)/bench/bench.h
bench/guest.bin: guest_parts = $(BENCH_PARTS:%=$(srcdir)/%)
$(BENCH_GUESTS): bench/%.bin: $(srcdir)/bench/%.c $(GUEST_DEPS)
	$(GUEST_LINK)
