## SPDX-License-Identifier: MIT
## What scripts/bench runs: the guest's loops; bench/ioctls.c is a part of
## tests/vmm/vmm.
check_DATA += bench/guest.bin
CLEANFILES += bench/guest.bin bench/guest.elf
EXTRA_DIST += bench/guest.c
bench/guest.bin: $(srcdir)/bench/guest.c $(GUEST_DEPS)
	$(GUEST_LINK)
