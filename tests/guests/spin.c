/* SPDX-License-Identifier: MIT */
/*
 * Never ends: arithmetic, now and then an MMIO access and a WFI that a timer
 * ends. For tests that interrupt KVM_RUN from outside.
 */
#include "guest.h"

void guest_main(void)
{
	volatile uint64_t n = 0;

	for (;;) {
		for (unsigned int i = 0; i < 1000; i++)
			n += i;
		mmio_write(BOARD_TEST + TEST_SCRATCH, n);
		if (mmio_read(BOARD_TEST + TEST_SCRATCH) != (uint32_t)n)
			finish(1);
	}
}
